import { accessSync, constants } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname } from 'node:path';
import { SelectionError, selectChecks } from '../checkers/registry.ts';
import { nearest } from '../core/nearest.ts';
import { isObject } from '../core/reading/read.ts';
import { type Secret, secretVariable } from '../lib/crypto/secret.ts';
import type { EndpointsFile } from './endpoints/document.ts';
import { SECTIONS as ENDPOINT_SECTIONS } from './endpoints/names.ts';
import { withEnvFile } from './env-file.ts';
import { ConfigError } from './error.ts';
import { exposedEnvFile, exposedSecrets } from './exposed.ts';
import { type ConfigFile, readConfigFile } from './file.ts';
import { fromEnvironment, fromFile, fromFlag } from './layers.ts';
import type { PolicyFile } from './notify/document.ts';
import { PEER_SECTIONS } from './peers/names.ts';
import { rows, yamlPath } from './rows.ts';
import { variablesOf } from './setting.ts';
import { type Machine, type Setting, type Settings, WEBHOOK_DRIVERS } from './settings.ts';
import { signOnProblems } from './single-sign-on.ts';
import { policyIn, unknownKeys, unknownVariables } from './unknown.ts';
import { version } from './version.ts';

type Env = Readonly<Record<string, string | undefined>>;
interface Branch {
  [name: string]: unknown;
}

/** Where settings come from: the process's own environment and folder unless a test gives others. */
export interface LoadInput {
  readonly env?: Env;
  readonly cwd?: string;
  /** The file named by `--config`. */
  readonly configFile?: string | undefined;
  /** Values of options of the command line by the variable they stand for, such as `{ MONITOR_PORT: '0' }` for `--port 0`. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** What a command wants instead of what the file says, by the variable it stands for. Flags and environment win. */
  readonly insteadOfFile?: Env;
}

/**
 * The settings of this process, frozen: flags, environment, `.env`, configuration file, defaults, in this order; an empty
 * value is an unset one. Throws one ConfigError with every problem.
 */
