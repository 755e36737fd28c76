import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';
import { type Running, startMonitor } from '../support/run-monitor.ts';

let home: HubHome;
const running = new Set<Running>();
beforeAll(() => {
  home = makeHubHome();
});
afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await home.remove();
});

/** A receiver that is up: what it prints, and where it listens. */
async function receive(...args: readonly string[]) {
  const one = startMonitor(['notify', 'receive', '--port', '0', ...args], home.folder, {});
  running.add(one);
  let [out, err] = ['', ''];
  one.child.stdout?.on('data', (text: string) => {
    out += text;
  });
  one.child.stderr?.on('data', (text: string) => {
    err += text;
  });
  const url = await eventually(() => {
    const found = /Receiving on (http:\/\/\S+?)\/\. /.exec(err)?.[1];
    if (found === undefined) throw new Error(`it does not listen: ${err}`);
    return found;
  });
  return { url, one, out: () => out, err: () => err };
}

const post = (url: string, body: string, headers = {}) => request(url, { method: 'POST', body, headers });

test('prints what a hub tells, the firing and its end, and ends with Ctrl-C and 0', async () => {
  const { url, out, err, one } = await receive();
  const env = { MONITOR_NOTIFY_URL: `${url}/hook`, MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1' };
  const hub = await home.serve(env);
  const alert = { name: 'disk full', severity: 'critical', labels: { host: 'db1' }, fingerprint: 'd1' };
  for (const [status, head] of [
    ['firing', '[FIRING] disk full'],
    ['resolved', '[RESOLVED] disk full'],
  ]) {
    await post(`${hub.url}/alerts/webhook/generic/`, JSON.stringify({ ...alert, status }));
    await eventually(() => expect(out()).toContain(`  ${head}\n`));
  }
  expect(out()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}POST \/hook {2}alertmanager, answered 200$/m);
  expect(out()).toMatch(/^ {2}firing disk full .*\bhost=db1\b/m);
  expect(out()).toMatch(/^ {2}key [0-9a-f]{16,64}$/m);
  expect(err()).not.toContain('asks for no credential');
  await hub.stop();
  one.child.kill('SIGINT');
  expect(await one.ended).toMatchObject({ code: 0 });
});

test('--json prints one document for each message, without credentials', async () => {
  const { url, out } = await receive('--json');
  await post(`${url}/a`, '{"text":"hello","token":"canary1"}', { authorization: 'Bearer canary2' });
  await post(`${url}/b`, 'plain words', { 'content-type': 'text/plain' });
  await eventually(() => expect(out().split('\n')).toHaveLength(3));
  const [first, second] = out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toMatchObject({
    ...{ method: 'POST', path: '/a', form: 'slack', status: 200, lines: ['hello'] },
    body: { text: 'hello', token: '[secret]' },
    headers: { authorization: '[secret]' },
  });
  expect(second).toMatchObject({ path: '/b', form: 'text', body: 'plain words' });
  expect(out()).not.toContain('canary');
});

test('--answer and --delay play a receiver that fails, and control characters do not reach the terminal', async () => {
  const { url, out } = await receive('--answer', '503', '--delay', '200ms');
  const before = performance.now();
  expect((await post(`${url}/`, 'a\u001b[31mred')).status).toBe(503);
  expect(performance.now() - before).toBeGreaterThanOrEqual(195);
  await eventually(() => expect(out()).toContain('  a [31mred\n'));
  expect((await request(`${url}/`, { method: 'GET' })).status).toBe(200);
  expect(out()).not.toContain('GET /');
});

describe('a wrong call says what is right', () => {
  test.each([
    [['--port', '70000'], 2, '--port must be a whole number from 0 to 65535'],
    [['--answer', '99'], 2, '--answer must be a whole number from 200 to 599'],
    [['--delay', 'soon'], 2, '--delay must be'],
    [['--port', '0', '--listen', '203.0.113.7'], 2, '--listen must be an address of this machine'],
  ])('%j', async (args, code, said) => {
    const ended = await home.run(['notify', 'receive', ...args]);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(said)]);
  });

  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await home.run(['notify', 'receive', '--port', String(port)]);
    server.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('is in use: give another one with --port')]);
  });
});
