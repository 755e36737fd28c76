import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Submission } from '../../../src/core/submission.ts';
import { createSweep, type SweepParts } from '../../../src/housekeeping/sweep.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import { FencedError } from '../../../src/stores/contract/error.ts';
import type { Lease } from '../../../src/stores/contract/leases.ts';

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
let told: { submission: Submission; fence: Lease }[];
let time: ReturnType<typeof handClock>;
let lastHeartbeat: number | undefined;
let toPrune: number;
let toEnd: number;
let overAt: number[];
let silent: { instanceId: string }[];
let alreadySilent: number;
let fail: (what: string) => void;
let sweep: Part;
/** The lease as the database has it. */
let held: (Lease & { until: number }) | null;
/** The database's clock minus that of the hub. */
let skew: number;

const isPresent = (lease: Lease) =>
  held?.holder === lease.holder && held.number === lease.number && held.until > time.clock.now() + skew;

/** A store of one lease; what it is asked stands in `calls`. */
function storeOf(): SweepParts['store'] {
  const call = (what: string) => {
    calls.push(what);
    fail(what.split(' ')[0] ?? '');
  };
  const checked = (fence: Lease) => {
    if (!isPresent(fence)) throw new FencedError(fence);
  };
  const now = () => time.clock.now() + skew;
  return {
    now: async () => now(),
    claim: async (work, holder, ttlMs) => {
      if (held !== null && held.until > now() && held.holder !== holder) return undefined;
      held = { work, holder, number: (held?.number ?? 0) + 1, until: now() + ttlMs };
      call(`claim ${held.number}`);
      return { work, holder, number: held.number };
    },
    renew: async (lease, ttlMs) => {
      if (held === null || !isPresent(lease)) return false;
      held = { ...held, until: now() + ttlMs };
      return true;
    },
    release: async (lease) => {
      call('release');
      if (held !== null && isPresent(lease)) held = { ...held, until: 0 };
    },
    heartbeat: async (upSince, fence) => {
      checked(fence);
      call('heartbeat');
      const down = lastHeartbeat === undefined ? 0 : Math.max(0, upSince - lastHeartbeat);
      lastHeartbeat = now();
      if (down > 0) call(`forgive ${down}`);
      return down;
    },
    countSilent: async (limit) => Math.min(limit, alreadySilent),
    staleInstances: async (_, limit) => {
      call('stale');
      return silent.splice(0, limit) as never;
    },
    pruneActions: async () => 0,
    pruneOwnKeys: async () => 0,
    pruneReplays: async (before, limit, fence) => {
      checked(fence);
      call(`prune ${now() - before}`);
      const gone = Math.min(limit, toPrune);
      toPrune -= gone;
      return gone;
    },
  };
}

function make(staleAfterMs: number, holder = 'a', settleMs = 0): Part {
  const store = storeOf();
  return createSweep({
    store,
    commit: async (submissions, fence) => {
      calls.push('commit');
      fail('commit');
      if (!isPresent(fence)) throw new FencedError(fence);
      for (const submission of submissions) told.push({ submission, fence });
    },
    recordSilenceEnds: async (at, limit, fence) => {
      if (!isPresent(fence)) throw new FencedError(fence);
      overAt.push(at);
      const ended = Math.min(limit, toEnd);
      toEnd -= ended;
      return ended;
    },
    expireAcknowledgements: async (_, __, fence) => {
      if (!isPresent(fence)) throw new FencedError(fence);
      return 0;
    },
    clock: time.clock,
    holder,
    staleAfterMs,
    settleMs,
    onFailure: (error) => failures.push(error),
  });
}

beforeEach(() => {
  alreadySilent = 0;
  [calls, failures, told, silent, toPrune, lastHeartbeat, held, skew] = [[], [], [], [], 0, undefined, null, 0];
  [toEnd, overAt] = [0, []];
  fail = () => {};
  time = handClock();
  sweep = make(15 * MINUTE);
});
afterEach(() => sweep.stop());

/** Another hub has the lease until it is `ms` later. */
function takenFor(ms: number): void {
  held = { work: 'sweep', holder: 'b', number: 7, until: time.clock.now() + skew + ms };
}

