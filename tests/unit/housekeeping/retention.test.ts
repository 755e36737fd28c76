import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRetention, type Removed } from '../../../src/housekeeping/retention.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import { FencedError } from '../../../src/stores/contract/error.ts';
import { PRUNABLE_TABLES, type PrunableTable } from '../../../src/stores/contract/housekeeping.ts';
import type { Lease } from '../../../src/stores/contract/leases.ts';
import { handClock, START } from '../../support/hand-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const CLOCK_OF_DATABASE = START + 5 * DAY;
let time: ReturnType<typeof handClock>;
let old: Record<PrunableTable, number>;
let calls: string[];
let rounds: Removed[];
let failures: unknown[];
let lease: Lease | undefined;
let isLost: boolean;
let stepMs: number;
let abandoned: string[];
let removals: string[];
let silent: string[];
let lonely: string[];
let endedKeys: number;
let fail: () => void;
let retention: Part;

beforeEach(() => {
  time = handClock();
  old = { events: 0, alerts: 0, incidents: 0, silences: 0 };
  [calls, rounds, failures, stepMs, isLost] = [[], [], [], 1, false];
  [abandoned, removals, silent, lonely, endedKeys] = [[], [], [], [], 0];
  lease = { work: 'retention', holder: 'hub-1', number: 7 };
  fail = () => {};
  retention = createRetention({
    store: {
      now: async () => CLOCK_OF_DATABASE,
      claim: async (work, holder, ttlMs) => {
        calls.push(`claim ${work} ${holder} ${ttlMs / MINUTE}m`);
        return lease;
      },
      renew: async () => {
        calls.push('renew');
        return true;
      },
      release: async () => void calls.push('release'),
      longSilent: async (before, limit) => {
        abandoned.push(`instances ${(CLOCK_OF_DATABASE - before) / DAY}d`);
        return silent.splice(0, limit);
      },
      abandonedAlerts: async (_, limit) => lonely.splice(0, limit),
      pruneKeys: async (_, limit) => {
        const gone = Math.min(limit, endedKeys);
        endedKeys -= gone;
        return gone;
      },
      prune: async (table, before, after, limit, fence) => {
        calls.push(`${table} ${(CLOCK_OF_DATABASE - before) / DAY}d after ${after} #${fence.number}`);
        fail();
        if (isLost) throw new FencedError(fence);
        time.pass(stepMs);
        const removed = Math.min(limit, old[table]);
        old[table] -= removed;
        return { removed, after: old[table] > 0 ? String(old[table]) : null };
      },
    },
    remove: async (removal) => {
      const ids = removal.kind === 'alerts' ? removal.ids : removal.instanceIds;
      removals.push(`${removal.kind} ${ids.length} ${removal.reason} by ${removal.actor}`);
    },
    clock: time.clock,
    holder: 'hub-1',
    keepMs: 90 * DAY,
    onRound: (removed) => rounds.push(removed),
    onFailure: (error) => failures.push(error),
  });
});
afterEach(() => retention.stop());

describe('a round', () => {
  test('comes half a minute after the start, and then every ten minutes', async () => {
    await retention.start();
    await time.tick(29_000);
    expect(calls).toEqual([]);
    await time.tick(1_000);
    expect(calls.filter((call) => / after /.test(call))).toHaveLength(PRUNABLE_TABLES.length);
    calls = [];
    await time.tick(10 * MINUTE - 1_000);
    expect(calls).toEqual([]);
    await time.tick(2_000);
    expect(calls.filter((call) => / after /.test(call))).toHaveLength(PRUNABLE_TABLES.length);
  });

  test('goes over events, alerts and incidents, by the age that the database tells, under the lease', async () => {
    await retention.start();
    await time.tick(30_000);
    expect(calls).toEqual([
      'claim retention hub-1 20m',
      'renew',
      'events 90d after null #7',
      'renew',
      'alerts 90d after null #7',
      'renew',
      'incidents 90d after null #7',
      'renew',
      'silences 90d after null #7',
    ]);
    expect(rounds).toEqual([]);
  });

  test('goes on where the last step ended, until nothing old is left, and tells what it removed', async () => {
    old = { events: 250, alerts: 1, incidents: 0, silences: 0 };
    await retention.start();
    await time.tick(MINUTE);
    expect(calls.filter((call) => call.startsWith('events'))).toEqual([
      'events 90d after null #7',
      'events 90d after 150 #7',
      'events 90d after 50 #7',
    ]);
    expect(rounds).toEqual([{ events: 250, alerts: 1, incidents: 0, silences: 0 }]);
  });

  test.each([
    [1, 20],
    [10, 190],
    [400, 1000],
  ])('rests after a step of %d ms for %d ms', async (ms, rest) => {
    stepMs = ms;
    old.events = 1000;
    await retention.start();
    await time.tick(30_000);
    expect(time.waiting()).toEqual([rest]);
  });

  test('keeps its lease while it takes long', async () => {
    [stepMs, old.events] = [1000, 100_000];
    await retention.start();
    await time.tick(30_000 + 11 * MINUTE);
    expect(calls.filter((call) => call === 'renew')).toHaveLength(3);
  });
});

describe('with other hubs', () => {
  test('who has no lease does nothing, and asks again', async () => {
    lease = undefined;
    await retention.start();
    await time.tick(11 * MINUTE);
    expect(calls.every((call) => call.startsWith('claim'))).toBe(true);
    expect(failures).toEqual([]);
  });

  test('who loses it ends its round quietly', async () => {
    [isLost, old.events] = [true, 1000];
    await retention.start();
    await time.tick(MINUTE);
    expect(calls).toEqual(['claim retention hub-1 20m', 'renew', 'events 90d after null #7']);
    expect(failures).toEqual([]);
    expect(time.waiting().length).toBe(1);
  });
});

test('a failure is told with what was removed until then, and the next round comes all the same', async () => {
  old.events = 250;
  let steps = 0;
  fail = () => {
    steps += 1;
    if (steps === 2) throw new Error('disk full');
  };
  await retention.start();
  await time.tick(MINUTE);
  expect(failures.map(String)).toEqual(['Error: disk full']);
  expect(rounds).toEqual([{ events: 100, alerts: 0, incidents: 0, silences: 0 }]);
  await time.tick(11 * MINUTE);
  expect(old.events).toBe(0);
});

describe('a stop', () => {
  test('ends a rest at once, gives the lease back, and nothing runs afterwards', async () => {
    old.events = 100_000;
    await retention.start();
    await time.tick(30_000);
    await retention.stop();
    expect(calls.at(-1)).toBe('release');
    expect(time.waiting()).toEqual([]);
    const { length } = calls;
    await time.tick(MINUTE);
    expect(calls).toHaveLength(length);
  });

  test('before the first round needs nothing', async () => {
    await retention.start();
    await retention.stop();
    expect([calls, time.waiting()]).toEqual([[], []]);
  });
});

test('what nobody has told of for as long is removed before, so many at a time: instances, alerts, keys', async () => {
  silent = Array.from({ length: 150 }, (_, index) => `ghost-${index}`);
  lonely = ['a', 'b'];
  endedKeys = 3;
  await retention.start();
  for (let turn = 0; turn < 40; turn += 1) await time.tick(1_000);
  expect(failures).toEqual([]);
  expect(removals).toEqual([
    'instances 100 retention by monitor',
    'instances 50 retention by monitor',
    'alerts 2 retention by monitor',
  ]);
  expect(abandoned[0]).toBe('instances 90d');
  expect(endedKeys).toBe(0);
});
