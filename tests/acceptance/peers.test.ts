import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PeerHub, startPeerHubs, untilSo } from '../support/peer-hubs.ts';

type Hubs = Awaited<ReturnType<typeof startPeerHubs>>;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly incident_id: string;
  readonly source: string;
}

const listOf = async (hub: PeerHub, path: string) =>
  ((await (await hub.api(path)).json()) as { items: readonly unknown[] }).items;
const alertsOf = async (hub: PeerHub) =>
  ((await listOf(hub, '/api/v1/alerts?limit=500')) as readonly Row[]).filter(({ source }) => source === 'alerta');
const eventsOf = async (hub: PeerHub, query: string) =>
  (await listOf(hub, `/api/v1/events?limit=500${query}`)) as readonly {
    kind: string;
    subject_id: string;
    data: { message: string };
  }[];

async function post(hub: PeerHub, resource: string, severity = 'critical') {
  const body = {
    resource,
    event: 'Down',
    environment: 'Production',
    service: ['Web'],
    severity,
    text: `of ${resource}`,
  };
  const answer = await hub.api('/alerta/alert', { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(201);
}

const statesOf = async (hub: PeerHub) =>
  Object.fromEntries(
    (await alertsOf(hub)).map((alert) => [
      (alert as unknown as { labels: { resource: string } }).labels.resource,
      alert.status,
    ]),
  );

/** Each alert, action and delete is told through all hubs, and stands in the history of each once. */
async function playedThrough(hubs: Hubs, from: string, to: string) {
  const [first, last] = [hubs.of(from), hubs.of(to)];
  for (const resource of ['r1', 'r2', 'r3']) await post(first, resource);
  const all = { r1: 'firing', r2: 'firing', r3: 'firing' };
  for (const hub of hubs.all)
    await untilSo(
      () => statesOf(hub),
      (states) => JSON.stringify(Object.keys(states).sort()) === JSON.stringify(Object.keys(all)),
      `alerts of ${hub.name}`,
    );
  const [acked] = await alertsOf(first);
  const act = { comment: 'on it', by: 'ann' };
  const answer = await first.api(`/api/v1/incidents/${acked?.incident_id}/acknowledge`, {
    method: 'POST',
    body: JSON.stringify(act),
  });
  expect(answer.status).toBe(200);
  for (const hub of hubs.all) {
    await untilSo(
      async () =>
        (await listOf(hub, '/api/v1/incidents?status=acknowledged')) as readonly { acknowledged_by?: string }[],
      (items) => items.length === 1,
      `acknowledged at ${hub.name}`,
    );
  }
  await post(first, 'r1', 'normal');
  for (const hub of hubs.all)
    await untilSo(
      () => statesOf(hub),
      ({ r1 }) => r1 === 'resolved',
      `r1 at ${hub.name}`,
    );
  const gone = (await alertsOf(first)).find((alert) => JSON.stringify(alert).includes('"r2"'));
  expect((await first.api(`/alerta/alert/${gone?.id}`, { method: 'DELETE' })).status).toBe(200);
  for (const hub of hubs.all)
    await untilSo(
      () => statesOf(hub),
      (states) => !('r2' in states),
      `r2 at ${hub.name}`,
    );
  // What came round would have come by now: the last is told after it on the same way.
  await post(first, 'r4');
  await untilSo(
    () => statesOf(last),
    (states) => 'r4' in states,
    `r4 at ${last.name}`,
  );
  for (const hub of hubs.all) {
    await untilSo(
      () => statesOf(hub),
      (states) => 'r4' in states,
      `r4 at ${hub.name}`,
    );
    const counted = (await eventsOf(hub, '&kind=opened&subject=alert')).length;
    expect([hub.name, counted]).toEqual([hub.name, 3]);
    expect([hub.name, (await eventsOf(hub, '&kind=acknowledged')).length]).toEqual([hub.name, 1]);
    expect([hub.name, (await eventsOf(hub, '&kind=alerts_deleted')).length]).toEqual([hub.name, 1]);
  }
}

const pairs = (names: readonly string[]) =>
  names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b] as const));

