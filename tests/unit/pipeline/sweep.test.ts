import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import type { Delivery } from '../../../src/pipeline/delivery.ts';
import { createSweep } from '../../../src/pipeline/sweep.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;

/** A clock moved by hand: `tick` runs what is due and lets it finish. */
function handClock() {
  let now = START;
  let due: { readonly at: number; readonly fn: () => void } | null = null;
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
  const tick = async (ms: number) => {
    now += ms;
    const run = due !== null && due.at <= now ? due.fn : null;
    if (run !== null) due = null;
    run?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, tick, waiting: () => (due === null ? null : due.at - now) };
}

let calls: string[];
let failures: unknown[];
let told: Delivery[];
let time: ReturnType<typeof handClock>;
let lastHeartbeat: number | undefined;
let toPrune: number;
let silent: { instanceId: string }[];
let fail: (what: string) => void;
let sweep: Part;

function make(staleAfterMs: number): Part {
  const call = (what: string) => {
    calls.push(what);
    fail(what.split(' ')[0] ?? '');
  };
  return createSweep({
    store: {
      heartbeat: async (now) => {
        call('heartbeat');
        const last = lastHeartbeat;
        lastHeartbeat = now;
        return last;
      },
      forgiveDowntime: async (ms) => call(`forgive ${ms}`),
      staleInstances: async () => {
        call('stale');
        return silent.splice(0) as never;
      },
      pruneDeliveries: async (before, limit) => {
        call(`prune ${time.clock.now() - before}`);
        const gone = Math.min(limit, toPrune);
        toPrune -= gone;
        return gone;
      },
    },
    submit: async (delivery) => {
      call('submit');
      told.push(delivery);
      return { outcome: 'refused', reason: '' };
    },
    clock: time.clock,
    staleAfterMs,
    onFailure: (error) => failures.push(error),
  });
}

beforeEach(() => {
  [calls, failures, told, silent, toPrune, lastHeartbeat] = [[], [], [], [], 0, undefined];
  fail = () => {};
  time = handClock();
  sweep = make(15 * MINUTE);
});
afterEach(() => sweep.stop());

describe('at start', () => {
  test('a hub never started before forgives nothing', async () => {
    await sweep.start();
    expect(calls).toEqual(['heartbeat']);
  });

  test('the time since the last sign of life is forgiven before anything is judged', async () => {
    lastHeartbeat = START - 90 * MINUTE;
    await sweep.start();
    expect(calls).toEqual(['heartbeat', `forgive ${90 * MINUTE}`]);
  });

  test('a clock that went back forgives nothing', async () => {
    lastHeartbeat = START + 90 * MINUTE;
    await sweep.start();
    expect(calls).toEqual(['heartbeat']);
  });
});

describe('each time', () => {
  test.each([
    [15 * MINUTE, 15_000],
    [MINUTE, 15_000],
    [8_000, 2_000],
    [100, 200],
  ])('with %d ms to silence it runs every %d ms', async (staleAfterMs, every) => {
    sweep = make(staleAfterMs);
    await sweep.start();
    expect(time.waiting()).toBe(every);
  });

  test('it says that the hub is up, tells who is silent, and forgets old nonces', async () => {
    await sweep.start();
    silent = [{ instanceId: 'a' }, { instanceId: 'b' }];
    await time.tick(15_000);
    expect(calls.slice(1)).toEqual(['heartbeat', 'stale', 'submit', 'submit', 'prune 1200000']);
    expect(told).toMatchObject([
      { source: 'monitor', origin: 'a', actor: 'monitor', instance: { kind: 'silent', instanceId: 'a' } },
      { origin: 'b' },
    ]);
    await time.tick(15_000);
    expect(calls.slice(6)).toEqual(['heartbeat', 'stale', 'prune 1200000']);
  });

  test('it forgets all that is old, however much came since', async () => {
    await sweep.start();
    toPrune = 17_000;
    await time.tick(15_000);
    expect(toPrune).toBe(0);
    expect(failures).toEqual([]);
  });

  test('when the process was held up (a suspended machine), that time is forgiven before anybody is called silent', async () => {
    await sweep.start();
    await time.tick(15_000);
    calls = [];
    await time.tick(8 * MINUTE + 15_000);
    expect(calls.slice(0, 3)).toEqual(['heartbeat', `forgive ${8 * MINUTE + 15_000}`, 'stale']);
    calls = [];
    await time.tick(20_000);
    expect(calls.slice(0, 2)).toEqual(['heartbeat', 'stale']);
  });

  test('a failure is told, and the next time comes all the same', async () => {
    await sweep.start();
    for (const part of ['heartbeat', 'stale', 'submit', 'prune']) {
      silent = [{ instanceId: 'a' }];
      fail = (what) => {
        if (what === part) throw new Error(part);
      };
      await time.tick(15_000);
    }
    expect(failures.map(String)).toEqual(['Error: heartbeat', 'Error: stale', 'Error: submit', 'Error: prune']);
    expect(time.waiting()).toBe(15_000);
  });
});

test('after a stop nothing runs', async () => {
  await sweep.start();
  await sweep.stop();
  expect(time.waiting()).toBeNull();
});
