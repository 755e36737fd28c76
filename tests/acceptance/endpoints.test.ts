import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const TOKENS = { p1: 'p1-token-of-a-probe', p2: 'p2-token-of-a-probe', p3: 'p3-token-of-a-probe' } as const;
type Probe = keyof typeof TOKENS;

const CONFIG = `
endpoints:
  - {name: web, group: core, url: "tcp://127.0.0.1:9", interval: 5s, conditions: ["[CONNECTED] == true", "[RESPONSE_TIME] < 500"],
     monitored_by: [p1, p2, p3], strategy: majority-down, alerts: [{failure_threshold: 1, success_threshold: 1}]}
  - {name: mail, url: "tcp://127.0.0.1:25", monitored_by: [p1], alerts: [{failure_threshold: 2}]}
probes:
  - {id: p1, name: "Frankfurt", token: "${TOKENS.p1}", region: eu, rate_per_second: 20, stale_after: 2m}
  - {id: p2, name: "Paris", token: "${TOKENS.p2}", region: eu, rate_per_second: 1}
  - {id: p3, name: "Oslo", token: "${TOKENS.p3}", region: eu, allow_from: ["127.0.0.0/8"]}
`;

let home: HubHome;
let hub: Hub;
beforeEach(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG);
  hub = await home.serve();
});
afterEach(() => home.remove());

const ask = (path: string, init: RequestInit = {}) => fetch(`${hub.url}${path}`, init);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const tell = (probe: Probe, body: unknown, key = 'core_web', token: string = TOKENS[probe]) =>
  ask(`/api/v1/agents/${probe}/endpoints/${key}/results`, {
    method: 'POST',
    headers: bearer(token),
    body: JSON.stringify(body),
  });
interface ShownAlert {
  readonly name: string;
  readonly status: string;
  readonly origin: string;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly occurrences: number;
}
const alerts = async () => {
  const { items } = (await (await ask('/api/v1/alerts?source=endpoint')).json()) as { readonly items: ShownAlert[] };
  return items;
};
const result = (success: boolean, more: object = {}) => ({
  ...{ success, duration_ms: 12, timestamp: new Date().toISOString(), errors: success ? [] : ['refused'], ...more },
});

test('results of three probes come to one alert, which ends when two of them succeed again, over a crash', async () => {
  const told = [(await tell('p1', result(false))).status];
  expect(await alerts()).toEqual([]);
  told.push((await tell('p2', [result(false)])).status);
  expect(told).toEqual([202, 202]);
  expect(await alerts()).toEqual([
    expect.objectContaining({
      ...{ source: 'endpoint', origin: '', name: 'core/web', status: 'firing' },
      labels: { endpoint: 'web', group: 'core', key: 'core_web' },
    }),
  ]);
  const [one] = await alerts();
  expect(one?.annotations.witnesses).toBe('p1 down (refused); p2 down (refused); p3 has not looked');
  const gatus = async (path: string) => (await ask(`/api/v1/endpoints/${path}`)).json();
  expect(await gatus('statuses')).toMatchObject([
    { name: 'web', group: 'core', key: 'core_web', results: [{ success: false, errors: ['refused'] }, {}] },
    { key: '_mail', results: [] },
  ]);
  expect(await gatus('core_web/health/badge.shields')).toMatchObject({ message: 'down', color: 'red' });
  expect(await gatus('core_web')).toMatchObject({
    ...{ state: 'down', votes: { up: 0, down: 2, needed: 1, of: 3 }, outage_since: expect.any(String) },
    probes: [{ id: 'p1', name: 'Frankfurt', state: 'down' }, { state: 'down' }, { id: 'p3', state: 'waiting' }],
    ...{
      results: [{ probe: expect.any(String), errors: ['refused'] }, {}],
      alerts: [{ firing: true }],
      looks: [{}, {}],
    },
  });
  expect(await gatus('core_web/history?from=1h')).toMatchObject({ step_ms: 300_000, outages: [{ ended_at: null }] });
  expect(await gatus('report')).toMatchObject({
    items: [
      { key: '_mail', outages: 0 },
      { key: 'core_web', outages: 1 },
    ],
  });
  const unknown = [
    'core_x',
    'core_x/history',
    'core_x/statuses',
    'core_x/uptimes/1h',
    '_mail/uptimes/1h',
    'core_web/uptimes/2h',
  ];
  const statuses = await Promise.all(unknown.map(async (path) => (await ask(`/api/v1/endpoints/${path}`)).status));
  expect(statuses).toEqual([404, 404, 404, 404, 404, 400]);

  await hub.kill();
  hub = await home.serve();
  await tell('p3', result(false));
  expect((await alerts()).map(({ status }) => status)).toEqual(['firing']);
  const history = (await (await ask('/api/v1/events?limit=100')).json()) as {
    readonly items: readonly { readonly subject: string; readonly kind: string }[];
  };
  const kinds = () => history.items.filter(({ subject }) => subject === 'alert').map(({ kind }) => kind);
  expect(kinds()).toEqual(['opened']);

  await tell('p1', result(true));
  expect((await alerts()).map(({ status }) => status)).toEqual(['firing']);
  await tell('p2', result(true));
  expect((await alerts()).map(({ status }) => status)).toEqual(['resolved']);
});