describe.each([
  [
    'chain',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ],
  ],
  [
    'ring',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'a'],
    ],
  ],
  ['full mesh', pairs(['a', 'b', 'c', 'd'])],
] as const)('a %s of four hubs', (_name, edges) => {
  let hubs: Hubs;
  beforeAll(async () => {
    hubs = await startPeerHubs({ names: ['a', 'b', 'c', 'd'], edges });
  }, 120_000);
  afterAll(() => hubs?.remove());

  test('has each alert, action and delete once on each, and none goes on for ever', async () => {
    await playedThrough(hubs, 'a', 'd');
  }, 180_000);
});

describe('two hubs that tell each other', () => {
  let hubs: Hubs;
  beforeAll(async () => {
    hubs = await startPeerHubs({ names: ['a', 'b'], edges: pairs(['a', 'b']) });
  }, 120_000);
  afterAll(() => hubs?.remove());
  const peerOf = async (hub: PeerHub) => (await listOf(hub, '/api/v1/peers'))[0] as Record<string, unknown>;

  test('are told what waited when one was away, killed and cut off, all of it once and in order', async () => {
    const [a, b] = [hubs.of('a'), hubs.of('b')];
    await post(a, 'first');
    await untilSo(
      () => statesOf(b),
      (states) => 'first' in states,
      'the first',
    );
    await b.hub.kill();
    const names = Array.from({ length: 30 }, (_, at) => `away-${String(at).padStart(2, '0')}`);
    for (const name of names) await post(a, name);
    await post(a, 'away-00', 'normal');
    await untilSo(
      () => peerOf(a),
      (peer) => peer.condition !== 'ok' && Number(peer.lag_events) > 0,
      'a peer that is away',
    );
    // Who tells dies, too, and goes on where it was.
    await a.hub.kill();
    await Promise.all([a.start(), b.start()]);
    const states = await untilSo(
      () => statesOf(b),
      (found) => Object.keys(found).length === names.length + 1 && found['away-00'] === 'resolved',
      'all that waited',
    );
    expect(Object.values(states).filter((state) => state === 'firing')).toHaveLength(names.length);
    const opened = await eventsOf(b, '&kind=opened&subject=alert');
    expect(opened.map(({ data }) => data.message).toReversed()).toEqual(
      ['first', ...names].map((name) => `of ${name}`),
    );
    await untilSo(
      () => peerOf(a),
      (peer) => peer.condition === 'ok' && peer.lag_events === 0,
      'a peer that has all',
    );
  }, 180_000);

  test('come to the same when both were changed while they could not see each other', async () => {
    const [a, b] = [hubs.of('a'), hubs.of('b')];
    await post(a, 'both');
    await untilSo(
      () => statesOf(b),
      (states) => states.both === 'firing',
      'the alert of both',
    );
    for (const { proxy } of hubs.all) proxy.cut();
    await post(a, 'at-a');
    await post(b, 'at-b');
    await post(b, 'both', 'normal');
    for (const { proxy } of hubs.all) proxy.mend();
    for (const hub of hubs.all)
      await untilSo(
        () => statesOf(hub),
        (found) => found.both === 'resolved' && found['at-a'] === 'firing' && found['at-b'] === 'firing',
        `what ${hub.name} holds`,
      );
    expect(await statesOf(a)).toEqual(await statesOf(b));
  }, 180_000);

  test('are paused, and told all that is open once more, by command', async () => {
    const [a, b] = [hubs.of('a'), hubs.of('b')];
    const env = { MONITOR_URL: a.hub.url };
    const paused = await a.home.run(['peers', 'pause', 'b'], env);
    expect(paused.stdout).toContain('b is told nothing for now');
    await post(a, 'while-paused');
    expect((await a.home.run(['peers', 'list'], env)).stdout).toMatch(/^paused +b +native/m);
    expect(await statesOf(b)).not.toHaveProperty('while-paused');
    expect((await a.home.run(['peers', 'resume', 'b'], env)).code).toBe(0);
    await untilSo(
      () => statesOf(b),
      (found) => 'while-paused' in found,
      'what waited',
    );
    const before = (await eventsOf(b, '&kind=opened')).length;
    expect((await a.home.run(['peers', 'resync', 'b'], env)).code).toBe(0);
    await untilSo(
      () => peerOf(a),
      (peer) => peer.is_resyncing === false && peer.lag_events === 0,
      'resynced',
    );
    expect((await eventsOf(b, '&kind=opened')).length).toBe(before);
    expect((await a.home.run(['peers', 'show', 'nobody'], env)).code).toBe(1);
  }, 180_000);

  test('take what another names in X-Alerta-Loop as done, by whole entries alone', async () => {
    const a = hubs.of('a');
    const body = JSON.stringify({ resource: 'loop', event: 'Down', environment: 'Production', severity: 'major' });
    const send = (loop: string) => a.api('/alerta/alert', { method: 'POST', body, headers: { 'x-alerta-loop': loop } });
    const looped = await send(`http://c:8080,${a.baseUrl.toUpperCase()}/`);
    expect([looped.status, await looped.json()]).toEqual([
      202,
      { status: 'ok', message: `Alert forwarded by (unknown) already processed by ${a.baseUrl}` },
    ]);
    expect(await statesOf(a)).not.toHaveProperty('loop');
    expect((await send(`${a.baseUrl}1`)).status).toBe(201);
    // B is on the way already, so it is not told again by this one.
    expect((await send(hubs.of('b').baseUrl)).status).toBe(201);
  }, 60_000);
});

