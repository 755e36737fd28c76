import type { Evaluation } from '../core/notice/evaluate.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import type { Clock } from '../lib/clock.ts';
import type { Followers } from '../stores/contract/followers.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { NoticeReads, NoticeState } from '../stores/contract/notices.ts';
import { isForTarget, laneOf } from './admit.ts';
import type { Attempts, Outgoing } from './attempts.ts';
import type { Lane } from './gate.ts';
import { ownKeysOf } from './own-keys.ts';
import { createWork } from './work.ts';

/** What digests run on. */
export interface DigestsOptions {
  readonly store: Followers & NoticeReads;
  readonly clock: Clock;
  readonly policy: NotifyPolicy;
  readonly attempts: Attempts;
  readonly hash: (text: string) => string;
  readonly newId: () => string;
  /** A look at an incident, where what is told first on the channel `flooded` has waited long enough. */
  readonly lookAt: (state: NoticeState, now: number, flooded: string | null) => readonly Evaluation[];
  readonly timeoutOf: (channel: string) => number;
}

/** Digests in the making: each is claimed step by step, so that a large one holds up nothing, and sent when it is whole. */
export interface Digests {
  /** What waits on that channel becomes one message. */
  begin(channel: string, lane: Lane): void;
  /** Claims some of the next one; gives whether there was something to do. */
  step(lease: Lease): Promise<boolean>;
}

interface Making {
  readonly channel: string;
  readonly lane: Lane;
  readonly id: string;
  /** Incidents that are to be claimed still; null before they were read. */
  rest: readonly string[] | null;
  readonly outgoing: Outgoing[];
}

/** Why notices wait that may be told together. */
export const TOGETHER = ['group_wait', 'rate'] as const;

// Incidents that one digest tells of at most.
const GATHERED = 20_000;
// Claims of one transaction.
const CLAIMS = 100;

/** No digest is in the making. What a step has claimed when it fails is taken up again with the lease. */
export function createDigests(options: DigestsOptions): Digests {
  const { store, clock, policy, attempts, hash, newId, lookAt, timeoutOf } = options;
  let making: Making[] = [];

  const claim = async (one: Making, ids: readonly string[], lease: Lease): Promise<void> => {
    const { channel, lane } = one;
    const now = clock.now();
    const work = createWork(now);
    // A storm is told once: of what is not critical, what waits for its first message is told with it.
    const flooded = lane === 'other' ? channel : null;
    for (const state of await store.noticeStates(ids)) {
      const own = lookAt(state, now, flooded).find(({ after }) => after.channel === channel);
      if (!own?.wanted || laneOf(own) !== lane || isForTarget(own)) continue;
      work.addOne(state, own);
      work.claim(own, one.id, timeoutOf(channel));
    }
    const all = [...one.outgoing, ...work.outgoing()];
    const isLast = one.rest?.length === 0;
    await store.follow(
      lease,
      async (tx) => {
        await tx.notices.saveNotices(work.changed(), now);
        await tx.notices.addEvents(work.events());
        if (isLast) await tx.notices.saveOwnKeys(ownKeysOf(all, policy, hash), now);
        // It is sent when its last part is written, which brings those before it along.
      },
      isLast ? 'never' : 'again',
    );
    one.outgoing.push(...work.outgoing());
  };
  return {
    begin: (channel, lane) => {
      if (making.some((one) => one.channel === channel && one.lane === lane)) return;
      making.push({ channel, lane, id: newId(), rest: null, outgoing: [] });
    },
    step: async (lease) => {
      const [one] = making;
      if (one === undefined) return false;
      try {
        const rest = one.rest ?? (await store.waitingOn(one.channel, TOGETHER, GATHERED));
        one.rest = rest.slice(CLAIMS);
        await claim(one, rest.slice(0, CLAIMS), lease);
      } catch (error) {
        making = [];
        throw error;
      }
      if (one.rest.length > 0) return true;
      making = making.filter((other) => other !== one);
      if (one.outgoing.length === 0) attempts.gate(one.channel).untried();
      attempts.send(one.outgoing);
      return true;
    },
  };
}