export function loadSettings(input: LoadInput = {}): Settings {
  const { settings, problems } = loadExplained(input);
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

/** A setting, what it is, and where that was said: a variable, a flag, a line of a file, or `default`. */
export interface ExplainedSetting {
  readonly setting: Setting<unknown>;
  /** undefined when it is not set. */
  readonly value: unknown;
  readonly from: string;
}

/** Settings with the place of each, and what is wrong with them. */
export interface ExplainedSettings {
  readonly settings: Settings;
  readonly explained: readonly ExplainedSetting[];
  /** Where there are any, the settings are only fit to look for more of them. */
  readonly problems: readonly string[];
}

/** The same without throwing, with every setting of the table and where it comes from. */
export function loadExplained(input: LoadInput = {}): ExplainedSettings {
  const cwd = input.cwd ?? process.cwd();
  const table = rows();
  const problems: string[] = [];
  const { env, file: envFile, inFile = [] } = withEnvFile(input.env ?? process.env, cwd, problems);
  const file = readConfigFile(input.configFile || env.MONITOR_CONFIG || undefined, cwd, problems);
  const policy = policyIn(file?.values ?? {});
  const pointing = [sectionsIn(file, ENDPOINT_SECTIONS)?.values, sectionsIn(file, PEER_SECTIONS)?.values];
  problems.push(...unknownVariables(env, table, policy, pointing));
  if (file !== null) problems.push(...unknownKeys(file, table));

  const values: Branch = {};
  const explained: ExplainedSetting[] = [];
  const machine = machineOf(env);
  for (const row of table) {
    const { setting } = row;
    const inFile = fromFile(row, file, problems);
    const inEnvironment = fromEnvironment(setting, env, cwd, problems);
    const flag = fromFlag(setting, input.flags ?? {}, problems);
    const own = fromEnvironment(setting, input.insteadOfFile ?? {}, cwd, problems);
    const value = flag ?? inEnvironment ?? own ?? inFile ?? defaultOf(setting, machine);
    setAt(values, row.place, value);
    const said: readonly (readonly [unknown, () => string])[] = [
      [flag, () => 'the command line'],
      [inEnvironment, () => variableOf(setting, env)],
      [own, () => 'the command'],
      [inFile, () => file?.at((yamlPath(setting) ?? '').split('.')) ?? ''],
    ];
    const from = said.find(([one]) => one !== undefined)?.[1] ?? (() => 'default');
    explained.push({ setting, value, from: from() });
  }
  const settings = complete(values, file, policy);
  problems.push(...crossChecks(settings, env), ...checkerProblems(settings, file, env, input.flags ?? {}));
  const whole = deepFreeze({
    ...settings,
    ...(envFile !== undefined && { envFile }),
    warnings: [
      ...exposedSecrets(env, cwd, file, table),
      ...hastyRetention(settings, explained),
      ...(envFile === undefined ? [] : exposedEnvFile(envFile, inFile, table)),
    ],
  });
  return { settings: whole, explained, problems };
}

const HOUR_MS = 3_600_000;

/** A number without a unit is seconds, and history that is gone cannot be had back. */
function hastyRetention(
  { retention: { historyMs } }: Settings,
  explained: readonly ExplainedSetting[],
): readonly string[] {
  if (historyMs === 0 || historyMs >= HOUR_MS) return [];
  const from = explained.find(({ setting }) => setting.env === 'MONITOR_RETENTION_HISTORY')?.from ?? '';
  const seconds = historyMs / 1000;
  return [
    `${from}: retention.history: what is over is removed after ${seconds} s; if days are meant, write ${seconds}d`,
  ];
}

/** The variable that says it, in the spelling that is set. */
function variableOf(setting: Setting<unknown>, env: Env): string {
  const spellings = variablesOf(setting).flatMap((name) => [`${name}_FILE`, name.toLowerCase(), name]);
  return spellings.find((one) => env[one]) ?? setting.env;
}

function crossChecks(settings: Settings, env: Env): string[] {
  const problems: string[] = [];
  if (settings.stateDir === '') problems.push('MONITOR_STATE_DIR: must be set, because this user has no home folder');
  if (settings.mode === 'follower' && settings.databaseUrl === undefined)
    problems.push('MONITOR_MODE: follower needs DATABASE_URL, a PostgreSQL that it shares with the hub that leads');
  for (const driver of WEBHOOK_DRIVERS) {
    const name = secretVariable(driver);
    const isAlone = (env[`${name}_PREVIOUS`] || env[`${name}_PREVIOUS_FILE`]) && !(env[name] || env[`${name}_FILE`]);
    if (isAlone && (settings.webhookSecrets[driver]?.length ?? 0) < 2)
      problems.push(`${name}_PREVIOUS: is set without ${name}; set that, too`);
  }
  for (const name of Object.keys(settings.drivers)) {
    if (!WEBHOOK_DRIVERS.includes(name)) problems.push(`drivers.${name}: there is no such driver; ${hint(name)}`);
  }
  for (const name of settings.webhooksWithoutAuth) {
    if (!WEBHOOK_DRIVERS.includes(name))
      problems.push(`MONITOR_WEBHOOKS_WITHOUT_AUTH: there is no driver "${name}"; ${hint(name)}`);
  }
  if (settings.caFile !== undefined) {
    try {
      accessSync(settings.caFile, constants.R_OK);
    } catch (error) {
      problems.push(`MONITOR_CA_FILE: cannot be read: ${(error as Error).message}`);
    }
  }
  return [...problems, ...signOnProblems(settings)];
}

/** The driver that was most likely meant, else all of them. */
function hint(wrong: string): string {
  const word = nearest(wrong, WEBHOOK_DRIVERS);
  return word === null ? `there are ${WEBHOOK_DRIVERS.join(', ')}` : `did you mean ${word}?`;
}

/** What the checkers say of their options and names; an option is told with its line. */
function checkerProblems(
  { checkers, checkersEnabled }: Settings,
  file: ConfigFile | null,
  ...[env, flags]: readonly Env[]
): string[] {
  try {
    selectChecks({ options: checkers, names: checkersEnabled });
    return [];
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    return error.problems.map((problem) => {
      const path = /^checkers\.[^:\s]+/.exec(problem)?.[0];
      if (path !== undefined) return `${file?.at(path.split('.')) ?? ''}: ${problem}`;
      if (file === null || env?.MONITOR_CHECKERS || flags?.MONITOR_CHECKERS) return `MONITOR_CHECKERS: ${problem}`;
      const name = /"([^"]*)"/.exec(problem)?.[1] ?? '';
      const index = (checkersEnabled ?? []).indexOf(name);
      return `${file.at(['checkers_enabled', ...(index === -1 ? [] : [String(index)])])}: checkers_enabled: ${problem}`;
    });
  }
}

