import { join } from 'node:path';
import { LIST } from '../drivers/list.ts';
import { type Secret, secretVariable } from '../lib/crypto/secret.ts';
import { PROXIES } from './access.ts';
import { DATABASE } from './database.ts';
import type { EndpointsFile } from './endpoints/document.ts';
import { ENDPOINTS } from './endpoints.ts';
import { HEARTBEAT } from './heartbeat.ts';
import {
  bool,
  clusterKey,
  databaseUrl,
  duration,
  httpUrl,
  integer,
  list,
  oneOf,
  password,
  path,
  retention,
  secret,
  text,
} from './kinds.ts';
import { LIMITS } from './limits.ts';
import { ENCRYPTION, LINKS } from './links.ts';
import type { AddressNames, PolicyFile } from './notify/document.ts';
import { NOTIFY } from './notify.ts';
import type { PeersFile } from './peers/document.ts';
import { PEERS } from './peers/settings.ts';
import { PEOPLE } from './people.ts';
import { MODE, PROBE } from './probe.ts';
import { PROXY } from './proxy.ts';
import type { RulesFile } from './rules/document.ts';
import { SAMPLES } from './samples.ts';
import { type Machine, type Setting, setting } from './setting.ts';
import { SINGLE_SIGN_ON } from './single-sign-on.ts';
import { SPOOL } from './spool.ts';
import { STATUS_PAGE } from './status-page.ts';

export type { Machine, Setting } from './setting.ts';

const DAY = 86_400;
const MINUTE_MS = 60_000;

