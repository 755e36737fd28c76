import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

/** A tool between two ends: it keeps what it was told, and tells it in turn where it is asked to. */
interface Relay {
  readonly url: string;
  readonly bodies: Record<string, unknown>[];
  close(): Promise<void>;
}

let homes: HubHome[];
let relays: Relay[];
beforeEach(() => {
  [homes, relays] = [[], []];
});
afterEach(async () => {
  for (const home of homes) await home.remove();
  for (const relay of relays) await relay.close();
});

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}
async function openRelay(): Promise<Relay> {
  const bodies: Record<string, unknown>[] = [];
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (text !== '') bodies.push(JSON.parse(text));
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success","requestId":"r1"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = {
    url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  relays.push(relay);
  return relay;
}
async function openHub(notifyUrl: string, port = 0): Promise<{ home: HubHome; hub: Hub }> {
  const home = makeHubHome({
    ...{ MONITOR_NOTIFY_URL: notifyUrl, MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8', MONITOR_PORT: String(port) },
  });
  homes.push(home);
  return { home, hub: await home.serve() };
}
const post = async ({ url }: Hub, path: string, body: unknown) =>
  (await request(`${url}${path}`, { body: JSON.stringify(body) })).status;
const fire = (hub: Hub, status = 'firing') =>
  post(hub, '/alerts/webhook/generic/', { name: 'disk full', status, severity: 'critical', fingerprint: 'd1' });
const source = async ({ url }: Hub, name: string) =>
  (await items(url, 'sources')).find((one) => one.source === name) ?? {};

test('a hub that tells itself, by every form, stays at one incident, and counts what came back', async () => {
  const port = await freePort();
  const own = `127.0.0.1:${port}`;
  const { hub, home } = await openHub(
    [
      `http://${own}/alerts/webhook/alertmanager/`,
      `pagerduty+http://R0123456789ABCDEF0123456789ABCDE@${own}`,
      `mattermost+http://${own}/alerts/webhook/generic/`,
    ].join(' '),
    port,
  );
  expect(await fire(hub)).toBe(200);
  for (const name of ['alertmanager', 'pagerduty-events', 'generic'])
    await eventually(async () => expect(await source(hub, name)).toMatchObject({ own_notices: 1 }));
  expect(await fire(hub, 'resolved')).toBe(200);
  for (const name of ['alertmanager', 'pagerduty-events', 'generic'])
    await eventually(async () => expect(await source(hub, name)).toMatchObject({ own_notices: 2 }));
  expect(await items(hub.url, 'incidents')).toMatchObject([{ title: 'disk full', status: 'resolved' }]);
  expect(await items(hub.url, 'alerts')).toHaveLength(1);
  const { stdout } = await home.run(['sources'], { MONITOR_URL: hub.url });
  expect(stdout).toMatch(/^alertmanager .*a notice of this hub that has come back: nothing of it is kept/m);
  expect(stdout).toMatch(/^alertmanager .*2 of its own notices/m);
});

test('what comes back by PagerDuty, Opsgenie or an Alertmanager opens nothing, and who acknowledges it there has done so here', async () => {
  const relay = await openRelay();
  const { hub: first, home } = await openHub(
    `http://${relay.url}/hook pagerduty+http://R0123456789ABCDEF0123456789ABCDE@${relay.url} opsgenie+http://key0123456789@${relay.url}`,
  );
  await fire(first);
  await eventually(() => expect(relay.bodies.length).toBeGreaterThanOrEqual(3));
  await first.kill();
  const hub = await home.serve();
  const group = relay.bodies.find((body) => 'groupKey' in body);
  const event = relay.bodies.find((body) => 'routing_key' in body) ?? {};
  const alert = relay.bodies.find((body) => 'alias' in body) ?? {};
  expect(await post(hub, '/alerts/webhook/alertmanager/', group)).toBe(200);
  expect(await post(hub, '/alerts/webhook/pagerduty-events/', event)).toBe(200);
  for (const [event_type, status] of [
    ['triggered', 'triggered'],
    ['acknowledged', 'acknowledged'],
  ] as const) {
    const data = { id: 'PD1', type: 'incident', title: 'x', status, incident_key: event.dedup_key, urgency: 'high' };
    const webhook = { event: { id: `E${status}`, event_type: `incident.${event_type}`, data } };
    expect(await post(hub, '/alerts/webhook/pagerduty/', webhook)).toBe(200);
  }
  for (const details of [alert.details, undefined]) {
    const told = { alertId: 'OG1', message: 'x', alias: alert.alias, details };
    expect(await post(hub, '/alerts/webhook/opsgenie/', { action: 'Create', alert: told })).toBe(200);
  }
  expect(await items(hub.url, 'incidents')).toMatchObject([{ title: 'disk full', status: 'acknowledged' }]);
  expect(await items(hub.url, 'alerts')).toHaveLength(1);
  expect(await source(hub, 'pagerduty')).toMatchObject({ own_notices: 2 });
  expect(await source(hub, 'opsgenie')).toMatchObject({ own_notices: 2 });
});

test('what comes back with the body of Slack, Mattermost, Alerta or our own opens nothing, whoever brings it', async () => {
  const relay = await openRelay();
  const home = makeHubHome({
    MONITOR_NOTIFY_URL: `slack+http://${relay.url}/x mattermost+http://${relay.url}/hooks/y`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    ...{ MONITOR_CHANNEL_ALERTA_URL: `http://${relay.url}/a`, MONITOR_CHANNEL_GENERIC_URL: `http://${relay.url}/g` },
  });
  homes.push(home);
  const channels = ['alerta', 'generic'].map((preset) => `    ${preset}: {type: webhook, preset: ${preset}}`);
  const own = 'notify:\n  catch_all: [slack, mattermost, alerta, generic]\n  channels:';
  appendFileSync(join(home.folder, 'monitor.yaml'), `\n${own}\n${channels.join('\n')}\n`);
  const hub = await home.serve();
  await fire(hub);
  await eventually(() => expect(relay.bodies).toHaveLength(4));
  for (const [index, body] of relay.bodies.entries()) {
    expect(await post(hub, '/alerts/webhook/generic/', body)).toBe(200);
    expect(await source(hub, 'generic')).toMatchObject({ own_notices: index + 1 });
  }
  expect(await items(hub.url, 'incidents')).toMatchObject([{ title: 'disk full', status: 'open' }]);
  expect(await items(hub.url, 'alerts')).toHaveLength(1);
});

test('the notices of another hub open alerts, and those of two that tell each other come to an end', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const to = (port: number) => `http://127.0.0.1:${port}/alerts/webhook/alertmanager/`;
  const { hub: first } = await openHub(to(two), one);
  const { hub: second } = await openHub(to(one), two);
  await fire(first);
  await eventually(async () => expect(await items(second.url, 'incidents')).toHaveLength(1));
  await eventually(async () => expect(await source(first, 'alertmanager')).toMatchObject({ own_notices: 1 }));
  expect(await items(first.url, 'incidents')).toHaveLength(1);
  expect(await items(second.url, 'alerts')).toMatchObject([{ source: 'alertmanager', status: 'firing' }]);
  await fire(first, 'resolved');
  await eventually(async () => expect(await items(second.url, 'alerts')).toMatchObject([{ status: 'resolved' }]));
});
