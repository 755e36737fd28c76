import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject } from '../core/reading/read.ts';
import { issueText } from '../lib/issue-text.ts';
import type { ConfigFile } from './file.ts';
import { type Row, yamlPath } from './rows.ts';
import { type Setting, variablesOf } from './setting.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What the command line says of a setting, undefined when nothing. Problems are added to the list, here and below. */
export function fromFlag(setting: Setting<unknown>, flags: Env, problems: string[]): unknown {
  const text = flags[setting.env];
  if (!text) return undefined;
  const flag = `--${setting.env.replace('MONITOR_', '').toLowerCase().replaceAll('_', '-')}`;
  return read(setting, setting.kind.fromText(text), text, flag, `${flag} ${setting.example}`, problems);
}

/** What the environment says of it, of a secret also by the path of a file. */
export function fromEnvironment(setting: Setting<unknown>, env: Env, cwd: string, problems: string[]): unknown {
  // Proxies are written in either case and the lower one wins, as curl has it; nothing else begins without our names.
  const isProxy = setting.env.endsWith('_PROXY');
  const isSet = (one: string) => env[one] || (setting.secret && env[`${one}_FILE`]);
  const ours = variablesOf(setting).find(isSet) ?? setting.env;
  const name = isProxy && env[setting.env.toLowerCase()] ? setting.env.toLowerCase() : ours;
  const text = env[name] || undefined;
  const path = setting.secret ? env[`${name}_FILE`] || undefined : undefined;
  if (text !== undefined && path !== undefined) {
    problems.push(`${name}: is set, and so is ${name}_FILE; remove one of them`);
    return undefined;
  }
  if (path !== undefined) return secretOf(setting, `${name}_FILE`, resolve(cwd, path), problems);
  if (text === undefined) return undefined;
  const value = read(setting, setting.kind.fromText(text), text, name, `${name}=${setting.example}`, problems);
  return setting.kind.isPath && typeof value === 'string' ? resolve(cwd, value) : value;
}

/** What the configuration file says of it. */
export function fromFile({ setting }: Row, file: ConfigFile | null, problems: string[]): unknown {
  const path = yamlPath(setting);
  if (path === null || file === null) return undefined;
  const keys = path.split('.');
  const written = keys.reduce<unknown>(
    (branch, key) => (isObject(branch) && Object.hasOwn(branch, key) ? branch[key] : undefined),
    file.values,
  );
  if (written === undefined || written === null || written === '') return undefined;
  const where = `${file.at(keys)}: ${path}`;
  const folder = dirname(file.path);
  if (setting.secret) {
    if (typeof written === 'string') return secretOf(setting, where, resolve(folder, written), problems);
    problems.push(`${where}: must be the path of a file that holds the secret`);
    return undefined;
  }
  const value = read(setting, written, JSON.stringify(written), where, null, problems);
  return setting.kind.isPath && typeof value === 'string' ? resolve(folder, value) : value;
}

/** Puts the value through its schema; a wrong one is told with the text that was found, unless that may be a secret. */
function read(
  setting: Setting<unknown>,
  value: unknown,
  text: string,
  where: string,
  sample: string | null,
  problems: string[],
): unknown {
  const result = setting.kind.schema.safeParse(value);
  if (result.success) return result.data;
  const mayTell = !setting.secret && !/SECRET|PROXY|URL/.test(setting.env) && text.length <= 40;
  const linked = text.startsWith('tcp://')
    ? ' (Kubernetes sets this for a service of that name: give the pod enableServiceLinks: false)'
    : '';
  const found = mayTell ? `, not ${sample === null ? text : JSON.stringify(text)}${linked}` : '';
  // 0123 and no are a number and a word of YAML, where quotation marks do not make them text.
  const isBare = (typeof value === 'number' || typeof value === 'boolean') && sample === null;
  const quotes =
    isBare && setting.kind.schema.safeParse(String(value)).success
      ? '; it must be text: put it in quotation marks, as it is to be read'
      : '';
  const fix = sample === null || setting.secret ? '' : `; for example ${sample}`;
  problems.push(
    `${where}: ${result.error.issues[0] === undefined ? 'is not valid' : issueText(result.error.issues[0])}${found}${quotes}${fix}`,
  );
  return undefined;
}

function secretOf(setting: Setting<unknown>, where: string, path: string, problems: string[]): unknown {
  try {
    const text = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    return read(setting, text, text, `${where}: ${path}`, null, problems);
  } catch (error) {
    problems.push(`${where}: cannot read ${path}: ${(error as Error).message}`);
    return undefined;
  }
}
