import type { Removal } from '../core/removal.ts';
import { OWN_SOURCE } from '../core/submission.ts';
import { type Clock, createRest } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';
import { type HousekeepingStore, PRUNABLE_TABLES, type PrunableTable } from '../stores/contract/housekeeping.ts';
import type { Lease, Leases } from '../stores/contract/leases.ts';
import { createLeaseHolder, unlessFenced } from '../stores/lease-holder.ts';

/** Rows that a round of retention removed. */
export type Removed = Readonly<Record<PrunableTable, number>>;

/** What retention works on. */
export interface RetentionParts {
  readonly store: Leases & Pick<HousekeepingStore, 'prune' | 'pruneKeys' | 'longSilent' | 'abandonedAlerts'>;
  /** Removes what nobody has told of for so long, with what follows from it. */
  readonly remove: (removal: Removal, fence: Lease) => Promise<unknown>;
  /** Only for when to go on: how old something is, the database says. */
  readonly clock: Clock;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  /** How long history is kept, in milliseconds. */
  readonly keepMs: number;
  /** When the first round comes, in milliseconds. */
  readonly firstMs?: number;
  /** Called after every round that removed something. */
  readonly onRound: (removed: Removed) => void;
  readonly onFailure: (error: unknown) => void;
}

// A hub that has just started has other things to do; after that, history may well be some minutes too old.
const FIRST_MS = 30_000;
const EVERY_MS = 600_000;
// Another hub goes on after two rounds that did not come.
const LEASE_MS = 2 * EVERY_MS;
const RENEW_MS = EVERY_MS / 2;
// A step of so many rows takes milliseconds, most of them for the rows' places in the indexes; nineteen times as long is
// then left to others.
const ROWS = 100;
const REST = 19;
const SHORTEST_REST_MS = 20;
// A slow store, or one that is always busy, makes every step long; history must not grow for ever there. So steps beyond
// 52 ms, which include their waiting for others, are more than a twentieth of the time.
const LONGEST_REST_MS = 1000;

/**
 * Removes what is older than `keepMs`, at one hub of all that share the store (the lease `retention`): every ten
 * minutes a round over events, alerts, incidents and silences, in steps that each are a transaction of their own, with rests
 * between them, so that it has the store for a twentieth of the time as long as steps are short.
 */
export function createRetention(parts: RetentionParts): Part {
  const { store, remove, clock, holder, keepMs, firstMs = FIRST_MS, onRound, onFailure } = parts;
  const leaseHolder = createLeaseHolder({ store, work: 'retention', holder, ttlMs: LEASE_MS });
  const { rest, wake } = createRest(clock);
  const round = async () => {
    const removed = { events: 0, alerts: 0, incidents: 0, silences: 0 };
    try {
      const before = (await store.now()) - keepMs;
      await removeAbandoned(before);
      for (const table of PRUNABLE_TABLES) await prune(table, before, removed);
    } finally {
      if (Object.values(removed).some((count) => count > 0)) onRound(removed);
    }
  };
  // What fires, an instance and a key have no end of their own: theirs is that nobody has told of them for so long.
  const removeAbandoned = async (before: number) => {
    const head = { actor: OWN_SOURCE, by: '', reason: 'retention' } as const;
    const works = [
      async (lease: Lease) => {
        const instanceIds = await store.longSilent(before, ROWS);
        if (instanceIds.length > 0) await remove({ ...head, kind: 'instances', instanceIds }, lease);
        return instanceIds.length;
      },
      async (lease: Lease) => {
        const ids = await store.abandonedAlerts(before, ROWS);
        if (ids.length > 0) await remove({ ...head, kind: 'alerts', ids }, lease);
        return ids.length;
      },
      (lease: Lease) => store.pruneKeys(before, ROWS, lease),
    ];
    let lease = await leaseHolder.hold();
    for (const work of works) {
      while (lease !== undefined && !rounds.ended && (await work(lease)) >= ROWS) {
        await rest(SHORTEST_REST_MS);
        lease = await leaseHolder.hold();
      }
    }
  };
  const prune = async (table: PrunableTable, before: number, removed: Record<PrunableTable, number>) => {
    let after: string | null = null;
    let lease = await leaseHolder.hold();
    let held = clock.monotonic();
    while (lease !== undefined && !rounds.ended) {
      const begun = clock.monotonic();
      const step = await store.prune(table, before, after, ROWS, lease);
      removed[table] += step.removed;
      after = step.after;
      if (after === null || rounds.ended) return;
      await rest(Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, REST * (clock.monotonic() - begun))));
      if (clock.monotonic() - held < RENEW_MS) continue;
      lease = await leaseHolder.hold();
      held = clock.monotonic();
    }
  };
  const rounds = createRounds({ clock, everyMs: EVERY_MS, round: () => unlessFenced(round), onFailure });
  return {
    name: 'retention',
    start: async () => rounds.begin(firstMs),
    stop: async () => {
      const end = rounds.end();
      wake();
      await end;
      await leaseHolder.release().catch(onFailure);
    },
  };
}
