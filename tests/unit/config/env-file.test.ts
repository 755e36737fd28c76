import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/config/error.ts';
import { loadSettings } from '../../../src/config/load.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-env-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const load = (env: Record<string, string> = {}) => loadSettings({ env: { HOME: cwd, ...env }, cwd });
const put = (name: string, text: string, mode = 0o600) => {
  writeFileSync(join(cwd, name), text);
  chmodSync(join(cwd, name), mode);
};

test('the environment wins over .env, and .env over the configuration file', () => {
  put('monitor.yaml', 'port: 1\nhost: 10.0.0.1\nhub_url: https://a.example.com\n');
  put('.env', '# a comment\nMONITOR_PORT=2\nMONITOR_HOST="10.0.0.2"\nINSTANCE_ID=\n');
  expect(load({ MONITOR_HOST: '10.0.0.3', MONITOR_PORT: '' })).toMatchObject({
    ...{ port: 2, host: '10.0.0.3', hubUrl: 'https://a.example.com', envFile: join(cwd, '.env') },
  });
});

test('a named file stands in its place, and may name the configuration', () => {
  put('.env', 'MONITOR_PORT=2\n');
  put('other.env', 'MONITOR_CONFIG=other.yaml\n');
  put('other.yaml', 'host: 10.0.0.9\n');
  expect(load({ MONITOR_ENV_FILE: 'other.env' })).toMatchObject({ port: 8080, host: '10.0.0.9' });
});

test.each([
  ['a named file that is not there', () => {}, { MONITOR_ENV_FILE: 'none.env' }, /none\.env: cannot be used: ENOENT/],
  [
    'one that everyone may write to',
    () => put('.env', 'MONITOR_PORT=2\n', 0o666),
    {},
    /\.env: cannot be used: it is world-writable.*MONITOR_ENV_FILE/,
  ],
  ['a wrong value in it', () => put('.env', 'MONITOR_PORT=x\n'), {}, /^MONITOR_PORT: must be a whole number/],
  [
    'a misspelt name in it',
    () => put('.env', 'MONITOR_PROT=1\n'),
    {},
    /^MONITOR_PROT: unknown setting; did you mean MONITOR_PORT/,
  ],
])('%s is told', (_, prepare, env, message) => {
  prepare();
  let problems: readonly string[] = [];
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) problems = error.problems;
  }
  expect(problems).toEqual([expect.stringMatching(message)]);
});

test('a folder of that name, as of a virtual environment, is none', () => {
  mkdirSync(join(cwd, '.env'));
  expect(load().envFile).toBeUndefined();
});

test.each([
  ['MONITOR_API_TOKEN=0123456789abcdef0123', 0o644, ['MONITOR_API_TOKEN']],
  ['WEBHOOK_SECRET_CLUSTER=0123456789abcdef0123', 0o604, ['WEBHOOK_SECRET_CLUSTER']],
  ['SLACK_HOOK_TOKEN=x', 0o644, ['SLACK_HOOK_TOKEN']],
  ['DATABASE_URL=postgres://u:p@localhost/m', 0o644, ['DATABASE_URL']],
  ['MONITOR_API_TOKEN=0123456789abcdef0123', 0o640, []],
  ['MONITOR_API_TOKEN=0123456789abcdef0123', 0o600, []],
  ['MONITOR_PORT=2', 0o644, []],
  ['SLACK_TOKEN_FILE=/etc/slack', 0o644, []],
])('%s in a file of mode %o: who else may read it is told', (text, mode, told) => {
  put('.env', `${text}\n`, mode);
  const fix = `run chmod o= ${join(cwd, '.env')}`;
  expect(load().warnings).toEqual(told.map((name) => expect.stringMatching(new RegExp(`^${name}: .*; ${fix}$`))));
});
