import { availableParallelism } from 'node:os';
import { ConfigError } from '../config/error.ts';
import type { ExplainedSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { createTarget, lookAt } from '../endpoints/look.ts';
import { createLooker } from '../endpoints/looker.ts';
import { createControls } from '../endpoints/probe/controls.ts';
import { createHubLink } from '../endpoints/probe/hub-link.ts';
import { createProbe, type Probe } from '../endpoints/probe/probe.ts';
import { type Clock, stayAlive } from '../lib/clock.ts';
import type { Secret } from '../lib/crypto/secret.ts';
import type { HttpResult } from '../lib/http/client.ts';
import { isLoopback } from '../lib/http/loopback.ts';
import { createOutbound } from '../lib/http/outbound.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { createHealthServer } from '../web/health.ts';
import { LOOKS_PER_PROCESSOR } from './endpoints/local.ts';
import { createLookWorld } from './endpoints/world.ts';

/** A process that is a probe. */
export interface ProbeProcess {
  readonly parts: readonly Part[];
  readonly hubs: readonly string[];
  /** Where it answers whether it lives; null where it listens nowhere. Known once its parts have started. */
  url(): string | null;
  /** Reads its token again. */
  reload(): void;
}

const TIMEOUTS = { connectMs: 10_000, headersMs: 20_000, bodyMs: 20_000 };
// What a hub assigns: 10,000 endpoints with long bodies.
const BODY_LIMIT = 64 * 1024 * 1024;
const CONTROL_MS = 5000;

/** Puts a probe together. `read` reads the configuration again. Throws ConfigError where it is not said whose probe it is. */
export function createProbeProcess(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  read: () => ExplainedSettings,
): ProbeProcess {
  const log = logger.child({ part: 'probe' });
  const { hubs, id, token } = neededOf(settings);
  const { probe: own, version, host, caFile, proxy } = settings;
  let shown: Secret = token;
  const renewToken = () => {
    const found = readToken(read);
    if (found === null || found.equals(shown.reveal())) return false;
    shown = found;
    log.info({}, 'the token was read again, and is another one');
    return true;
  };
  const outbound = createOutbound({
    ...{ userAgent: `monitor/${version}`, proxy, caFile, allow: 'any', timeouts: TIMEOUTS, bodyLimit: BODY_LIMIT },
  });
  const world = createLookWorld(settings, clock);
  const controls = own.controls.map((url) => {
    const target = controlOf(url);
    return async () => (await lookAt(target, world)).look.connected;
  });
  const probe = createProbe({
    ...{ clock, refreshMs: own.refreshMs, spool: own.spool },
    link: createHubLink({ outbound, hubs, id, token: () => shown, renewToken }),
    look: createLooker(world),
    controlsFail: createControls(controls, clock),
    self: { id, version, name: own.name, region: own.region },
    mostAtOnce: own.mostAtOnce ?? LOOKS_PER_PROCESSOR * availableParallelism(),
    log: probeLog(log),
  });
  for (const hub of hubs) warnOfPlain(hub, settings, log);
  const health = own.port === undefined ? null : createHealthServer({ host, port: own.port, notReady: probe.notReady });
  return {
    hubs,
    parts: [...(health === null ? [] : [health]), closing(outbound), alive(probe)],
    url: () => (health === null ? null : `http://${host.includes(':') ? `[${host}]` : host}:${health.address().port}`),
    reload: () => void renewToken(),
  };
}

/** What a probe cannot do without. Throws ConfigError where it is not said. */
export function neededOf({ probe, hubUrl }: Pick<Settings, 'probe' | 'hubUrl'>) {
  const hubs = probe.hubs ?? (hubUrl === undefined ? [] : [hubUrl]);
  const problems = [
    ...(hubs.length > 0
      ? []
      : ['MONITOR_PEER_URL: must be the base address of the hub, such as https://hub.example.com']),
    ...(probe.id !== undefined
      ? []
      : ['MONITOR_NODE_ID: must be the id of this probe, as it stands in `probes` of its hub']),
    ...(probe.token !== undefined
      ? []
      : ['MONITOR_PROBE_TOKEN, or MONITOR_PROBE_TOKEN_FILE: must be the token of this probe']),
    ...probe.controls.flatMap(controlProblem),
  ];
  const { id, token } = probe;
  if (problems.length > 0 || id === undefined || token === undefined) throw new ConfigError(problems);
  return { hubs, id, token };
}

function controlProblem(url: string): readonly string[] {
  try {
    controlOf(url);
    return [];
  } catch (error) {
    return [`MONITOR_PROBE_CONTROLS: ${url} ${(error as Error).message}`];
  }
}

/** Reached is what answers, whatever it answers. */
function controlOf(url: string) {
  return createTarget({ url, options: {}, conditions: ['[CONNECTED] == true'], timeoutMs: CONTROL_MS });
}

function readToken(read: () => ExplainedSettings): Secret | null {
  const { settings, problems } = read();
  return problems.length > 0 ? null : (settings.probe.token ?? null);
}

function warnOfPlain(hub: string, { allowPlainHttp }: Settings, log: Logger): void {
  const { protocol, hostname, host } = new URL(hub);
  if (protocol !== 'http:' || isLoopback(hostname) || allowPlainHttp) return;
  const warning = `the token and all results travel to ${host} unencrypted; use an https:// address, or set MONITOR_ALLOW_PLAIN_HTTP=1`;
  log.warn({ warning }, 'the connection to the hub is not secure');
}

/** Says once that the hub does not take what it is sent, and once that it does again. */
function probeLog(log: Logger) {
  let said: string | null = null;
  return {
    assigned: (endpoints: number) => log.info({ endpoints }, 'looks at what the hub assigns'),
    answered: (result: HttpResult) => {
      if (result.ok || result.status === 304) {
        if (said !== null) log.info({}, 'the hub answers again');
        said = null;
        return;
      }
      const kind = String(result.status ?? result.kind);
      if (said === kind) return;
      said = kind;
      log.warn({ reason: result.reason }, 'the hub does not take what it is asked or told; the results wait');
    },
    failed: (error: unknown) => log.error({ error }, 'the probe failed, and goes on'),
    dropped: (results: number, reason: string) => log.error({ results, reason }, 'the hub refuses results for good'),
  };
}

/** Connections to the hub are closed after the last results were sent. */
function closing(outbound: ReturnType<typeof createOutbound>): Part {
  return { name: 'connections to the hub', start: async () => {}, stop: () => outbound.close() };
}

/** Timers alone keep no process running. */
function alive(probe: Probe): Part {
  let release = () => {};
  return {
    name: probe.name,
    start: async () => {
      release = stayAlive();
      await probe.start();
    },
    stop: () => probe.stop().finally(release),
  };
}
