import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const KEY = randomUUID();
const CONFIG = `
push_endpoints:
  - {name: job, token: "${KEY}", period: 1d}
`;

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG);
  writeFileSync(join(home.folder, 'key'), `${KEY}\n`);
  chmodSync(join(home.folder, 'key'), 0o600);
  hub = await home.serve();
});
afterAll(() => home.remove());

interface Call {
  readonly kind: string;
  readonly run_id: string | null;
  readonly exit_code: number | null;
  readonly body: string;
}
const calls = async () => {
  const answer = await fetch(`${hub.url}/api/v1/endpoints/_job/pings`);
  return ((await answer.json()) as { readonly items: readonly Call[] }).items;
};
const run = (args: readonly string[], env: Record<string, string> = { MONITOR_HEARTBEAT_KEY: KEY }) =>
  home.run(['heartbeat', 'run', ...args], { CLUSTER_ENABLED: '0', HUB_URL: hub.url, ...env });

test('a command is told of as it begins and ends, with what it wrote, and its exit code is passed on', async () => {
  const { code, stdout, stderr } = await run(['--', '/bin/sh', '-c', 'echo out; echo err >&2; exit 3']);
  expect([code, stdout, stderr]).toEqual([3, 'out\n', 'err\n']);
  const [end, start] = await calls();
  expect([start, end]).toMatchObject([{ kind: 'start' }, { kind: 'fail', exit_code: 3 }]);
  expect(end?.run_id).toBe(start?.run_id);
  expect(end?.body.split('\n').sort()).toEqual(['', 'err', 'out']);

  const file = { MONITOR_HEARTBEAT_KEY_FILE: join(home.folder, 'key') };
  const quiet = await run(['--no-output', '--', '/bin/echo', 'done'], file);
  expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, 'done\n', '']);
  expect((await calls())[0]).toMatchObject({ kind: 'success', exit_code: 0, body: '' });

  // More than is kept, and the end of it.
  expect((await run(['--key', KEY, '--', '/usr/bin/seq', '1', '60000'], {})).code).toBe(0);
  const { body = '' } = (await calls())[0] ?? {};
  expect([body.length <= 100_000, body.length > 90_000, body.endsWith('59999\n60000\n')]).toEqual([true, true, true]);
});

test('what cannot be started is told, too', async () => {
  const { code, stderr } = await run(['--', '/no/such/program']);
  expect([code, stderr]).toEqual([127, expect.stringContaining('cannot start /no/such/program')]);
  expect((await calls())[0]).toMatchObject({ kind: 'fail', exit_code: 127 });
});

test('a hub that is away fails nothing: another is told, or nobody', async () => {
  const gone = 'http://127.0.0.1:9';
  const other = await run(['--hub', `${gone},${hub.url}`, '--', '/bin/sh', '-c', 'exit 4']);
  expect([other.code, other.stderr]).toEqual([4, '']);
  expect((await calls())[0]).toMatchObject({ exit_code: 4 });
  const [nobody, noKey, wrongKey] = await Promise.all([
    run(['--hub', gone, '--', '/bin/echo', 'done']),
    run(['--', '/bin/echo', 'done'], {}),
    run(['--key', randomUUID(), '--', '/bin/echo', 'done'], {}),
  ]);
  for (const { code, stdout } of [nobody, noKey, wrongKey]) expect([code, stdout]).toEqual([0, 'done\n']);
  expect(nobody?.stderr).toMatch(/^monitor: the hub was not told of the end: .*127\.0\.0\.1:9.*refused/);
  expect(noKey?.stderr).toContain('the hub is not told: no key: set MONITOR_HEARTBEAT_KEY');
  expect(wrongKey?.stderr).toContain('has no push endpoint with this key');
  for (const { stderr } of [nobody, noKey, wrongKey]) expect(stderr).not.toContain(KEY);
});

test('a signal goes on to the command', async () => {
  const script = 'trap "echo ended; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
  const child = spawn(
    process.execPath,
    ['bin/monitor', 'heartbeat', 'run', '--hub', hub.url, '--', '/bin/sh', '-c', script],
    {
      env: { PATH: process.env.PATH, MONITOR_HEARTBEAT_KEY: KEY, MONITOR_STATE_DIR: home.state },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let written = '';
  child.stdout.on('data', (chunk) => {
    written += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  await eventually(() => expect(written).toBe('ready\n'));
  child.kill('SIGTERM');
  expect([await ended, written]).toEqual([7, 'ready\nended\n']);
  expect((await calls())[0]).toMatchObject({ kind: 'fail', exit_code: 7, body: 'ready\nended\n' });
});
