import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

/** What a receiver made for Alertmanager was sent. */
interface Told {
  readonly key: string;
  readonly body: { readonly status: string; readonly alerts: readonly { readonly labels: Record<string, string> }[] };
}

let home: HubHome;
let hub: Hub;
let receiver: Server;
let told: Told[];
let status: number;
beforeEach(async () => {
  told = [];
  status = 200;
  receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const key = String(incoming.headers['idempotency-key']);
      told.push({ key, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  home = makeHubHome({
    MONITOR_NOTIFY_URL: `http://127.0.0.1:${port}/hook`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
  });
});
afterEach(async () => {
  await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const send = async (state: 'firing' | 'resolved') => {
  const alert = { name: 'disk full', status: state, severity: 'critical', labels: { host: 'db1' }, fingerprint: 'd1' };
  const { status: answered } = await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  expect(answered).toBe(200);
};
const states = () => told.map(({ body }) => body.status);

test("an incident and its end reach a receiver of Alertmanager's body, each once, also through kill -9", async () => {
  hub = await home.serve();
  await send('firing');
  await eventually(() => expect(states()).toEqual(['firing']));
  expect(told[0]?.body.alerts[0]?.labels).toMatchObject({ alertname: 'disk full', host: 'db1' });
  await eventually(async () => expect(await kinds()).toContain('notice_sent'));
  await hub.kill();
  hub = await home.serve();
  await send('resolved');
  await eventually(() => expect(states()).toEqual(['firing', 'resolved']));
  expect(new Set(told.map(({ key }) => key)).size).toBe(2);
});

test('what was committed and not told is told by the next process', async () => {
  status = 503;
  hub = await home.serve();
  await send('firing');
  await eventually(() => expect(told.length).toBeGreaterThan(0));
  await hub.kill();
  status = 200;
  hub = await home.serve();
  await eventually(() => expect(told.length).toBeGreaterThan(1));
  expect(new Set(told.map(({ key }) => key)).size).toBe(1);
});

test('an address that is none keeps the hub from starting, and is not repeated', async () => {
  const { code, stderr } = await home.run(['serve'], { MONITOR_NOTIFY_URL: 'slak://T0/B0/verysecret' });
  expect(code).not.toBe(0);
  expect(stderr).toContain('MONITOR_NOTIFY_URL');
  expect(stderr).not.toContain('verysecret');
});

async function kinds(): Promise<string[]> {
  const list = await request(`${hub.url}/api/v1/incidents`, { method: 'GET' });
  const [incident] = (JSON.parse(list.text) as { items: { id: string }[] }).items;
  const one = await request(`${hub.url}/api/v1/incidents/${incident?.id}`, { method: 'GET' });
  return (JSON.parse(one.text) as { events: { kind: string }[] }).events.map(({ kind }) => kind);
}
