import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { ask, items, push, wire } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';

const Database = loadDriver();

// Long enough that a busy machine does not make a silence of its own between a push and the look at it.
let home: HubHome;
beforeEach(() => {
  home = makeHubHome({ MONITOR_CLUSTER_STALE_AFTER: '6s' });
});
afterEach(() => home.remove());

const HOUR = 3_600_000;

/** Moves all that a stopped hub has written into the past: it was then down for that much longer. */
function goBack(ms: number): void {
  const db = new Database(join(home.state, 'monitor.db'));
  db.prepare(
    'UPDATE instances SET first_seen_at = first_seen_at - @ms, last_seen_at = last_seen_at - @ms, stale_at = stale_at - @ms',
  ).run({ ms });
  db.prepare(`UPDATE hub_state SET value = value - ? WHERE name = 'heartbeat'`).run(ms);
  db.close();
}

/** Waits until the hub has once looked for silent instances to the end: it says that it lives each time before it looks. */
async function looked(): Promise<void> {
  const db = new Database(join(home.state, 'monitor.db'), { readonly: true });
  const sign = db.prepare(`SELECT value FROM hub_state WHERE name = 'heartbeat'`).pluck();
  try {
    for (let seen = sign.get(), times = 0; times < 2; times += 1) {
      seen = await eventually(() => {
        const present = sign.get();
        if (present === seen) throw new Error('the hub does not look');
        return present;
      });
    }
  } finally {
    db.close();
  }
}

/** Status of the alerts of an instance, by source and fingerprint. */
async function statuses(url: string, instance: string): Promise<Record<string, unknown>> {
  const listed = await items(url, `alerts?instance_id=${instance}`);
  return Object.fromEntries(listed.map((one) => [`${one.source} ${one.fingerprint}`, one.status]));
}

/** Has the time of an instance pass, and waits until it counts as silent. */
async function silent(url: string, instance: string): Promise<void> {
  const db = new Database(join(home.state, 'monitor.db'), { timeout: 120_000 });
  db.prepare('UPDATE instances SET stale_at = stale_at - 10000 WHERE instance_id = ?').run(instance);
  db.close();
  await eventually(async () =>
    expect(await statuses(url, instance)).toMatchObject({ 'monitor instance-silent': 'firing' }),
  );
}

test('raises an alert of its own, is neither red nor green meanwhile, and is back with its next push', async () => {
  const { url } = await home.serve();
  const alerts = [wire('cpu'), wire('disk')];
  await push(url, 'web-1', alerts);
  await push(url, 'web-1', [wire('disk', { status: 'resolved' })]);
  await silent(url, 'web-1');
  expect(await statuses(url, 'web-1')).toEqual({
    'monitor instance-silent': 'firing',
    'cluster cpu': 'unknown',
    'cluster disk': 'unknown',
  });
  const [alert] = await items(url, 'alerts?source=monitor');
  expect(alert).toMatchObject({
    name: 'Instance silent',
    severity: 'critical',
    labels: { instance_id: 'web-1', hostname: 'web-1.example' },
    annotations: { message: expect.stringMatching(/^web-1 has not been heard since \d{4}-/) },
  });
  expect(await items(url, 'instances')).toMatchObject([{ status: 'silent', silent_since: expect.any(String) }]);
  // What an instance is silent about and its silence are one thing to people.
  const incidents = await items(url, 'incidents');
  expect(incidents).toMatchObject([
    { id: alert?.incident_id, severity: 'critical', alert_count: 3, firing_count: 1, unknown_count: 1 },
  ]);

  expect((await push(url, 'web-1', alerts.slice(0, 1))).status).toBe(200);
  expect(await statuses(url, 'web-1')).toEqual({
    'monitor instance-silent': 'resolved',
    'cluster cpu': 'firing',
    'cluster disk': 'resolved',
  });
  expect(await items(url, 'instances')).toMatchObject([{ status: 'heard', silent_since: null }]);
  const { events } = (await ask(url, `alerts/${alert?.id}`)) as { events: Record<string, unknown>[] };
  expect(events.map((event) => [event.kind, event.reason, event.actor])).toEqual([
    ['opened', 'new', 'monitor'],
    ['resolved', 'resolved', 'cluster:web-1'],
  ]);
});

test('stands in the history of what it touches, and its end', async () => {
  const { url } = await home.serve();
  await push(url, 'web-1', [wire('cpu'), wire('disk')]);
  await push(url, 'web-1', [wire('disk', { status: 'resolved' })]);
  await silent(url, 'web-1');
  const kinds = async (fingerprint: string) => {
    const alert = (await items(url, 'alerts?source=cluster')).find((one) => one.fingerprint === fingerprint);
    const { events } = await ask(url, `alerts/${alert?.id}`);
    return (events as { kind: string; reason: string }[]).map(({ kind, reason }) => `${kind} ${reason}`);
  };
  expect(await kinds('cpu')).toEqual(['opened new', 'silent instance_silent']);
  await push(url, 'web-1', [wire('cpu', { status: 'resolved' })]);
  expect((await kinds('cpu')).toSorted()).toEqual(
    ['heard_again instance_heard', 'opened new', 'resolved resolved', 'silent instance_silent'].toSorted(),
  );
  // It had ended before.
  expect(await kinds('disk')).toEqual(['opened new', 'resolved resolved']);
});

test('an instance that says so much as that it lives is not silent', async () => {
  const { url } = await home.serve();
  await push(url, 'web-1', []);
  await push(url, 'web-2', []);
  await eventually(async () => {
    await push(url, 'web-2', []);
    expect(await statuses(url, 'web-1')).toEqual({ 'monitor instance-silent': 'firing' });
  });
  expect(await statuses(url, 'web-2')).toEqual({});
});

describe('when the hub is killed meanwhile', () => {
  test('a silence that was told is not told again, and still ends', async () => {
    const first = await home.serve();
    await push(first.url, 'web-1', [wire('cpu')]);
    await silent(first.url, 'web-1');
    await first.kill();
    goBack(HOUR);
    const { url } = await home.serve();
    expect(await statuses(url, 'web-1')).toMatchObject({ 'cluster cpu': 'unknown' });
    await push(url, 'web-2', []);
    await silent(url, 'web-2');
    const [alert] = await items(url, 'alerts?source=monitor&instance_id=web-1');
    const { events } = (await ask(url, `alerts/${alert?.id}`)) as { events: unknown[] };
    expect(events).toHaveLength(1);
    await push(url, 'web-1', [wire('cpu')]);
    expect(await statuses(url, 'web-1')).toEqual({ 'monitor instance-silent': 'resolved', 'cluster cpu': 'firing' });
  });

  test('its own downtime is nobody else’s silence: who pushes in time is not told of, who stays away is', async () => {
    const first = await home.serve();
    await push(first.url, 'web-1', [wire('cpu')]);
    await push(first.url, 'web-2', [wire('cpu')]);
    await first.kill();
    goBack(HOUR);
    const { url } = await home.serve();
    await looked();
    expect(await items(url, 'alerts?source=monitor')).toEqual([]);
    await push(url, 'web-1', [wire('cpu')]);
    await silent(url, 'web-2');
    expect(await statuses(url, 'web-2')).toEqual({ 'monitor instance-silent': 'firing', 'cluster cpu': 'unknown' });
    expect(await statuses(url, 'web-1')).toEqual({ 'cluster cpu': 'firing' });
    expect(await items(url, 'alerts?source=monitor')).toHaveLength(1);
  });
});
