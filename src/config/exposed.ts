import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject } from '../core/reading/read.ts';
import type { ConfigFile } from './file.ts';
import { type Row, yamlPath } from './rows.ts';
import { variablesOf } from './setting.ts';

type Env = Readonly<Record<string, string | undefined>>;

const EVERYBODY = 0o007;

/** The files of secrets that every user of this machine may read or replace, a line each with the fix. */
export function exposedSecrets(env: Env, cwd: string, file: ConfigFile | null, table: readonly Row[]): string[] {
  const secrets = table.filter(({ setting }) => setting.secret);
  const found = new Map<string, string>();
  for (const { setting } of secrets) {
    for (const name of variablesOf(setting)) {
      const named = env[`${name}_FILE`];
      if (named) found.set(resolve(cwd, named), `${name}_FILE`);
    }
    const key = yamlPath(setting);
    const written = key === null || file === null ? undefined : valueAt(file.values, key.split('.'));
    if (typeof written === 'string' && file !== null) found.set(resolve(dirname(file.path), written), key ?? '');
  }
  return [...found].flatMap(([path, name]) => exposureOf(path, name));
}

// Addresses that hold a secret, and names that the configuration of channels may choose: SLACK_TOKEN, SMTP_PASSWORD.
const SECRET_NAME = /(?:SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|(?:^|_)KEY|DATABASE_URL|NOTIFY_URL)(?:_|$)/;

/** The line about a file of variables that holds a secret; none where it holds no secret, or others cannot use it. */
export function exposedEnvFile(file: string, variables: readonly string[], table: readonly Row[]): string[] {
  const secrets = new Set(table.filter(({ setting }) => setting.secret).flatMap(({ setting }) => variablesOf(setting)));
  // The variable beside it that names a file of the secret is no secret.
  const held = variables.find((name) => secrets.has(name) || (SECRET_NAME.test(name) && !name.endsWith('_FILE')));
  return held === undefined ? [] : exposureOf(file, held);
}

/** The line about one file that holds a secret; none where others cannot use it. */
export function exposureOf(path: string, name: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  // Windows knows no such modes.
  if (stats === undefined || process.platform === 'win32' || (stats.mode & EVERYBODY) === 0) return [];
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  return [`${name}: every user of this machine may use ${path} (mode ${mode}); run chmod o= ${path}`];
}

function valueAt(values: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (branch, key) => (isObject(branch) && Object.hasOwn(branch, key) ? branch[key] : undefined),
    values,
  );
}
