import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { leftOut, type Peer, startPeer } from '../support/peers.ts';

// A real Alertmanager whose webhooks go to a real hub. What fires is told to Alertmanager as Prometheus would tell it.
const SECRET = 'alertmanager-shows-this-secret-0';
const missing = await leftOut('prometheus-alertmanager');
const only = missing === '' ? test : test.skip;

let home: HubHome;
let hub: Hub;
let peer: Peer;

function configuration(url: string): string {
  const receiver = (name: string, auth: object) => ({
    name,
    webhook_configs: [{ url: `${url}/alerts/webhook/alertmanager/`, http_config: auth }],
  });
  const basic = (password: string) => ({ basic_auth: { username: 'alertmanager', password } });
  const way = (receiver: string, more: object = {}) => ({ matchers: [`way="${receiver}"`], receiver, ...more });
  // YAML is a superset of JSON.
  return JSON.stringify({
    route: {
      receiver: 'bearer',
      group_by: ['alertname'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
      routes: [way('basic'), way('wrong'), way('repeating', { repeat_interval: '1s' })],
    },
    receivers: [
      receiver('bearer', { authorization: { credentials: SECRET } }),
      receiver('repeating', { authorization: { credentials: SECRET } }),
      receiver('basic', basic(SECRET)),
      receiver('wrong', basic(`${SECRET.slice(0, -1)}1`)),
    ],
  });
}

/** Tells Alertmanager of an alert as it is now; resolved when `ended`. */
async function tell(labels: Record<string, string>, ended = false, startedAt = Date.now()): Promise<void> {
  const alert = {
    labels,
    annotations: { summary: `${labels.alertname} on ${labels.instance}`, description: 'as a rule says it' },
    startsAt: new Date(startedAt).toISOString(),
    ...(ended && { endsAt: new Date().toISOString() }),
    generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up',
  };
  const body = JSON.stringify([alert]);
  const headers = { 'content-type': 'application/json' };
  expect(await request(`${peer.url}/api/v2/alerts`, { body, headers })).toMatchObject({ status: 200 });
}

/** The one alert of this name, once it is so. */
function becomes(name: string, fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const found = await items(hub.url, `alerts?name=${name}`);
    expect(found).toMatchObject([fields]);
    return found[0] ?? {};
  });
}

async function historyOf(path: string): Promise<unknown[]> {
  const { events } = (await ask(hub.url, path)) as { events: Record<string, unknown>[] };
  return events.map(({ subject, kind, reason }) => [subject, kind, reason]);
}

beforeAll(async () => {
  if (missing !== '') return;
  home = makeHubHome({ WEBHOOK_SECRET_ALERTMANAGER: SECRET });
  hub = await home.serve();
  peer = await startPeer('prometheus-alertmanager', { 'alertmanager.yml': configuration(hub.url) });
});
afterAll(async () => {
  await peer?.remove();
  await home?.remove();
});