/** Every setting there is, in the order of the documentation. All else about configuration is made from this table. */
export const SETTINGS = {
  hubUrl: setting({
    env: 'HUB_URL',
    yaml: 'hub_url',
    kind: httpUrl(),
    example: 'https://hub.example.com',
    description: 'Base address of the hub that this machine pushes to. Set, the process is an agent.',
  }),
  allowPlainHttp: setting({
    env: 'MONITOR_ALLOW_PLAIN_HTTP',
    yaml: 'allow_plain_http',
    kind: bool(),
    default: false,
    example: '1',
    description:
      'Acknowledges that pushes to an http:// hub on another machine travel unencrypted; else an agent warns of it, once ' +
      'a day by cron.',
  }),
  clusterEnabled: setting({
    env: 'CLUSTER_ENABLED',
    yaml: 'cluster.enabled',
    kind: bool(),
    default: false,
    example: '1',
    description: 'Whether pushes of agents are accepted. 1 makes the process a hub.',
  }),
  mode: MODE,
  instanceId: setting({
    env: 'INSTANCE_ID',
    yaml: 'instance_id',
    kind: text(255),
    default: (machine: Machine) => machine.hostname,
    defaultText: 'the hostname',
    example: 'web-server-03',
    description: 'Name of this machine or container in everything that it pushes.',
  }),
  databaseUrl: setting({
    env: 'DATABASE_URL',
    yaml: 'database_url',
    kind: databaseUrl(),
    secret: true,
    example: 'postgres://monitor:password@db.example.com/monitor',
    description:
      'PostgreSQL database of the hub; several hubs may share one. Unset, an embedded SQLite database in the state folder.',
  }),
  database: DATABASE,
  host: setting({
    env: 'MONITOR_HOST',
    yaml: 'host',
    kind: text(255),
    default: '127.0.0.1',
    example: '0.0.0.0',
    description: 'Address that the hub listens on.',
  }),
  port: setting({
    env: 'MONITOR_PORT',
    yaml: 'port',
    kind: integer(0, 65_535),
    default: 8080,
    example: '8080',
    description: 'Port that the hub listens on; 0 picks a free one and prints it.',
  }),
  stateDir: setting({
    env: 'MONITOR_STATE_DIR',
    yaml: 'state_dir',
    kind: path(),
    default: stateDir,
    defaultText: '/var/lib/monitor for root, else $XDG_STATE_HOME/monitor or ~/.local/state/monitor',
    example: '/var/lib/monitor',
    description: 'Folder of what is kept between runs: spool, last states, embedded database. Created with mode 0700.',
  }),
  logLevel: setting({
    env: 'MONITOR_LOG_LEVEL',
    yaml: 'log.level',
    kind: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    example: 'debug',
    description: 'Least important log line that is written.',
  }),
  logFormat: setting({
    env: 'MONITOR_LOG_FORMAT',
    yaml: 'log.format',
    kind: oneOf(['json', 'pretty', 'syslog']),
    defaultText: 'pretty on a terminal, else json',
    example: 'syslog',
    description: 'Form of a log line; syslog is RFC 5424 with the JSON object as its message.',
  }),
  pushIntervalMs: setting({
    env: 'MONITOR_PUSH_INTERVAL',
    yaml: 'push.interval',
    kind: duration(1, DAY),
    default: MINUTE_MS,
    defaultText: '60s',
    example: '60s',
    description: 'Time between two runs of the checks of `monitor serve`, of an agent as of a standalone machine.',
  }),
  pushTimeoutMs: setting({
    env: 'MONITOR_PUSH_TIMEOUT',
    yaml: 'push.timeout',
    kind: duration(1, 3600),
    default: MINUTE_MS / 2,
    defaultText: '30s',
    example: '30s',
    description: 'Time that one request to the hub may take.',
  }),
  apiToken: setting({
    env: 'MONITOR_API_TOKEN',
    yaml: 'api_token',
    kind: secret(),
    secret: true,
    example: '4f1d2c9be07a4c63a1f58b90d7e64a21',
    description:
      'Bearer token of the API. Unset, a hub that listens on loopback answers programs on the same machine; one that ' +
      'listens beyond makes a token at its first start and keeps it in the state folder, as `api-token`.',
  }),
  url: setting({
    env: 'MONITOR_URL',
    yaml: 'url',
    kind: httpUrl(),
    defaultText: 'on an agent HUB_URL, else http://127.0.0.1:<port>',
    example: 'https://hub.example.com',
    description: 'Hub that `monitor alerts`, `monitor incidents`, `monitor instances` and `monitor sources` ask.',
  }),
  insecure: setting({
    env: 'MONITOR_INSECURE',
    yaml: 'insecure',
    kind: bool(),
    default: false,
    example: '1',
    description:
      'Accept webhooks without a secret on addresses beyond loopback. Anyone who reaches the port can then raise alerts.',
  }),
  webhooksWithoutAuth: setting({
    env: 'MONITOR_WEBHOOKS_WITHOUT_AUTH',
    yaml: 'webhooks.without_auth',
    kind: list(),
    default: [],
    defaultText: 'none',
    example: 'alertmanager',
    description: 'Drivers whose webhooks need no secret from any address. The others need one beyond loopback.',
  }),
  resolveTimeoutMs: setting({
    env: 'MONITOR_RESOLVE_TIMEOUT',
    yaml: 'resolve_timeout',
    kind: duration(1, DAY),
    default: 5 * MINUTE_MS,
    defaultText: '5m',
    example: '5m',
    description:
      'Time after which an alert of Prometheus that is not sent again, and came without an end, has ended; and the time that its senders have after a start of the hub.',
  }),
  caFile: setting({
    env: 'MONITOR_CA_FILE',
    yaml: 'ca_file',
    kind: path(),
    example: '/etc/monitor/ca.pem',
    description: 'Certificates (PEM) of a private authority, trusted beside the public ones.',
  }),
  proxies: PROXIES,
  notify: NOTIFY,
  links: LINKS,
  access: PEOPLE,
  singleSignOn: SINGLE_SIGN_ON,
  encryption: ENCRYPTION,
  endpoints: ENDPOINTS,
  probe: PROBE,
  heartbeat: HEARTBEAT,
  peers: PEERS,
  statusPage: STATUS_PAGE,
  watchConfig: setting({
    env: 'MONITOR_WATCH_CONFIG',
    yaml: 'watch_config',
    kind: bool(),
    default: false,
    example: '1',
    description:
      'Whether a hub reads its configuration again when monitor.yaml, a file of conf.d or .env has changed, as it does at SIGHUP.',
  }),
  clusterKey: setting({
    env: 'MONITOR_CLUSTER_KEY',
    yaml: 'cluster.key',
    kind: clusterKey(),
    secret: true,
    example: 'k7f3a9.J5xk2vQm8Zr1Tn4Wc6Yb9Hd3Lf7Pg0Sa',
    description: "This instance's own key as printed by `monitor keys create`; used instead of the shared secret.",
  }),
  hubApiKey: setting({
    env: 'HUB_API_KEY',
    yaml: 'cluster.api_key',
    kind: password(),
    secret: true,
    example: 'k7f3a9.J5xk2vQm8Zr1Tn4Wc6Yb9Hd3Lf7Pg0Sa',
    description: 'A key that pushes show as a bearer token, for hubs that want that instead of a signature.',
  }),
  checkersEnabled: setting({
    env: 'MONITOR_CHECKERS',
    yaml: 'checkers_enabled',
    kind: list(),
    defaultText: 'those that fit this machine',
    example: 'cpu,memory,disk',
    description: 'The checkers that run.',
  }),
  cluster: {
    requireV2: setting({
      env: 'MONITOR_CLUSTER_REQUIRE_V2',
      yaml: 'cluster.require_v2',
      kind: bool(),
      default: false,
      example: '1',
      description: 'Refuse pushes that are not signed by version 2, which also binds time, nonce and path.',
    }),
    sharedSecret: setting({
      env: 'MONITOR_CLUSTER_SHARED_SECRET',
      yaml: 'cluster.shared_secret',
      kind: bool(),
      default: true,
      example: '0',
      description: 'Whether WEBHOOK_SECRET_CLUSTER may sign pushes; with 0 only keys of single instances may.',
    }),
    staleAfterMs: setting({
      env: 'MONITOR_CLUSTER_STALE_AFTER',
      yaml: 'cluster.stale_after',
      kind: duration(1, 30 * DAY),
      default: 15 * MINUTE_MS,
      defaultText: '15m',
      example: '15m',
      description: 'Silence of an instance after which it raises an alert of its own.',
    }),
  },
  incidents: {
    groupBy: setting({
      env: 'MONITOR_INCIDENTS_GROUP_BY',
      yaml: 'incidents.group_by',
      kind: list(),
      default: [],
      defaultText: "the driver's own grouping",
      example: 'cluster,service',
      description: 'Labels whose values together make one incident.',
    }),
    reopenWithinMs: setting({
      env: 'MONITOR_INCIDENTS_REOPEN_WITHIN',
      yaml: 'incidents.reopen_within',
      kind: duration(0, 30 * DAY),
      default: 10 * MINUTE_MS,
      defaultText: '10m',
      example: '10m',
      description:
        'Time after its end in which a refire reopens the last incident of its key instead of opening a new one.',
    }),
  },
  retention: {
    historyMs: setting({
      env: 'MONITOR_RETENTION_HISTORY',
      yaml: 'retention.history',
      kind: retention(),
      default: 90 * DAY * 1000,
      defaultText: '90d',
      example: '90d',
      description:
        'How long history, resolved alerts and ended incidents are kept; `forever` keeps all. Alerts that nobody has told for so long, instances that were silent for so long, and keys that ended before are removed, too.',
    }),
  },
  samples: SAMPLES,
  limits: LIMITS,
  spool: SPOOL,
  proxy: PROXY,
};