describe('at start', () => {
  test('a hub never started before forgives nothing', async () => {
    await sweep.start();
    expect(calls).toEqual(['claim 1', 'heartbeat']);
  });

  test('the time since the last sign of life is forgiven before anything is judged', async () => {
    lastHeartbeat = START - 90 * MINUTE;
    await sweep.start();
    expect(calls).toEqual(['claim 1', 'heartbeat', `forgive ${90 * MINUTE}`]);
  });

  test('a clock that went back forgives nothing', async () => {
    lastHeartbeat = START + 90 * MINUTE;
    await sweep.start();
    expect(calls).toEqual(['claim 1', 'heartbeat']);
  });

  test('a store that cannot be asked at that moment keeps no hub from starting', async () => {
    fail = () => {
      throw new Error('no connection');
    };
    await sweep.start();
    fail = () => {};
    await time.tick(15_000);
    expect(calls.at(-1)).toMatch(/^prune/);
    expect(failures.map(String)).toEqual(['Error: no connection']);
  });

  test('a hub that starts while another has the lease touches nothing', async () => {
    takenFor(MINUTE);
    await sweep.start();
    await time.tick(15_000);
    expect(calls).toEqual([]);
    await sweep.stop();
    expect(calls).toEqual([]);
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
    expect(calls.slice(2)).toEqual(['heartbeat', 'stale', 'commit', 'prune 1200000']);
    const [signal, fence] = [
      { kind: 'silent', instanceId: 'a' },
      { work: 'sweep', holder: 'a', number: 1 },
    ];
    expect(told).toMatchObject([
      {
        submission: { source: 'monitor', origin: 'a', actor: 'monitor', receivedAt: START + 15_000, instance: signal },
        fence,
      },
      { submission: { origin: 'b' }, fence },
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

  test('nothing is forgotten by a clock that was set a moment ago, so no nonce can come back', async () => {
    sweep = make(15 * MINUTE, 'a', 20 * MINUTE);
    await sweep.start();
    const pruned = () => calls.filter((call) => call.startsWith('prune'));
    for (let look = 0; look <= 80; look += 1) await time.tick(15_000);
    expect(pruned()).toHaveLength(1);
    skew = 60 * MINUTE;
    for (let look = 0; look < 4; look += 1) await time.tick(15_000);
    skew = 0;
    for (let look = 0; look < 80; look += 1) await time.tick(15_000);
    expect(pruned()).toHaveLength(1);
    await time.tick(15_000);
    expect(pruned()).toHaveLength(2);
  });

  test('it records the end of all silences that are over, by the clock of the database', async () => {
    await sweep.start();
    toEnd = 1200;
    await time.tick(15_000);
    expect([toEnd, overAt.at(-1), failures]).toEqual([0, START + 15_000, []]);
  });

  test('when the process was held up (a suspended machine), that time is forgiven before anybody is called silent', async () => {
    await sweep.start();
    await time.tick(15_000);
    calls = [];
    await time.tick(8 * MINUTE + 15_000);
    // It was longer than a lease: claimed anew, under the next number.
    expect(calls.slice(0, 4)).toEqual(['claim 2', 'heartbeat', `forgive ${8 * MINUTE + 15_000}`, 'stale']);
    calls = [];
    await time.tick(20_000);
    expect(calls.slice(0, 2)).toEqual(['heartbeat', 'stale']);
  });

  test('a clock that was ahead and is set right forgives nothing, however often it looks', async () => {
    await sweep.start();
    await time.tick(15_000);
    skew = -2 * 60 * MINUTE;
    calls = [];
    for (let look = 0; look < 3; look += 1) await time.tick(15_000);
    expect(calls.filter((call) => call.startsWith('forgive'))).toEqual([]);
  });

  test('all who are silent are told, however many', async () => {
    await sweep.start();
    silent = Array.from({ length: 1200 }, (_, index) => ({ instanceId: `web-${index}` }));
    await time.tick(15_000);
    expect(told.map(({ submission }) => submission.origin)).toEqual(Array.from({ length: 1200 }, (_, i) => `web-${i}`));
  });

  test('a failure is told, and the next time comes all the same', async () => {
    await sweep.start();
    for (const part of ['heartbeat', 'stale', 'commit', 'prune']) {
      silent = [{ instanceId: 'a' }];
      fail = (what) => {
        if (what === part) throw new Error(part);
      };
      await time.tick(15_000);
    }
    expect(failures.map(String)).toEqual(['Error: heartbeat', 'Error: stale', 'Error: commit', 'Error: prune']);
    expect(time.waiting()).toBe(15_000);
  });
});

describe('of several hubs', () => {
  const named = () => told.map(({ submission, fence }) => `${submission.origin} by ${fence.holder} ${fence.number}`);

  test('one that waits takes over when the lease has run out, and forgives nothing: it could be heard at', async () => {
    takenFor(3 * MINUTE);
    lastHeartbeat = START - 5000;
    silent = [{ instanceId: 'x' }];
    await sweep.start();
    for (let minutes = 0; minutes < 3; minutes += 0.25) await time.tick(15_000);
    expect(calls).toEqual(['claim 8', 'heartbeat', 'forgive 5000', 'stale', 'commit', 'prune 1200000']);
    expect(named()).toEqual(['x by a 8']);
  });

  test('one that was down as well forgives the time for which neither was up', async () => {
    takenFor(10 * MINUTE);
    lastHeartbeat = START + MINUTE;
    await sweep.start();
    await time.tick(9 * MINUTE);
    for (let minutes = 0; minutes < 1; minutes += 0.25) await time.tick(15_000);
    // Held up for nine minutes itself: it knows of itself from then on, and the other one was last up after one.
    expect(calls.slice(0, 3)).toEqual(['claim 8', 'heartbeat', `forgive ${8 * MINUTE}`]);
  });

  test('one that was paused in the middle does nothing more under its old lease, and says nothing of it', async () => {
    await sweep.start();
    silent = [{ instanceId: 'x' }];
    fail = (what) => {
      if (what === 'stale') held = { work: 'sweep', holder: 'b', number: 2, until: time.clock.now() + MINUTE };
    };
    await time.tick(15_000);
    expect([told, failures]).toEqual([[], []]);
    expect(calls.slice(2)).toEqual(['heartbeat', 'stale', 'commit']);
    fail = () => {};
    await time.tick(15_000);
    expect(calls.slice(5)).toEqual([]);
    silent = [{ instanceId: 'y' }];
    for (let looks = 0; looks < 4; looks += 1) await time.tick(15_000);
    expect(named()).toEqual(['y by a 3']);
  });

  test('one that is stopped hands over at once', async () => {
    const second = make(15 * MINUTE, 'b');
    await sweep.start();
    await sweep.stop();
    await second.start();
    expect(calls).toEqual(['claim 1', 'heartbeat', 'release', 'claim 2', 'heartbeat']);
    await second.stop();
  });

  test('the time is that of the database, however wrong the clock of the hub is', async () => {
    skew = -3 * 60 * MINUTE;
    lastHeartbeat = START + skew - 2 * MINUTE;
    await sweep.start();
    expect(calls).toEqual(['claim 1', 'heartbeat', `forgive ${2 * MINUTE}`]);
    silent = [{ instanceId: 'x' }];
    await time.tick(15_000);
    expect(told[0]?.submission.receivedAt).toBe(START + skew + 15_000);
  });

  test('a store that cannot be asked for long was down for all: that time is forgiven', async () => {
    await sweep.start();
    fail = () => {
      throw new Error('no connection');
    };
    const store = lastHeartbeat;
    for (let looks = 0; looks < 60; looks += 1) await time.tick(15_000);
    expect(lastHeartbeat).toBe(store);
    fail = () => {};
    calls = [];
    await time.tick(15_000);
    expect(calls.slice(0, 2)).toEqual(['heartbeat', `forgive ${61 * 15_000}`]);
  });
});

test('after a stop nothing runs', async () => {
  await sweep.start();
  await sweep.stop();
  expect(time.waiting()).toBeNull();
  expect(calls).toEqual(['claim 1', 'heartbeat', 'release']);
});

describe('instances that fall silent together', () => {
  const grouped = () =>
    told.map(({ submission: { instance } }) => (instance?.kind === 'silent' ? instance.isOneOfMany === true : null));

  test.each([
    ['one alone', 1, 0, false],
    ['as many as each may have an incident', 20, 0, false],
    ['more of them', 21, 0, true],
    ['a few more beside many that are silent', 2, 19, true],
    ['one more within the number', 1, 19, false],
    ['20,000 that somebody has invented', 20_000, 0, true],
  ])('%s', async (_, count, before, isOneOfMany) => {
    alreadySilent = before;
    silent = Array.from({ length: count }, (_unused, index) => ({ instanceId: `ghost-${index}` }));
    sweep = make(MINUTE);
    await sweep.start();
    await time.tick(15_000);
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(grouped()).toHaveLength(count);
    // The last of 20,000 may fill a batch less than whole; those before it are silent by then.
    expect(
      grouped()
        .slice(0, 500)
        .every((one) => one === isOneOfMany),
    ).toBe(true);
  });
});