describe(`Alertmanager → hub by webhook${missing}`, () => {
  only.each(['bearer', 'basic'])('an alert fires, ends and fires again: %s authentication', async (way) => {
    const alertname = `DiskFull-${way}`;
    const labels = { alertname, way, severity: 'page', instance: 'db1:9100', job: 'node' };
    const began = Date.now() - 60_000;
    await tell(labels, false, began);
    const alert = await becomes(alertname, { status: 'firing' });
    expect(alert).toMatchObject({
      source: 'alertmanager',
      origin: '',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      severity: 'critical',
      started_at: new Date(began).toISOString(),
      ended_at: null,
      labels,
      annotations: {
        summary: `${alertname} on db1:9100`,
        description: 'as a rule says it',
        generator_url: 'http://prometheus.example:9090/graph?g0.expr=up',
        external_url: expect.stringMatching(/^http/),
        receiver: way,
        original_severity: 'page',
      },
    });
    await tell(labels, true, began);
    const ended = await becomes(alertname, { status: 'resolved', severity: 'critical' });
    expect(Date.parse(String(ended.ended_at))).toBeGreaterThan(began);
    const incident = `incidents/${alert.incident_id}`;
    expect(await ask(hub.url, incident)).toMatchObject({ status: 'resolved', severity: 'critical', firing_count: 0 });
    await tell(labels);
    await becomes(alertname, { id: alert.id, incident_id: alert.incident_id, status: 'firing', ended_at: null });
    expect(await historyOf(`alerts/${alert.id}`)).toEqual([
      ['alert', 'opened', 'new'],
      ['alert', 'resolved', 'resolved'],
      ['alert', 'opened', 'refired'],
    ]);
    expect(await ask(hub.url, incident)).toMatchObject({ status: 'open', alert_count: 1, firing_count: 1 });
    const told = (await historyOf(incident)).filter((event) => (event as string[])[0] === 'incident');
    expect(told.map((event) => (event as string[])[1])).toEqual(['opened', 'resolved', 'reopened']);
  });

  only('each alert of a group lives by itself, in one incident: one ends while the other fires', async () => {
    const of = (instance: string) => ({ alertname: 'Down', severity: 'warning', instance });
    await tell(of('a'));
    await tell(of('b'));
    const both = () => items(hub.url, 'alerts?name=Down');
    await eventually(async () => expect(await both()).toMatchObject([{ status: 'firing' }, { status: 'firing' }]));
    await tell(of('a'), true);
    const states = await eventually(async () => {
      const found = (await both()).map(({ labels, status }) => [(labels as { instance: string }).instance, status]);
      expect(Object.fromEntries(found)).toEqual({ a: 'resolved', b: 'firing' });
      return both();
    });
    const [incident, ...others] = [...new Set(states.map((alert) => alert.incident_id))];
    expect(others).toEqual([]);
    expect(await ask(hub.url, `incidents/${incident}`)).toMatchObject({
      status: 'open',
      severity: 'warning',
      alert_count: 2,
      firing_count: 1,
    });
  });

  only('what Alertmanager repeats is one alert, and nothing in its history', async () => {
    const labels = { alertname: 'Repeated', way: 'repeating', severity: 'zorblax', instance: 'a' };
    // Within a minute of its start, Alertmanager's word for "still firing" cannot be told from the same notice sent twice.
    await tell(labels, false, Date.now() - 120_000);
    const alert = await becomes('Repeated', { severity: 'warning', annotations: { original_severity: 'zorblax' } });
    await eventually(async () => {
      const [now] = await items(hub.url, 'alerts?name=Repeated');
      expect(Number(now?.occurrences)).toBeGreaterThanOrEqual(3);
    });
    expect(await historyOf(`alerts/${alert.id}`)).toEqual([['alert', 'opened', 'new']]);
  });

  only('a wrong password is refused, told in the log of the hub, and opens nothing', async () => {
    await tell({ alertname: 'Refused', way: 'wrong', severity: 'critical', instance: 'a' });
    expect(await hub.line('request refused')).toMatchObject({
      driver: 'alertmanager',
      reason: 'the secret does not match WEBHOOK_SECRET_ALERTMANAGER',
      address: '127.0.0.1',
    });
    // Alertmanager heard of it, too: it gives up what is refused until the next time round.
    await eventually(() => expect(peer.output()).toMatch(/unexpected status code 403/));
    expect(await items(hub.url, 'alerts?name=Refused')).toEqual([]);
    expect(JSON.stringify(hub.lines())).not.toContain(SECRET.slice(0, -1));
  });

  only('what fires and ends while the hub is away is as Alertmanager has it once the hub is back', async () => {
    const labels = { alertname: 'Missed', severity: 'critical', instance: 'a' };
    await tell(labels);
    await becomes('Missed', { status: 'firing' });
    await hub.kill();
    await tell(labels, true);
    await tell({ ...labels, alertname: 'Begun' });
    await eventually(() => expect(peer.output()).toMatch(/connection refused/));
    // On the port that Alertmanager knows.
    hub = await home.serve({ MONITOR_PORT: new URL(hub.url).port });
    await becomes('Missed', { status: 'resolved' });
    await becomes('Begun', { status: 'firing', occurrences: 1 });
  });
});
