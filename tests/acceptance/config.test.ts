import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const BIN = join(import.meta.dirname, '../../bin/monitor');
let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-config-'));
  mkdirSync(join(cwd, 'conf.d'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text, { mode: 0o600 });

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'config', ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: cwd, ...env },
  });
  const bare = (text: string) => text.replaceAll(`${cwd}/`, '').split('\n').slice(0, -1);
  return { status, out: bare(stdout), err: bare(stderr) };
}

test('config check names every problem of settings, drivers and notices at once, each with its line', () => {
  write('monitor.yaml', 'port: 99999\nnotify:\n  channels:\n    ops: {type: log}\n  routes:\n    - {channel: opss}\n');
  write('conf.d/a.yaml', 'log: {fomat: json}\nsources: {x: {fields: 3}}\n');
  const { status, err } = run(['check'], { MONITOR_HSOT: '::1' });
  expect(status).toBe(2);
  const text = err.join('\n');
  for (const part of [
    'MONITOR_HSOT: unknown setting; did you mean MONITOR_HOST?',
    'monitor.yaml:1: port: must be a whole number from 0 to 65535, not 99999',
    'conf.d/a.yaml:1: log.fomat: unknown setting; did you mean log.format?',
    'sources.x: ',
    'monitor.yaml:6: notify.routes[0].channel',
  ])
    expect(text).toContain(part);
  const json = run(['check', '--json'], { MONITOR_HSOT: '::1' });
  expect(json.status).toBe(2);
  expect(JSON.parse(json.out.join(''))).toMatchObject({ ok: false, problems: { length: err.length - 1 } });
});

test('what is sound is said so, with its files; without the secrets of channels only when asked', () => {
  const channels = 'notify:\n  channels:\n    ops: {type: slack}\n  routes:\n    - {channels: [ops]}\n';
  write('monitor.yaml', 'port: 9000\npush: {interval: 90s}\n');
  write('conf.d/a.yaml', channels);
  expect(run(['check'])).toMatchObject({
    status: 2,
    err: ['monitor: a problem in the configuration', expect.stringMatching(/^ {2}conf\.d\/a\.yaml:3: .*ops\.url: /)],
  });
  expect(run(['check', '--no-secrets'])).toEqual({
    status: 0,
    out: ['The configuration is sound: monitor.yaml, conf.d/a.yaml'],
    err: [],
  });
  write('conf.d/a.yaml', '');
  expect(run(['check', '--json']).out).toEqual([
    '{"ok":true,"files":["monitor.yaml","conf.d/a.yaml"],"notifies":false,"problems":[],"warnings":[]}',
  ]);
});

test('config show tells the value of a setting and its place, and never a secret', () => {
  write('conf.d/b.yaml', 'host: "::1"\n');
  const env = { MONITOR_LOG_LEVEL: 'warn', MONITOR_API_TOKEN: 'canary-0123456789abcdef' };
  const { out } = run(['show'], env);
  expect(out.map((line) => line.split(/ {2,}/))).toEqual([
    ['SETTING', 'VALUE', 'FROM'],
    ['host', '::1', 'conf.d/b.yaml:1'],
    ['port', '9000', 'monitor.yaml:1'],
    ['log.level', 'warn', 'MONITOR_LOG_LEVEL'],
    ['push.interval', '1 min 30 s', 'monitor.yaml:2'],
    ['api_token_file', 'set', 'MONITOR_API_TOKEN'],
  ]);
  const all = run(['show', '--all', '--json'], env).out.join('');
  expect(all).not.toContain('canary');
  expect(JSON.parse(all).settings).toContainEqual({
    ...{ name: 'retention.history', variable: 'MONITOR_RETENTION_HISTORY', value: 7_776_000_000, unit: 'ms' },
    from: 'default',
  });
});

test('config schema prints the schema that editors take', () => {
  expect(JSON.parse(run(['schema']).out.join('\n'))).toMatchObject({ title: 'monitor.yaml', type: 'object' });
});
