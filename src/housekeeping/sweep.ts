import { OWN_SOURCE, type Submission } from '../core/submission.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';
import type { HousekeepingStore } from '../stores/contract/housekeeping.ts';
import type { Lease, Leases } from '../stores/contract/leases.ts';
import { createLeaseHolder, unlessFenced } from '../stores/lease-holder.ts';
import { createSettledClock } from './settled-clock.ts';
import { createUptime } from './uptime.ts';

/** What the sweep works on. */
export interface SweepParts {
  readonly store: Leases &
    Pick<
      HousekeepingStore,
      'heartbeat' | 'staleInstances' | 'countSilent' | 'pruneReplays' | 'pruneActions' | 'pruneOwnKeys'
    >;
  /** Commits submissions of the hub itself under its lease. */
  readonly commit: (submissions: readonly Submission[], fence: Lease) => Promise<unknown>;
  /** Writes into the history that the time of silences is over, at most `limit`; gives how many. */
  /** Ends what people asked for a time that is over: acknowledgements; gives how many, `limit` at most. */
  readonly expireAcknowledgements: (now: number, limit: number, fence: Lease) => Promise<number>;
  readonly recordSilenceEnds: (now: number, limit: number, fence: Lease) => Promise<number>;
  /** Only for the pause between rounds; time comes from the database. */
  readonly clock: Clock;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  readonly staleAfterMs: number;
  /** For so long the clock must have gone on without a step before anything is forgotten by it. */
  readonly settleMs?: number;
  readonly onFailure: (error: unknown) => void;
}

// Often enough that silence is told in time, seldom enough to cost nothing.
const SLOWEST_MS = 15_000;
const FASTEST_MS = 200;
// Three looks may fail before another hub takes over; and a process that is held up for a moment keeps its turn.
const LOOKS_A_LEASE = 3;
const SHORTEST_LEASE_MS = 5000;
// A nonce may come back for as long as its time is accepted, 300 s either way; twice that is kept.
const NONCE_KEPT_MS = 1_200_000;
// For so long an action is known by its id: whoever asks again after a failure does so within it.
// Longer than a tool says anything of what nobody has told it since.
const OWN_KEY_KEPT_MS = 90 * 86_400_000;
const ACTION_KEPT_MS = 86_400_000;
// A network that is cut, or somebody who invents instances, must not become an incident for each: beyond so many that are
// silent, all that follow are one.
const TOGETHER = 20;
const BATCH = 500;
const PRUNED = 5000;

/**
 * What must happen without anybody asking, at one hub of all that share the store (the lease `sweep`): instances that
 * fell silent raise their alert, silences that are over get their end into the history, submissions that cannot be
 * repeated any more are forgotten.
 *
 * Time for which no hub was up is not held against the instances: nobody could be heard then, so their time goes on
 * where it stood. The holder of the lease says that it is up each time it looks (the heartbeat). Every hub, also one
 * that waits for the lease, knows since when it has been up itself: since its first look after its start, after it was
 * held up (a suspended machine), or after it could not reach the database. Who takes the lease over forgives the time
 * from the last heartbeat to there, and nothing when it was up all the while, for it could have been heard at. That
 * another hub that waited was up longer it cannot know: then it forgives a little too much, and tells later by that.
 *
 * All of this goes by the clock of the database, which is the same for all hubs. When an instance was last heard is told
 * by the clock of the hub that heard it: as much as that one is wrong, silence is told too early or too late.
 */
export function createSweep({
  store,
  commit,
  recordSilenceEnds,
  expireAcknowledgements,
  clock,
  holder,
  staleAfterMs,
  settleMs = NONCE_KEPT_MS,
  onFailure,
}: SweepParts): Part {
  const everyMs = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, Math.ceil(staleAfterMs / 4)));
  const ttlMs = Math.max(SHORTEST_LEASE_MS, LOOKS_A_LEASE * everyMs);
  const leaseHolder = createLeaseHolder({ store, work: 'sweep', holder, ttlMs });
  const gapMs = everyMs + staleAfterMs / 2;
  const uptime = createUptime(gapMs);
  /** Claims or keeps the lease and says that the hub is up; gives what the work needs, undefined when it is another's. */
  const begin = async () => {
    const now = await store.now();
    const since = uptime.since(now);
    const lease = await leaseHolder.hold();
    if (lease !== undefined) await store.heartbeat(since, lease);
    // Only now: a store that cannot be written, as on a full disk, has heard nobody either.
    uptime.confirm(since, now);
    return lease && { now, lease };
  };
  const look = async () => {
    const turn = await begin();
    if (turn === undefined) return;
    await tellSilent(turn.now, turn.lease);
    await inTurns(turn.lease, BATCH, (held) => recordSilenceEnds(turn.now, BATCH, held));
    await inTurns(turn.lease, BATCH, (held) => expireAcknowledgements(turn.now, BATCH, held));
    await forgetOld(turn.now, turn.lease);
  };
  /** As often as `work` comes to a whole batch: there may be more, and the lease must last. */
  const inTurns = async (lease: Lease, batch: number, work: (lease: Lease) => Promise<number>) => {
    let held: Lease | undefined = lease;
    while (held !== undefined && !rounds.ended) {
      if ((await work(held)) < batch) return;
      held = await leaseHolder.hold();
    }
  };
  const tellSilent = (now: number, lease: Lease) =>
    inTurns(lease, BATCH, async (held) => {
      const silent = await store.staleInstances(now, BATCH);
      const most = TOGETHER - silent.length;
      const isMany = silent.length > 0 && (most < 0 || (await store.countSilent(most + 1)) > most);
      const submissions = silent.map(({ instanceId }) => silence(instanceId, now, isMany));
      if (submissions.length > 0) await commit(submissions, held);
      return submissions.length;
    });
  const settledClock = createSettledClock(clock.monotonic, settleMs);
  // A clock that is an hour ahead for a moment must not make a request possible again that was taken a minute ago.
  const forgetOld = async (now: number, lease: Lease) => {
    if (!settledClock.isSettled(now)) return;
    await inTurns(lease, PRUNED, async (held) => {
      const replays = await store.pruneReplays(now - NONCE_KEPT_MS, PRUNED, held);
      const actions = await store.pruneActions(now - ACTION_KEPT_MS, PRUNED, held);
      return Math.max(replays, actions, await store.pruneOwnKeys(now - OWN_KEY_KEPT_MS, PRUNED, held));
    });
  };
  const rounds = createRounds({ clock, everyMs, round: () => unlessFenced(look), onFailure });
  return {
    name: 'sweep',
    start: async () => {
      await unlessFenced(async () => void (await begin())).catch(onFailure);
      rounds.begin();
    },
    stop: async () => {
      await rounds.end();
      await leaseHolder.release().catch(onFailure);
    },
  };
}

function silence(instanceId: string, now: number, isOneOfMany: boolean): Submission {
  return {
    source: OWN_SOURCE,
    origin: instanceId,
    actor: OWN_SOURCE,
    receivedAt: now,
    alerts: [],
    errors: [],
    replay: null,
    instance: { kind: 'silent', instanceId, ...(isOneOfMany && { isOneOfMany }) },
  };
}
