import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let receiver: HttpReceiver;
beforeEach(async () => {
  receiver = await startHttpReceiver();
  home = makeHubHome({
    MONITOR_NOTIFY_URL: `${receiver.url}/hook?token=canary-secret ntfy+http://127.0.0.1:1/canary-secret`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  });
});
afterEach(async () => {
  await home.remove();
  await receiver.close();
});

const tryOut = (hub: Hub | null, ...args: readonly string[]) =>
  home.run(['notify', 'test', ...args], { MONITOR_URL: hub?.url ?? 'http://127.0.0.1:1' });

test('through the hub, channel by channel, without an incident', async () => {
  const hub = await home.serve();
  const one = await tryOut(hub, 'webhook');
  expect([one.code, one.stdout]).toEqual([
    0,
    expect.stringMatching(/^webhook at 127\.0\.0\.1:\d+: arrived in \d+ ms: HTTP 200 \(chosen by its name\)\n$/),
  ]);
  expect(one.stderr).toContain(`The hub at ${hub.url} sends the tests.`);
  expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({
    alerts: [{ labels: { alertname: 'Test of webhook' } }],
  });
  const all = await tryOut(hub, '--all', '--json');
  expect(all.code).toBe(1);
  expect(JSON.parse(all.stdout)).toMatchObject({
    ok: false,
    items: [
      { channel: 'webhook', ok: true, answer: 'HTTP 200' },
      { channel: 'ntfy', ok: false, permanent: false, answer: expect.stringContaining('refused the connection') },
    ],
  });
  expect(`${one.stdout}${one.stderr}${all.stdout}${all.stderr}`).not.toContain('canary-secret');
  expect(await items(hub.url, 'incidents')).toEqual([]);
});

test('without a hub by the configuration here, and the process ends', async () => {
  const { code, stdout, stderr } = await tryOut(null, '--label', 'severity=critical');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^webhook at \S+: arrived in \d+ ms: HTTP 200 \(chosen by MONITOR_NOTIFY_URL\)$/m);
  expect(stdout).toMatch(/^ntfy at 127\.0\.0\.1:1: failed: 127\.0\.0\.1:1 refused the connection/m);
  expect(stderr).toContain('they go from here');
});

test('a target in a private network names the setting that allows it', async () => {
  const { code, stdout } = await home.run(['notify', 'test', 'webhook', '--without-hub'], {
    MONITOR_ALLOW_PRIVATE_TARGETS: '',
  });
  expect([code, stdout]).toEqual([1, expect.stringContaining('MONITOR_ALLOW_PRIVATE_TARGETS')]);
  expect(receiver.requests).toEqual([]);
});

describe('a wrong call says what is right', () => {
  test.each([
    [[], 2, 'say what to test'],
    [['--label', 'x'], 2, '--label must be name=value'],
    [['slak'], 1, 'there is no channel or route "slak"; there are webhook, ntfy'],
  ])('%j', async (args, code, said) => {
    const ended = await tryOut(null, ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(said)]);
  });

  test('by the API, too', async () => {
    const hub = await home.serve();
    const post = (body: unknown) =>
      request(`${hub.url}/api/v1/test-alert`, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    expect((await post({ targets: ['webhook'] })).status).toBe(200);
    expect(await post({ targets: ['x'] })).toMatchObject({
      status: 422,
      text: expect.stringContaining('no channel or route'),
    });
    expect(await post({ target: 'x' })).toMatchObject({ status: 422, text: expect.stringContaining('is not a field') });
  });
});