test('assignments bear their checksum, and change while the hub runs', async () => {
  const path = '/api/v1/agents/p1/assignments';
  const first = await ask(path, { headers: bearer(TOKENS.p1) });
  const body = (await first.json()) as { readonly checksum: string; readonly endpoints: readonly object[] };
  expect(first.headers.get('etag')).toBe(`"${body.checksum}"`);
  expect(body).toMatchObject({ agent_id: 'p1', checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(body.endpoints).toEqual([
    {
      ...{
        key: 'core_web',
        name: 'web',
        group: 'core',
        url: 'tcp://127.0.0.1:9',
        method: 'GET',
        headers: {},
        body: '',
      },
      ...{ interval_ms: 5000, timeout_ms: 5000, conditions: ['[CONNECTED] == true', '[RESPONSE_TIME] < 500'] },
    },
    expect.objectContaining({ key: '_mail', interval_ms: 60_000 }),
  ]);
  const again = await ask(path, { headers: { ...bearer(TOKENS.p1), 'if-none-match': `"${body.checksum}"` } });
  expect([again.status, await again.text()]).toEqual([304, '']);

  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG.replace('interval: 5s', 'interval: 7s'));
  hub.child.kill('SIGHUP');
  const changed = await eventually(async () => {
    const next = await ask(path, { headers: { ...bearer(TOKENS.p1), 'if-none-match': `"${body.checksum}"` } });
    if (next.status !== 200) throw new Error(`still ${next.status}`);
    return (await next.json()) as typeof body;
  });
  expect(changed.endpoints[0]).toMatchObject({ interval_ms: 7000 });
});

test('a probe speaks for itself, of what it looks at, and no faster than it may', async () => {
  const outcomes = {
    'a token of another': (await tell('p1', result(true), 'core_web', TOKENS.p2)).status,
    'no token': (await ask('/api/v1/agents/p1/assignments')).status,
    'an unknown probe': (await tell('p1', result(true), 'core_web', 'x')).status,
    'not its endpoint': (await tell('p2', result(true), '_mail')).status,
    'no such endpoint': (await tell('p1', result(true), 'core_x')).status,
    'a field of another type': (await tell('p1', { success: 'yes' })).status,
    'a time that is none': (await tell('p1', result(true, { timestamp: 'yesterday' }))).status,
  };
  expect(outcomes).toEqual({
    ...{ 'a token of another': 401, 'no token': 401, 'an unknown probe': 401, 'not its endpoint': 404 },
    ...{ 'no such endpoint': 404, 'a field of another type': 422, 'a time that is none': 422 },
  });
  const many = Array.from({ length: 100 }, (_, at) =>
    result(true, { timestamp: new Date(Date.now() - at).toISOString() }),
  );
  expect((await tell('p2', many)).status).toBe(202);
  const late = await tell('p2', many);
  expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
  const agents = (await (await ask('/api/v1/agents')).json()) as readonly {
    readonly id: string;
    readonly stale: boolean;
  }[];
  expect(agents.map(({ id, stale }) => [id, stale])).toEqual([
    ['p1', true],
    ['p2', false],
    ['p3', true],
  ]);
});

test('an endpoint that is configured no more fires no more', async () => {
  await eventually(async () => {
    if ((await alerts()).length === 0) await tell('p1', result(false), '_mail');
    expect((await alerts()).map(({ name, status }) => [name, status])).toEqual([['mail', 'firing']]);
  });
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG.replace(/^ {2}- \{name: mail.*$/m, ''));
  hub.child.kill('SIGHUP');
  await eventually(async () => {
    expect((await alerts()).map(({ name, status }) => [name, status])).toEqual([['mail', 'resolved']]);
  });
});

test('a hub that begins without endpoints looks at those that it is given', async () => {
  await hub.stop();
  writeFileSync(join(home.folder, 'monitor.yaml'), 'incidents: {reopen_within: 10m}\n');
  hub = await home.serve();
  const own = '{name: own, url: "tcp://127.0.0.1:9", interval: 1s, alerts: [{failure_threshold: 1}]}';
  writeFileSync(join(home.folder, 'monitor.yaml'), `endpoints:\n  - ${own}\n`);
  hub.child.kill('SIGHUP');
  await eventually(async () => {
    expect((await alerts()).map(({ name, status }) => [name, status])).toEqual([['own', 'firing']]);
  });
});

test('the hub looks by itself at what names no probe, and tells of its fall and its return', async () => {
  const server = createServer((socket) => socket.destroy());
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const port = await listen(0);
  const own = `{name: own, url: "tcp://127.0.0.1:${port}", interval: 1s, alerts: [{failure_threshold: 2, success_threshold: 1}]}`;
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG.replace('endpoints:', `endpoints:\n  - ${own}`));
  hub.child.kill('SIGHUP');
  await new Promise((resolve) => server.close(resolve));
  await eventually(async () => {
    expect((await alerts()).map(({ name, status }) => [name, status])).toEqual([['own', 'firing']]);
  });
  const [one] = await alerts();
  expect(one?.annotations.witnesses).toMatch(/^local down \(127\.0\.0\.1:\d+ .*refused/);
  await listen(port);
  await eventually(async () => {
    expect((await alerts()).map(({ name, status }) => [name, status])).toEqual([['own', 'resolved']]);
  });
  const tried = await ask('/api/v1/endpoints/_own/try', {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect([tried.status, await tried.json()]).toMatchObject([
    200,
    { success: true, timings: { connect_ms: expect.any(Number) } },
  ]);
  expect(await (await ask('/api/v1/endpoints/_own')).json()).toMatchObject({
    looks: expect.arrayContaining([expect.objectContaining({ phases: expect.objectContaining({ tls_ms: null }) })]),
  });
  await new Promise((resolve) => server.close(resolve));
});

test('a probe of uptop, and one that speaks our own words, are heard as any other', async () => {
  const secret = (token: string) => ({ 'x-upkeep-secret': token });
  const post = (path: string, headers: Record<string, string>, body: object) =>
    ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = { id: 'p1', name: 'Frankfurt 1', region: 'eu', version: 'probe' };
  const registered = await post('/api/probe/register', secret(TOKENS.p1), said);
  expect([registered.status, await registered.json()]).toEqual([200, { ok: true }]);
  const wrong = [
    (await post('/api/probe/register', secret('x'), said)).status,
    (await post('/api/probe/register', { 'x-uptop-secret': TOKENS.p1 }, {})).status,
    (await post('/api/probe/register', secret(TOKENS.p2), said)).status,
    (await ask('/api/probe/assignments?node_id=p1')).status,
    (await ask('/api/probe/assignments', { headers: secret(TOKENS.p1) })).status,
  ];
  expect(wrong).toEqual([401, 400, 401, 401, 400]);
  const found = await ask('/api/probe/assignments?node_id=p1', { headers: secret(TOKENS.p1) });
  const { sites } = (await found.json()) as {
    readonly sites: readonly { readonly ID: number; readonly Name: string }[];
  };
  expect(sites[0]).toMatchObject({ Name: 'core/web', Type: 'port', Hostname: '127.0.0.1', Port: 9, Interval: 5 });
  const results = [{ site_id: sites[0]?.ID, latency_ns: 3_000_000, is_up: false, error_reason: 'no route' }];
  expect((await post('/api/probe/results', secret(TOKENS.p1), { node_id: 'p1', results })).status).toBe(200);

  const own = { key: 'core_web', ...result(false, { timestamp: new Date(Date.now() + 3_600_000).toISOString() }) };
  const report = { sent_at: new Date(Date.now() + 3_600_000).toISOString(), version: '1.2', results: [own] };
  expect((await post('/api/v1/probes/p2/results', bearer(TOKENS.p2), report)).status).toBe(202);
  const stranger = { results: [{ ...own, key: '_mail' }] };
  expect((await post('/api/v1/probes/p2/results', bearer(TOKENS.p2), stranger)).status).toBe(404);
  const [one] = await alerts();
  expect(one?.annotations.witnesses).toBe('p1 down (no route); p2 down (refused); p3 has not looked');
  const { items } = (await (await ask('/api/v1/probes')).json()) as { readonly items: readonly object[] };
  expect(items).toMatchObject([
    { id: 'p1', name: 'Frankfurt', version: 'probe', is_stale: false },
    { id: 'p2', version: '1.2', clock_offset_ms: expect.any(Number) },
    { id: 'p3', last_seen_at: null },
  ]);
});

test('an alert has the reminders that it says, and ends without a message where it says so', async () => {
  const receiver = await startHttpReceiver();
  const terms = 'alerts: [{failure_threshold: 1, minimum_reminder_interval: 1s, send_on_resolved: false}]';
  writeFileSync(
    join(home.folder, 'monitor.yaml'),
    `notify:\n  channels:\n    ops: {type: webhook, url: env:OPS_URL}\n${CONFIG.replace('alerts: [{failure_threshold: 2}]', terms)}`,
    { mode: 0o600 },
  );
  await hub.stop();
  hub = await home.serve({ MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8', OPS_URL: receiver.url });
  await tell('p1', result(false), '_mail');
  await eventually(() => expect(receiver.requests.length).toBeGreaterThan(2));
  await tell('p1', result(true), '_mail');
  await tell('p1', result(true), '_mail');
  await eventually(async () => {
    const { items } = (await (await ask('/api/v1/events?limit=50')).json()) as { readonly items: readonly object[] };
    expect(items).toContainEqual(expect.objectContaining({ reason: 'resolved_not_wanted' }));
  });
  const statuses = receiver.requests.map(({ body }) => (JSON.parse(body) as { readonly status: string }).status);
  expect(new Set(statuses)).toEqual(new Set(['firing']));
  await hub.stop();
  await receiver.close();
});

test('what one probe sees alone is confirmed by another, which looks at once', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const shared = `{name: shared, url: "tcp://127.0.0.1:${port}", interval: 1h, confirm: true, monitored_by: [p1, p2, local], alerts: [{failure_threshold: 1}]}`;
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG.replace('endpoints:', `endpoints:\n  - ${shared}`));
  hub.child.kill('SIGHUP');
  const shown = async () =>
    (await (await ask('/api/v1/endpoints/_shared')).json()) as {
      readonly state: string;
      readonly reason: string;
      readonly results?: readonly object[];
    };
  await eventually(async () => expect((await shown()).results).toHaveLength(1));
  const assigned = async () =>
    (await (await ask('/api/v1/probes/p2/assignments', { headers: bearer(TOKENS.p2) })).json()) as {
      readonly checksum: string;
      readonly asked: readonly { readonly key: string }[];
    };
  const before = await assigned();
  // The hub looks again at once, and sees nothing of it.
  await tell('p1', result(false), '_shared');
  await eventually(async () => expect((await shown()).results).toHaveLength(3));
  expect(await shown()).toMatchObject({ state: 'up', reason: 'unconfirmed' });
  const asked = await assigned();
  expect([before.asked, asked.asked.map(({ key }) => key)]).toEqual([[], ['_shared']]);
  expect(asked.checksum).not.toBe(before.checksum);
  expect(await alerts()).toEqual([]);
  await tell('p1', result(true), '_shared');
  await new Promise((resolve) => server.close(resolve));
  await tell('p1', result(false), '_shared');
  await eventually(async () => expect((await alerts()).map(({ name }) => name)).toEqual(['shared']));
});
