import { describe, expect, test } from '@jest/globals';
import { beginLead, isLeadingAt, LEAD, type LeadState, nextLead } from '../../../../src/core/standby/lead.ts';
import fc from '../../../support/property.ts';

const granted = (state: LeadState, at: number, term = 1) => nextLead(state, { kind: 'granted', askedAt: at, term }, at);

describe('a hub', () => {
  test('leads for 4 s after its last good question was sent, and asks again after 1.5 s', () => {
    const state = granted(beginLead('leader', 0), 1000);
    expect(state).toMatchObject({ isLeading: true, endsAt: 5000, askAt: 2500 });
    expect([4999, 5000].map((now) => isLeadingAt(state, now))).toEqual([true, false]);
    // Two questions may go unanswered.
    const failed = nextLead(nextLead(state, { kind: 'failed' }, 3500), { kind: 'failed' }, 4750);
    expect(isLeadingAt(failed, 4750)).toBe(true);
  });

  test('is granted nothing by an answer that comes too late', () => {
    const state = nextLead(beginLead('leader', 0), { kind: 'granted', askedAt: 0, term: 3 }, 4000);
    expect([state.isLeading, state.term]).toEqual([false, 3]);
  });

  test('that follows leaves others one lease, then asks 50 ms after the lease of another has run out', () => {
    const state = beginLead('follower', 0);
    expect(state.askAt).toBe(5050);
    expect(nextLead(state, { kind: 'refused', remainingMs: 700 }, 6000).askAt).toBe(6750);
    expect(nextLead(state, { kind: 'refused', remainingMs: 4000 }, 6000).askAt).toBe(7500);
  });

  test('that steps down leaves it for two leases, unless it is promoted', () => {
    const state = nextLead(granted(beginLead('leader', 0), 0), { kind: 'stepped_down' }, 100);
    expect([state.isLeading, state.askAt]).toEqual([false, 10_100]);
    expect(nextLead(state, { kind: 'refused', remainingMs: 0 }, 200).askAt).toBe(10_100);
    expect(nextLead(state, { kind: 'promoted' }, 300).askAt).toBe(300);
  });

  test('that hands it over is ready to take it again at once', () => {
    const state = nextLead(granted(beginLead('leader', 0), 0), { kind: 'handed_over' }, 100);
    expect([isLeadingAt(state, 100), state.askAt]).toEqual([false, 1600]);
  });

  test('that lost it three times in ten minutes waits for one', () => {
    let state = beginLead('leader', 0);
    for (const at of [0, 10_000, 20_000]) state = nextLead(granted(state, at), { kind: 'looked' }, at + 4000);
    expect(state.askAt).toBe(84_000);
    const slow = [0, 400_000, 800_000].reduce(
      (one, at) => nextLead(granted(one, at), { kind: 'looked' }, at + 4000),
      beginLead('leader', 0),
    );
    expect(slow.askAt).toBeLessThan(810_000);
  });
});

/** What happens to hubs over time: each step lets time pass, and does something to one of them. */
const step = fc.record({
  ms: fc.integer({ min: 0, max: 2500 }),
  hub: fc.nat(2),
  act: fc.constantFrom(
    'nothing',
    'nothing',
    'nothing',
    'kill',
    'stop',
    'continue',
    'cut',
    'mend',
    'step_down',
    'promote',
  ),
});

interface Hub {
  state: LeadState;
  name: number;
  isStopped: boolean;
  isCut: boolean;
  /** Its elapsed time runs by so much of the store's. */
  readonly rate: number;
}

/** The lease as the store keeps it, by its own clock. */
function createGrantor() {
  let lease = { holder: -1, term: 0, until: 0 };
  return {
    ask: (holder: number, now: number) => {
      if (lease.holder === holder && lease.until > now) lease = { ...lease, until: now + LEAD.leaseMs };
      else if (lease.until <= now) lease = { holder, term: lease.term + 1, until: now + LEAD.leaseMs };
      return lease;
    },
    release: (holder: number) => {
      if (lease.holder === holder) lease = { ...lease, until: 0 };
    },
  };
}

test('never do two lead at once, and one does again soon, whatever is killed, stopped or cut off', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (steps, rates) => {
        const grantor = createGrantor();
        let now = 0;
        let names = 3;
        let leaderless = 0;
        let terms = 0;
        const hubs = rates.map(
          (rate, index): Hub => ({
            ...{ state: beginLead(index === 0 ? 'leader' : 'follower', 0), name: index },
            ...{ isStopped: false, isCut: false, rate },
          }),
        );
        const elapsed = ({ rate }: Hub) => now * rate;
        const leaders = () => hubs.filter((hub) => isLeadingAt(hub.state, elapsed(hub)));
        const tick = () => {
          for (const hub of hubs) {
            const at = elapsed(hub);
            if (hub.isStopped || at < hub.state.askAt) continue;
            if (hub.isCut) hub.state = nextLead(hub.state, { kind: 'failed' }, at);
            else {
              const lease = grantor.ask(hub.name, now);
              const isOwn = lease.holder === hub.name;
              if (isOwn) terms = Math.max(terms, lease.term);
              hub.state = isOwn
                ? nextLead(hub.state, { kind: 'granted', askedAt: at, term: lease.term }, at)
                : nextLead(hub.state, { kind: 'refused', remainingMs: lease.until - now }, at);
            }
          }
          const all = leaders();
          if (all.length > 1) throw new Error(`two lead at ${now}`);
          // The one that leads has the newest term.
          if (all.some(({ state }) => state.term !== terms)) throw new Error(`an old term leads at ${now}`);
          const isAble = hubs.some((hub) => !hub.isStopped && !hub.isCut && elapsed(hub) >= hub.state.restUntil);
          leaderless = all.length > 0 || !isAble ? 0 : leaderless + 1;
          // 25 ms a tick: a lease, and a question of the next one.
          if (leaderless * TICK > LEAD.leaseMs + LEAD.renewMs + 200) throw new Error(`nobody leads at ${now}`);
        };
        for (const { ms, hub: index, act } of [...steps, { ms: 2500, hub: 0, act: 'nothing' }]) {
          for (const end = now + ms; now < end; now += TICK) tick();
          const hub = hubs[index] as Hub;
          if (act === 'kill') {
            names += 1;
            Object.assign(hub, { state: beginLead('leader', elapsed(hub)), name: names, isStopped: false });
          }
          if (act === 'stop' || act === 'continue') hub.isStopped = act === 'stop';
          if (act === 'cut' || act === 'mend') hub.isCut = act === 'cut';
          if (act === 'step_down' && !hub.isStopped && !hub.isCut) {
            grantor.release(hub.name);
            hub.state = nextLead(hub.state, { kind: 'stepped_down' }, elapsed(hub));
          }
          if (act === 'promote') hub.state = nextLead(hub.state, { kind: 'promoted' }, elapsed(hub));
        }
      },
    ),
    { numRuns: 60 },
  );
});

const TICK = 25;