/** Adds what is made of several rows. */
function complete(values: Branch, file: ConfigFile | null, policy: PolicyFile['values']): Settings {
  const pairs = values.webhookSecrets as Record<string, { current?: Secret; previous?: Secret }>;
  const webhookSecrets = Object.fromEntries(
    WEBHOOK_DRIVERS.map((driver) => [
      driver,
      [pairs[driver]?.current, pairs[driver]?.previous].filter((one) => one !== undefined),
    ]),
  );
  const clusterSecret = pairs.cluster?.current;
  const { host, port, hubUrl, clusterEnabled } = values as unknown as Settings;
  const agentsHub = clusterEnabled ? undefined : hubUrl;
  const shown = ['0.0.0.0', '::', '[::]', '*'].includes(host)
    ? '127.0.0.1'
    : host.includes(':') && !host.startsWith('[')
      ? `[${host}]`
      : host;
  const checkers = isObject(file?.values.checkers) ? file.values.checkers : {};
  const drivers = isObject(file?.values.drivers) ? file.values.drivers : {};
  const sources = isObject(file?.values.sources) ? file.values.sources : {};
  const endpointsFile = sectionsIn(file, ENDPOINT_SECTIONS);
  const peersFile = sectionsIn(file, PEER_SECTIONS);
  return {
    ...(values as unknown as Settings),
    // An agent holds nothing itself.
    url: (values.url as string | undefined) ?? agentsHub ?? `http://${shown}:${port}`,
    webhookSecrets,
    ...(clusterSecret === undefined ? {} : { clusterSecret }),
    checkers,
    drivers,
    sources,
    ...(file === null ? {} : { configFile: file.path, configFiles: file.files }),
    ...(file === null || Object.keys(policy).length === 0 ? {} : { policyFile: policyFile(file, policy) }),
    ...(endpointsFile !== undefined && { endpointsFile }),
    ...(peersFile !== undefined && { peersFile }),
    ...rulesIn(file),
    warnings: [],
    version: version(),
  };
}

/** What the file says in some of its sections, such as of what is looked at; undefined where it says nothing. */
function sectionsIn(file: ConfigFile | null, names: readonly string[]): EndpointsFile | undefined {
  const sections = Object.entries(file?.values ?? {}).filter(([name]) => names.includes(name));
  if (file === null || sections.length === 0) return undefined;
  return { values: Object.fromEntries(sections), at: file.at, folder: dirname(file.path) };
}

/** The rules of the file; nothing where it has none. */
function rulesIn(file: ConfigFile | null): Pick<Settings, 'rulesFile'> {
  if (file?.values.rules === undefined) return {};
  return { rulesFile: { values: file.values.rules, at: file.at } };
}

function policyFile({ path, at }: ConfigFile, values: PolicyFile['values']): PolicyFile {
  return { values, at: (keys) => at(['notify', ...keys]), folder: dirname(path) };
}

function machineOf(env: Env): Machine {
  const home = env.HOME || safely(homedir) || '';
  return { hostname: hostname(), home, isRoot: process.geteuid?.() === 0, xdgStateHome: env.XDG_STATE_HOME };
}

function safely(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    // A user without an entry in the system's list has no home folder; where one is needed, that is told.
    return undefined;
  }
}

function defaultOf(setting: Setting<unknown>, machine: Machine): unknown {
  return typeof setting.default === 'function' ? setting.default(machine) : setting.default;
}

function setAt(values: Branch, place: readonly string[], value: unknown): void {
  const branch = place.slice(0, -1).reduce<Branch>((at, name) => {
    at[name] ??= {};
    return at[name] as Branch;
  }, values);
  const name = place.at(-1);
  if (name !== undefined && value !== undefined) branch[name] = value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
