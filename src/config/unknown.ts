import { nearest } from '../core/nearest.ts';
import { isObject } from '../core/reading/read.ts';
import { SECTIONS as ENDPOINT_SECTIONS } from './endpoints/names.ts';
import type { ConfigFile } from './file.ts';
import { PEER_SECTIONS } from './peers/names.ts';
import { type Row, yamlPath } from './rows.ts';
import { variablesOf } from './setting.ts';

type Policy = Readonly<Record<string, unknown>>;
type Env = Readonly<Record<string, string | undefined>>;

/** Variables that Kubernetes sets by itself for a service whose name begins with "monitor". */
const KUBERNETES = /^MONITOR(_\w+)?(_SERVICE_(HOST|PORT)(_\w+)?|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;

/** Variables that systemd 251 and later sets in a unit that OnSuccess= or OnFailure= of another started (systemd.exec(5)). */
const SYSTEMD = [
  'MONITOR_SERVICE_RESULT',
  'MONITOR_EXIT_CODE',
  'MONITOR_EXIT_STATUS',
  'MONITOR_INVOCATION_ID',
  'MONITOR_UNIT',
];

/**
 * Problems with variables that look like settings and are none; `policy` is what the file says of telling people, and
 * `sections` what else of it may point to variables.
 */
export function unknownVariables(env: Env, rows: readonly Row[], policy: Policy, sections: unknown = {}): string[] {
  const known = rows.flatMap(({ setting }) =>
    variablesOf(setting).flatMap((name) => (setting.secret ? [name, `${name}_FILE`] : [name])),
  );
  known.push('MONITOR_CONFIG', 'MONITOR_ENV_FILE', ...referredVariables(policy), ...referredVariables(sections));
  const hasChannels = policy.channels !== undefined;
  // Those of channels are compared with the channels where these are read, if there are any.
  const isRead = (name: string) => hasChannels && name.startsWith('MONITOR_CHANNEL_');
  const isOurs = (name: string) => (name.startsWith('MONITOR_') && !isRead(name)) || name.startsWith('WEBHOOK_SECRET_');
  return Object.keys(env)
    .filter((name) => isOurs(name) && env[name] !== '' && !known.includes(name))
    .filter((name) => !KUBERNETES.test(name) && !env[name]?.startsWith('tcp://') && !SYSTEMD.includes(name))
    .map((name) => `${name}: unknown setting${suggestionOfVariable(name, known)}`)
    .concat(misspelt(env, known));
}

const PREFIX = 'MONITOR_';

/** A name with a prefix that it should not have is its own best suggestion; the prefix makes no names alike. */
function suggestionOfVariable(wrong: string, known: readonly string[]): string {
  if (wrong.startsWith('MONITOR_CHANNEL_')) return '; no channel stands in notify.channels';
  const bare = wrong.slice(PREFIX.length);
  if (!wrong.startsWith(PREFIX)) return suggestion(wrong, known);
  if (known.includes(bare)) return `; did you mean ${bare}?`;
  const others = known.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  const word = bare.length < 4 ? null : nearest(bare, [...others, ...UNPREFIXED]);
  if (word === null) return '; remove it';
  return `; did you mean ${UNPREFIXED.includes(word) ? word : PREFIX + word}?`;
}

/** Settings whose names have no prefix and mean nothing to other programs. */
const UNPREFIXED: readonly string[] = ['HUB_URL', 'HUB_API_KEY', 'CLUSTER_ENABLED', 'INSTANCE_ID'];

/** Variables of such a name with a letter or an underscore too few or too many: others are another program's. */
function misspelt(env: Env, known: readonly string[]): string[] {
  const names = Object.keys(env).filter(
    (name) => env[name] !== '' && !name.startsWith(PREFIX) && !known.includes(name),
  );
  const mine = [...UNPREFIXED, ...known.filter((name) => name.startsWith('WEBHOOK_SECRET_'))];
  return names.flatMap((name) => {
    if (name.startsWith('WEBHOOK_SECRET_') || !/^[A-Z_]+$/.test(name)) return [];
    const meant = mine.find((one) => isSlip(name, one));
    return meant === undefined ? [] : [`${name}: unknown setting; did you mean ${meant}?`];
  });
}

function isSlip(wrong: string, right: string): boolean {
  if (wrong.replaceAll('_', '') === right.replaceAll('_', '')) return true;
  const [longer, shorter] = wrong.length > right.length ? [wrong, right] : [right, wrong];
  if (longer.length !== shorter.length + 1) return false;
  return Array.from(longer).some((_, at) => longer.slice(0, at) + longer.slice(at + 1) === shorter);
}

/** Keys whose contents somebody else reads: they hold the names of checkers, of drivers, and of tools. */
const NAMED: readonly string[] = ['checkers', 'drivers', 'sources'];

/** Lists that are read elsewhere, as wholes. */
const SECTIONS: readonly string[] = [...ENDPOINT_SECTIONS, ...PEER_SECTIONS, 'rules'];

/** Parts of `notify` that are read, as a whole, where people are told. */
const POLICY: readonly string[] = [
  ...['channels', 'defaults', 'catch_all', 'routes', 'intervals', 'escalations', 'inhibit', 'depends_on', 'windows'],
  ...['flood', 'flapping', 'give_up_after', 'fallback', 'zone'],
].map((name) => `notify.${name}`);

/** The value of a part of `notify` by its name, where it is none of the settings: what is read with the policy. */
export function policyIn(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const notify = isObject(values.notify) ? values.notify : {};
  return Object.fromEntries(Object.entries(notify).filter(([name]) => POLICY.includes(`notify.${name}`)));
}

const NO_MAP = 'must hold settings in the form "name: value"';

/** The variables that `env:NAME` of the file points to. */
function referredVariables(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^env:/.test(value) ? [value.slice(4), `${value.slice(4)}_FILE`] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referredVariables) : [];
}

/** Problems with keys of the file that are no settings. */
export function unknownKeys(file: ConfigFile, rows: readonly Row[]): string[] {
  const known = rows.map(({ setting }) => yamlPath(setting)).filter((path) => path !== null);
  const secrets = new Map(
    rows.filter(({ setting }) => setting.secret).map(({ setting }) => [setting.yaml, setting.env]),
  );
  const walk = (branch: Readonly<Record<string, unknown>>, above: readonly string[]): string[] =>
    Object.entries(branch).flatMap(([key, value]) => {
      const keys = [...above, key];
      const path = keys.join('.');
      if (known.includes(path) || POLICY.includes(path) || SECTIONS.includes(path)) return [];
      const where = `${file.at(keys)}: ${path}`;
      const isMap = value === null || isObject(value);
      if (NAMED.includes(path)) return isMap ? [] : [`${where}: ${NO_MAP}`];
      const env = secrets.get(path);
      if (env !== undefined)
        return [
          `${where}: secrets are not allowed in this file: set ${env}, or ${path}_file to the path of a file that holds it`,
        ];
      if (!known.some((one) => one.startsWith(`${path}.`)))
        return [`${where}: unknown setting${suggestion(path, [...known, ...NAMED, ...SECTIONS, ...POLICY])}`];
      if (value === null) return [];
      return isObject(value) ? walk(value, keys) : [`${where}: ${NO_MAP}`];
    });
  return walk(file.values, []);
}

function suggestion(wrong: string, known: readonly string[]): string {
  const word = nearest(wrong, known);
  return word === null ? '; remove it' : `; did you mean ${word}?`;
}