/** Drivers whose webhooks have a secret of their own: all of them. */
export const WEBHOOK_DRIVERS: readonly string[] = Object.keys(LIST);

/** The two rows of a driver's webhook: its secret, and the one before it while senders are being changed over. */
export function webhookSecret(driver: string): { current: Setting<Secret>; previous: Setting<Secret> } {
  const env = secretVariable(driver);
  const yaml = `webhook_secrets.${driver}`;
  const row = { kind: secret(), secret: true, example: '9b1c7a52e8d04f36a7c5e2f1b0d98364' } as const;
  return {
    current: {
      ...row,
      env,
      yaml,
      description: `Secret by which webhooks of the ${driver} driver are known: they are signed with it, or show it (docs/http-api.md).`,
    },
    previous: {
      ...row,
      env: `${env}_PREVIOUS`,
      yaml: `${yaml}_previous`,
      description: `The ${driver} secret before the last change, still accepted.`,
    },
  };
}

type Optional<T> = {
  [K in keyof T]: T[K] extends Setting<infer V> ? (undefined extends V ? K : never) : never;
}[keyof T];
type Value<T> = T extends Setting<infer V> ? V : Values<T>;
type Values<T> = { readonly [K in Exclude<keyof T, Optional<T>>]: Value<T[K]> } & {
  readonly [K in Optional<T>]?: NonNullable<Value<T[K]>>;
};

/** The settings of a process: read once, frozen, and the only thing any other part knows of the environment. */
export interface Settings extends Omit<Values<typeof SETTINGS>, 'url'> {
  /** Base address of the hub that the reading commands ask. */
  readonly url: string;
  /** For each driver its secret, and behind it the previous one while it is still accepted; empty when none is set. */
  readonly webhookSecrets: Readonly<Record<string, readonly Secret[]>>;
  /** The newest of `webhookSecrets.cluster`. */
  readonly clusterSecret?: Secret;
  /** Options of checkers by name, as written; each checker has accepted its own. */
  readonly checkers: Readonly<Record<string, unknown>>;
  /** Options of drivers by name, as written; each driver accepts its own when a hub starts. */
  readonly drivers: Readonly<Record<string, unknown>>;
  /** Tools with a form of their own by name, as written; read where the drivers are. */
  readonly sources: Readonly<Record<string, unknown>>;
  /** Who is told what, as written in `notify`; read where people are told. */
  readonly policyFile?: PolicyFile;
  /** What the addresses of `notify.url` are called, where they do not come from the configuration. */
  readonly addresses?: AddressNames;
  /** What is looked at from outside, as written; read where it is looked at. */
  readonly endpointsFile?: EndpointsFile;
  /** What is said of other hubs, as written; read where they are met. */
  readonly peersFile?: PeersFile;
  /** What raises alerts by the figures that come in, as written; read where it is judged. */
  readonly rulesFile?: RulesFile;
  /** The file with variables of the environment that was read. */
  readonly envFile?: string;
  /** The configuration file that was read. */
  readonly configFile?: string;
  /** The same and its fragments in `conf.d`. */
  readonly configFiles?: readonly string[];
  /** What is no error, and a person should know: a line each, with the fix. */
  readonly warnings: readonly string[];
  /** Version of this program. */
  readonly version: string;
}

function stateDir(machine: Machine): string {
  if (machine.isRoot) return '/var/lib/monitor';
  // The XDG Base Directory specification: a relative XDG_STATE_HOME is to be ignored.
  if (machine.xdgStateHome?.startsWith('/')) return join(machine.xdgStateHome, 'monitor');
  return machine.home === '' ? '' : join(machine.home, '.local/state/monitor');
}
