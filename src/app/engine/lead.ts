import { beginLead, isLeadingAt, LEAD, type LeadEvent, nextLead } from '../../core/standby/lead.ts';
import {
  leaderName,
  leaderOf,
  type StandbyResult,
  type StandbyWish,
  type Standing,
} from '../../core/standby/standing.ts';
import { type Clock, createRest, sleep } from '../../lib/clock.ts';
import { createElapsed } from '../../lib/elapsed.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import type { Lease, LeaseReads, Leases } from '../../stores/contract/leases.ts';

/** Who of several hubs on one store leads: only that one tells people. */
export interface Lead extends Part {
  /** Whether it is this one now; by the time that has passed, however long nothing else was done. */
  isLeading(): boolean;
  /** Rejects when the store cannot be asked. */
  standing(): Promise<Standing>;
  /** Hands the lead over, in either direction. Rejects when the store cannot be asked. */
  change(wish: StandbyWish): Promise<StandbyResult>;
}

/** What it runs on. */
export interface LeadParts {
  readonly store: Pick<Leases, 'claim' | 'renew' | 'release'> & LeaseReads;
  readonly clock: Clock;
  /** Name of this process among all that share the store: its INSTANCE_ID, a blank, and what tells it apart. */
  readonly holder: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Called when it begins or ceases to lead. */
  readonly onChange: () => void;
  readonly onFailure: (error: unknown) => void;
  readonly elapsed?: () => number;
}

const LEADER = 'leader';
// Who is to lead next, by the word of a person.
const NEXT = 'next leader';
const WISH_MS = 30_000;
// So long is waited for the other to hand it over.
const HANDOVER_MS = 15_000;
const HANDOVER_LOOK_MS = 100;

/** The lead over a store that several hubs share. */
export function createLead(mode: Standing['mode'], parts: LeadParts): Lead {
  const { store, clock, holder, logger, onChange, onFailure } = parts;
  const elapsed = parts.elapsed ?? createElapsed(clock);
  let state = beginLead(mode, elapsed());
  let lease: Lease | undefined;
  let wish: Lease | undefined;
  let wasLeading = false;
  let isEnding = false;
  // Asked to step down by a person: done by the one loop that asks, so that no answer comes in between.
  let stepDown: (() => void) | null = null;
  const { rest, wake } = createRest(clock);
  let running: Promise<void> = Promise.resolve();
  const isLeading = () => isLeadingAt(state, elapsed());

  const apply = (event: LeadEvent) => {
    state = nextLead(state, event, elapsed());
    const leads = isLeading();
    if (leads === wasLeading) return;
    wasLeading = leads;
    logger.info({ term: state.term }, leads ? 'this hub leads: it tells people' : 'this hub no longer leads');
    onChange();
  };
  /** Keeps the lease, or takes it under a name that says since when. */
  const hold = async (): Promise<Lease | undefined> => {
    if (lease !== undefined && (await store.renew(lease, LEAD.leaseMs))) return lease;
    lease = undefined;
    lease = await store.claim(LEADER, leaderName(holder, clock.now()), LEAD.leaseMs);
    return lease;
  };
  const wishOfOther = async () => {
    const wanted = await store.findLease(NEXT);
    return wanted !== undefined && wanted.holder !== holder;
  };
  const giveBack = async (kind: 'stepped_down' | 'handed_over') => {
    // First it ceases to tell, then another may.
    apply({ kind });
    const held = lease;
    lease = undefined;
    if (held !== undefined) await store.release(held);
  };
  const ask = async () => {
    const isAskedOfOther = await wishOfOther();
    if (isAskedOfOther && lease !== undefined) return giveBack('handed_over');
    const askedAt = elapsed();
    const held = isAskedOfOther ? undefined : await hold();
    if (held !== undefined) {
      apply({ kind: 'granted', askedAt, term: held.number });
      if (wish !== undefined && isLeading()) {
        const fulfilled = wish;
        wish = undefined;
        await store.release(fulfilled);
      }
      return;
    }
    const other = await store.findLease(LEADER);
    apply({ kind: 'refused', remainingMs: other?.remainingMs ?? 0 });
  };
  const run = async () => {
    while (!isEnding) {
      try {
        if (stepDown !== null) {
          await giveBack('stepped_down');
          stepDown();
          stepDown = null;
        }
        if (elapsed() >= state.askAt) await ask();
      } catch (error) {
        onFailure(error);
        apply({ kind: 'failed' });
      }
      apply({ kind: 'looked' });
      if (isEnding) return;
      if (stepDown !== null) continue;
      // Looked at also when the lead ends by itself, so that it is told.
      const now = elapsed();
      const nextAt = isLeading() ? Math.min(state.askAt, state.endsAt) : state.askAt;
      await rest(wish === undefined ? Math.max(0, nextAt - now) : HANDOVER_LOOK_MS);
      if (wish !== undefined) apply({ kind: 'promoted' });
    }
  };
  const standing = async (): Promise<Standing> => {
    const held = await store.findLease(LEADER);
    const leader = held === undefined ? null : leaderOf(held.holder, held.number);
    return { mode, among: 'shared_store', isLeading: isLeading(), leader };
  };
  const promote = async (): Promise<StandbyResult> => {
    if (isLeading()) return { outcome: 'unchanged', standing: await standing() };
    wish = await store.claim(NEXT, holder, WISH_MS);
    if (wish === undefined) return refused('another hub is being promoted at this moment: ask again in 30 s');
    apply({ kind: 'promoted' });
    wake();
    for (const end = clock.monotonic() + HANDOVER_MS; clock.monotonic() < end && !isLeading(); )
      await sleep(clock, HANDOVER_LOOK_MS);
    if (isLeading()) return { outcome: 'done', standing: await standing() };
    const unfulfilled = wish;
    wish = undefined;
    if (unfulfilled !== undefined) await store.release(unfulfilled);
    return refused('the hub that leads has not handed over: it is of an older version, or hangs');
  };
  return {
    name: 'lead',
    isLeading,
    standing,
    change: async (asked) => {
      if (asked === 'promote') return promote();
      const before = await standing();
      if (!before.isLeading) return refused(`this hub does not lead: ${before.leader?.name ?? 'nobody'} does`);
      await new Promise<void>((resolve) => {
        stepDown = resolve;
        wake();
      });
      return { outcome: 'done', standing: await standing() };
    },
    start: async () => {
      // A hub that is alone leads when it is ready.
      if (mode === 'leader') await ask().catch(onFailure);
      running = run();
    },
    stop: async () => {
      isEnding = true;
      wake();
      await running;
      await giveBack('stepped_down').catch(onFailure);
    },
  };
}

function refused(reason: string): StandbyResult {
  return { outcome: 'refused', reason };
}

/** The lead of a hub that has a store of its own. */
export function aloneLead(instanceId: string, startedAt: number): Lead {
  const leader = { name: instanceId, since: startedAt, term: 1 };
  return {
    name: 'lead',
    isLeading: () => true,
    standing: async () => ({ mode: 'leader', among: 'alone', isLeading: true, leader }),
    change: async () => refused('this hub is alone on its store: several share a PostgreSQL (DATABASE_URL)'),
    start: async () => {},
    stop: async () => {},
  };
}
