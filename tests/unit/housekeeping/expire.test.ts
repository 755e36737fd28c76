import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createExpire, type ExpireParts } from '../../../src/housekeeping/expire.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import { incoming, openWorld, submission, T, type World } from '../../support/world.ts';

const GRACE = 300_000;

let now: number;
let due: { readonly at: number; readonly fn: () => void } | null;
let world: World;
let part: Part;
let failures: unknown[];
let failCommit: boolean;
/** What else happens between the look and the commit. */
let meanwhile: () => Promise<unknown>;

const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  after: (ms, fn) => {
    due = { at: now + ms, fn };
    return () => {
      due = null;
    };
  },
};

/** A hub that begins to look at expiries. */
async function start(): Promise<void> {
  const commit: ExpireParts['commit'] = async (submissions) => {
    await meanwhile();
    if (failCommit) throw new Error('disk full');
    return world.commit(...submissions);
  };
  const store = { now: async () => now, dueExpiries: world.store.dueExpiries };
  part = createExpire({ store, commit, clock, graceMs: GRACE, onFailure: (error) => failures.push(error) });
  await part.start();
}

/** Lets time pass to T + `at`, looking every second as the hub does, or only at the end. */
async function until(at: number, stepMs = 1000): Promise<void> {
  while (now < T + at) {
    now = Math.min(T + at, now + stepMs);
    const run = due;
    if (run === null || run.at > now) continue;
    due = null;
    run.fn();
    for (let turn = 0; turn < 50 && due === null; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** An alert that fires at T + `at` and ends at T + `end` unless it is told again. */
const tell = (at: number, end: number, severity: 'critical' | 'warning' = 'warning') =>
  world.commit(submission(at, [incoming('cpu', 'firing', severity, { expiresAt: T + end })]));
const alert = async () => (await world.store.listAlerts({ limit: 1 })).items[0];
const history = async () =>
  (await world.story()).alerts[0]?.history.map((line) => line.split(' ').slice(0, 4).join(' '));

beforeEach(() => {
  now = T;
  due = null;
  failures = [];
  failCommit = false;
  meanwhile = async () => {};
  world = openWorld();
});
afterEach(async () => {
  await part.stop();
  await world.close();
});

test('an alert that is not told again ends when it said, with its reason, and its incident with it', async () => {
  await start();
  await tell(1000, 60_000);
  await until(59_000);
  expect(await alert()).toMatchObject({ status: 'firing', expiresAt: T + 60_000 });
  await until(61_000);
  expect(await alert()).toMatchObject({
    ...{ status: 'resolved', endedAt: T + 60_000, expiresAt: null, occurrences: 1 },
    annotations: { message: 'cpu is firing' },
  });
  expect(await history()).toEqual(['1000 opened new cluster:web-1', '60000 resolved expired monitor']);
  const [incident] = (await world.store.listIncidents({ limit: 1 })).items;
  expect(incident).toMatchObject({ status: 'resolved', resolvedAt: T + 60_000 });
  expect(failures).toEqual([]);
});

test('each repeat moves the end; an alert that comes back afterwards, however old its start, refires', async () => {
  await start();
  for (const at of [0, 50_000, 100_000]) {
    await until(at);
    await tell(at, at + 60_000);
  }
  await until(159_000);
  expect(await alert()).toMatchObject({ status: 'firing', occurrences: 3 });
  await until(161_000);
  expect(await alert()).toMatchObject({ status: 'resolved', endedAt: T + 160_000 });
  await tell(162_000, 400_000);
  expect(await history()).toEqual([
    '0 opened new cluster:web-1',
    '160000 resolved expired monitor',
    '162000 opened refired cluster:web-1',
  ]);
  await until(401_000);
  expect(await alert()).toMatchObject({ status: 'resolved' });
});

test('an alert without an end never ends by itself', async () => {
  await start();
  await world.commit(submission(0, [incoming('cpu', 'firing', 'warning')]));
  await until(90_000_000, 1_000_000);
  expect(await alert()).toMatchObject({ status: 'firing', expiresAt: null });
});

test('a repeat that comes between the look and the commit wins', async () => {
  await start();
  await tell(0, 60_000);
  meanwhile = async () => {
    meanwhile = async () => {};
    await tell(60_000, 120_000, 'critical');
  };
  await until(62_000);
  expect(await alert()).toMatchObject({ status: 'firing', severity: 'critical', expiresAt: T + 120_000 });
  await until(121_000);
  expect(await alert()).toMatchObject({ status: 'resolved', severity: 'critical', endedAt: T + 120_000 });
});

test('who was heard before a start has the grace to be heard again, who is heard after it has none', async () => {
  await start();
  await tell(0, 60_000);
  await part.stop();
  due = null;
  now = T + 200_000;
  await start();
  await world.commit(submission(201_000, [incoming('disk', 'firing', 'warning', { expiresAt: T + 210_000 })]));
  await until(211_000);
  expect((await world.story()).alerts.map((one) => one.status)).toEqual(['firing', 'resolved']);
  await until(499_000);
  expect((await world.story()).alerts.map((one) => one.status)).toEqual(['firing', 'resolved']);
  await until(501_000);
  expect((await world.story()).alerts.map((one) => one.status)).toEqual(['resolved', 'resolved']);
  expect((await alert())?.status).toBe('resolved');
});

test('who is heard again after a start ends when he says, not when the grace ends', async () => {
  await start();
  await tell(0, 60_000);
  await part.stop();
  due = null;
  now = T + 200_000;
  await start();
  await tell(202_000, 205_000);
  await until(206_500);
  expect(await alert()).toMatchObject({ status: 'resolved', endedAt: T + 205_000 });
});

test('a hub that was held up, or could not write, has heard nobody: the grace again', async () => {
  await start();
  await tell(0, 60_000);
  await until(70_000, 70_000);
  expect(await alert()).toMatchObject({ status: 'firing' });
  await until(371_000);
  expect(await alert()).toMatchObject({ status: 'resolved' });
  await tell(372_000, 400_000);
  failCommit = true;
  await until(402_000);
  expect(failures.length).toBeGreaterThan(0);
  failCommit = false;
  await until(500_000);
  expect(await alert()).toMatchObject({ status: 'firing' });
  await until(703_000);
  expect(await alert()).toMatchObject({ status: 'resolved' });
});

test('a clock that was ahead and is set right puts no end off beyond the grace', async () => {
  now = T + 86_400_000;
  await start();
  now = T;
  // Timers go by a clock that nobody sets.
  due = due && { ...due, at: T + 1000 };
  await tell(0, 60_000);
  await until(61_000);
  expect(await alert()).toMatchObject({ status: 'firing' });
  await until(GRACE + 2000);
  expect(await alert()).toMatchObject({ status: 'resolved', endedAt: T + 60_000 });
});

test('two hubs over one store end an alert once', async () => {
  await start();
  await tell(0, 60_000);
  meanwhile = async () => {
    meanwhile = async () => {};
    const { alerts } = await world.store.dueExpiries(now, { before: 0, until: 0 }, 10);
    expect(alerts).toHaveLength(1);
    const [one] = alerts;
    if (one?.expiresAt == null) throw new Error('no expiry');
    const end = { ...incoming('cpu', 'resolved', 'warning'), observedAt: one.observedAt, expiresAt: one.expiresAt };
    await world.commit({ ...submission(60_000, []), alerts: [end] });
  };
  await until(62_000);
  expect(await history()).toEqual(['0 opened new cluster:web-1', '60000 resolved expired cluster:web-1']);
});
