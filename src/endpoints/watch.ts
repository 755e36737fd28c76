import { heldBy } from '../core/endpoint/depends.ts';
import type { ProbeState } from '../core/endpoint/probe.ts';
import { afterTime, type EndpointState } from '../core/endpoint/state.ts';
import type { Span } from '../core/endpoint/uptime.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';
import type { EndpointReads } from '../stores/contract/endpoints.ts';
import type { IngestStore } from '../stores/contract/ingest.ts';
import type { Lease, Leases } from '../stores/contract/leases.ts';
import { createLeaseHolder, unlessFenced } from '../stores/lease-holder.ts';
import {
  commitSilence,
  commitTime,
  type EndpointCommit,
  type EndpointSetup,
  type EndpointsCommitted,
} from './commit.ts';
import { isOverdue } from './pings.ts';

/** A probe as the watch over it needs it. */
export interface WatchedProbe {
  readonly id: string;
  readonly name: string;
  readonly staleAfterMs: number;
}

/** What the watch works on. */
export interface WatchParts {
  readonly store: IngestStore & Leases & Pick<EndpointReads, 'endpointStates' | 'probeStates'>;
  readonly setup: () => EndpointSetup;
  readonly probes: () => readonly WatchedProbe[];
  readonly plan: EndpointCommit['plan'];
  readonly clock: Clock;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  readonly onCommit: (seq: number | null) => void;
  readonly onFailure: (error: unknown) => void;
}

const EVERY_MS = 5000;
const LEASE_MS = 3 * EVERY_MS;
// A process that was held up for longer could not be called.
const HELD_UP_MS = 30_000;
// Endpoints that are looked at in one transaction.
const BATCH = 100;
const PRUNE_EVERY_MS = 600_000;
const PRUNED = 200;
const DAY_MS = 86_400_000;
/** How long looks are kept, and sums by five minutes, an hour and a day, in milliseconds. */
export const LOOKS_KEPT_MS = { looks: 7 * DAY_MS, fine: 7 * DAY_MS, hourly: 90 * DAY_MS, daily: 730 * DAY_MS } as const;

/**
 * What becomes of endpoints and probes by the clock alone, at one hub of all that share the store (the lease `endpoints`):
 * witnesses that have become stale, probes that are silent, endpoints that are configured no more, and looks that are too old.
 */
export function createEndpointWatch(parts: WatchParts): Part {
  const { store, setup, probes, plan, clock, holder, onCommit, onFailure } = parts;
  const leaseHolder = createLeaseHolder({ store, work: 'endpoints', holder, ttlMs: LEASE_MS });
  let upSince = clock.now();
  let prunedAt = clock.now();
  let confirmedAt = clock.now();
  const told = async (work: Promise<EndpointsCommitted>) => onCommit((await work).seq);
  const look = async () => {
    const began = clock.now();
    if (began - confirmedAt > HELD_UP_MS) upSince = began;
    const lease = await leaseHolder.hold();
    // Only now: a store that cannot be asked has taken no call either.
    confirmedAt = began;
    if (lease === undefined) return;
    const commit: EndpointCommit = { store, setup: setup(), now: clock.now, plan };
    await tellSilent(commit, lease);
    const silent = await silentNow(commit.setup);
    const absence = await absenceUntil(commit.setup, lease);
    const states = new Map((await store.endpointStates()).map((state) => [state.key, state]));
    const due = [...states.values()].filter(
      (state) =>
        needsLook(state, commit.setup, { silent, states }, clock.now()) ||
        (absence !== null && state.heartbeat !== undefined),
    );
    for (let at = 0; at < due.length && !rounds.ended; at += BATCH)
      await told(
        commitTime(
          commit,
          due.slice(at, at + BATCH).map(({ key }) => key),
          lease,
          absence,
        ),
      );
    if (rounds.ended) return;
    if (commit.setup.heartbeats.size > 0) await store.transaction((tx) => tx.saveWatchedAt(began), lease);
    if (clock.now() - prunedAt >= PRUNE_EVERY_MS) await prune(lease);
  };
  /** The time in which no hub could be called, if that is not known yet: from the last word of a watch to since when this one is there. */
  const absenceUntil = async ({ heartbeats }: EndpointSetup, lease: Lease): Promise<Span | null> => {
    if (heartbeats.size === 0) return null;
    const from = (await store.transaction((tx) => tx.findWatchedAt(), lease)) ?? 0;
    return from < upSince ? { from, to: upSince } : null;
  };
  const tellSilent = async (commit: EndpointCommit, lease: Lease) => {
    const known = new Map((await store.probeStates()).map((probe) => [probe.id, probe]));
    const wanted = new Map(probes().map((probe) => [probe.id, probe]));
    const isSilent = (probe: ProbeState | undefined, now: number, id: string) =>
      probe?.staleSince == null &&
      now - Math.max(probe?.lastSeenAt ?? 0, upSince) > (wanted.get(id)?.staleAfterMs ?? Infinity);
    const silent = [...wanted.values()].filter(({ id }) => isSilent(known.get(id), clock.now(), id));
    if (silent.length === 0) return;
    const since = silent.map(({ id, name }) => ({ id, name, since: known.get(id)?.lastSeenAt ?? upSince }));
    await told(commitSilence(commit, since, isSilent, lease));
  };
  const silentNow = async ({ probes: ids }: EndpointSetup) => {
    const states = await store.probeStates();
    return new Set(states.filter(({ id, staleSince }) => staleSince !== null && ids.includes(id)).map(({ id }) => id));
  };
  const prune = async (lease: Lease) => {
    const now = clock.now();
    const { looks, fine, hourly, daily } = LOOKS_KEPT_MS;
    const before = { looks: now - looks, fine: now - fine, hourly: now - hourly, daily: now - daily };
    let held: Lease | undefined = lease;
    while (held !== undefined && !rounds.ended) {
      const removed = await store.transaction((tx) => tx.pruneLooks(before, PRUNED), held);
      if (removed < PRUNED) break;
      held = await leaseHolder.hold();
    }
    prunedAt = now;
  };
  const rounds = createRounds({ clock, everyMs: EVERY_MS, round: () => unlessFenced(look), onFailure });
  return {
    name: 'watch over endpoints',
    start: async () => {
      upSince = clock.now();
      prunedAt = clock.now();
      confirmedAt = clock.now();
      rounds.begin();
    },
    stop: async () => {
      await rounds.end();
      await leaseHolder.release().catch(onFailure);
    },
  };
}

/** Whether the clock alone changes what is said of an endpoint. */
function needsLook(
  state: EndpointState,
  { watched, heartbeats, chargeable }: EndpointSetup,
  { silent, states }: { readonly silent: ReadonlySet<string>; readonly states: ReadonlyMap<string, EndpointState> },
  now: number,
): boolean {
  const found = watched.get(state.key);
  const endpoint = found && { ...found, silent };
  if (endpoint === undefined) return true;
  if (state.alerts.length > endpoint.alerts.length) return true;
  if (isOverdue(state, heartbeats.get(state.key), now)) return true;
  const { words, state: after } = afterTime(state, endpoint, now, {
    ...{ chargeable: chargeable(state.key), isHeld: heldBy(endpoint, watched, states, now) },
  });
  return words.length > 0 || after.verdict !== state.verdict;
}