test('a hub that bears the address of another is found by both, and nothing is swallowed', async () => {
  const misnamed = { b: 'http://127.0.0.1:1' };
  const hubs = await startPeerHubs({
    names: ['a', 'b'],
    edges: [['a', 'b']],
    misnamed: { a: 'http://127.0.0.1:1', ...misnamed },
  });
  try {
    const [a, b] = [hubs.of('a'), hubs.of('b')];
    await post(a, 'x');
    await b.hub.line('another hub bears the address of this one: give each its own BASE_URL');
    await untilSo(
      () => listOf(a, '/api/v1/peers'),
      ([peer]) => (peer as { condition: string }).condition === 'misnamed',
      'the peer',
    );
    const [peer] = (await listOf(a, '/api/v1/peers')) as readonly { last_error: string; refused: number }[];
    expect(peer?.last_error).toContain('give each hub its own BASE_URL');
    expect(peer?.refused).toBe(0);
  } finally {
    await hubs.remove();
  }
}, 120_000);

test('a hub is told in the form of Alerta what a forwarder tells one: alerts, actions on them, ends and removals', async () => {
  const hubs = await startPeerHubs({
    ...{ names: ['a', 'b'], edges: [['a', 'b']] },
    settings: (_, url) => ({ kind: 'alerta', url: `${url}/alerta`, filter: ['alerts', 'ack', 'delete'] }),
  });
  try {
    const [a, b] = [hubs.of('a'), hubs.of('b')];
    for (const resource of ['r1', 'r2']) await post(a, resource);
    await untilSo(
      () => statesOf(b),
      ({ r1, r2 }) => r1 === 'firing' && r2 === 'firing',
      'alerts',
    );
    for (const { incident_id: id } of await alertsOf(a)) {
      const answer = await a.api(`/api/v1/incidents/${id}/acknowledge`, { method: 'POST', body: '{"by":"ann"}' });
      expect(answer.status).toBe(200);
    }
    const acknowledged = async () =>
      (await listOf(b, '/api/v1/incidents?status=acknowledged')) as readonly { id: string }[];
    await untilSo(acknowledged, (items) => items.length === 2, 'acknowledged');
    await post(a, 'r1', 'normal');
    const gone = (await alertsOf(a)).find((alert) => JSON.stringify(alert).includes('"r2"'));
    expect((await a.api(`/alerta/alert/${gone?.id}`, { method: 'DELETE' })).status).toBe(200);
    await untilSo(
      () => statesOf(b),
      (states) => states.r1 === 'resolved' && !('r2' in states),
      'ended and removed',
    );
    const [peer] = (await listOf(a, '/api/v1/peers')) as readonly { refused: number; condition: string }[];
    expect(peer).toMatchObject({ refused: 0, condition: 'ok' });
  } finally {
    await hubs.remove();
  }
}, 120_000);
