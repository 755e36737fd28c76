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
  (await listOf(hub, `/api/v1/events?limit=500${query}`)) as readonly { kind: string; subject_id: string }[];

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
