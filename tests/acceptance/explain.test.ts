import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let receiver: HttpReceiver;
beforeEach(async () => {
  receiver = await startHttpReceiver();
  home = makeHubHome();
});
afterEach(async () => {
  await home.remove();
  await receiver.close();
});

const send = async (hub: Hub, status: 'firing' | 'resolved') => {
  const alert = { name: 'disk full', status, severity: 'critical', labels: { host: 'db1' }, fingerprint: 'd1' };
  await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
};
const firstId = async (hub: Hub, list: 'alerts' | 'incidents') => {
  const { text } = await request(`${hub.url}/api/v1/${list}`, { method: 'GET' });
  return (JSON.parse(text) as { items: { id: string }[] }).items[0]?.id ?? '';
};
const explain = (hub: Hub, ...args: readonly string[]) => home.run(['explain', ...args], { MONITOR_URL: hub.url });

test('an incident, its alert, and one that nobody was told of, by a hub with two channels', async () => {
  const { port } = new URL(receiver.url);
  const hub = await home.serve({
    MONITOR_NOTIFY_URL: `http://127.0.0.1:${port}/hook?token=canary-secret ntfy+http://127.0.0.1:1/canary-secret`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  });
  await send(hub, 'firing');
  await eventually(() => expect(receiver.requests).toHaveLength(1));
  const id = await firstId(hub, 'incidents');
  // Its next attempt may be under way whenever one asks.
  const { code, stdout } = await eventually(async () => {
    const explained = await explain(hub, id);
    expect(explained.stdout).toMatch(/^ {2}ntfy {5}told nobody: the last attempt failed: 127\.0\.0\.1:1 refused/m);
    return explained;
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Incident: disk full\ncritical, open, since /);
  expect(stdout).toContain('\nPeople were told by webhook.\n');
  expect(stdout).toMatch(/^ {2}webhook {2}told that it fires, .*: HTTP 200$/m);
  expect(stdout).toContain('chosen by MONITOR_NOTIFY_URL');
  expect(stdout).toMatch(/ {2}alert "disk full" opened critical \(new\), received by\s+the\s+driver\s+generic/);
  expect(stdout).not.toContain('canary-secret');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);

  const alertId = await firstId(hub, 'alerts');
  await eventually(async () => {
    const alert = await explain(hub, alertId, '--json');
    expect(JSON.parse(alert.stdout)).toMatchObject({
      ...{ subject: 'alert', title: 'disk full', incident_id: id, told: true, untold: null },
      channels: [
        { channel: 'ntfy', told: [], untold: { what: 'all', reason: 'retry' } },
        { channel: 'webhook', told: [{ phase: 'firing', answer: 'HTTP 200' }], untold: null },
      ],
    });
  });
  // As much of an id as no other has will do.
  expect((await explain(hub, id.slice(-8))).stdout).toContain(`incident ${id}\n`);
  const none = await explain(hub, '01a221e2-0b96-7000-b704-7466885004f7');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('there is no alert or incident with this id')]);
});

test('a hub that tells nobody says so', async () => {
  const hub = await home.serve();
  await send(hub, 'firing');
  const { stdout } = await explain(hub, await firstId(hub, 'incidents'));
  expect(stdout).toMatch(/Nobody was told: no channel was configured while it lasted/);
});
