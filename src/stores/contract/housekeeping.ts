import type { Alert } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { Lease } from './leases.ts';

/** Alerts that nobody could tell again while no hub was up: heard last `before` it, they have time `until` then. */
export interface Grace {
  readonly before: number;
  readonly until: number;
}

/** Firing alerts whose `expiresAt` has passed, and whether there may be more of them. */
export interface Expired {
  readonly alerts: readonly Alert[];
  readonly more: boolean;
}

/** What a look at an alert that was due comes to: it expires no more, it is to be looked at again later, or it has expired. */
export type ExpiryVerdict =
  | { readonly outcome: 'forget' }
  | { readonly outcome: 'move'; readonly to: number }
  | { readonly outcome: 'expired' };

/** Looks at an alert at `now`. One last heard before `grace.before` has time until `grace.until`. */
export function judgeExpiry(
  { status, expiresAt, lastSeenAt }: Pick<Alert, 'status' | 'expiresAt' | 'lastSeenAt'>,
  now: number,
  grace: Grace,
): ExpiryVerdict {
  if (status !== 'firing' || expiresAt === null) return { outcome: 'forget' };
  if (expiresAt > now) return { outcome: 'move', to: expiresAt };
  if (lastSeenAt < grace.before && now < grace.until) return { outcome: 'move', to: grace.until };
  return { outcome: 'expired' };
}

/** What retention prunes, in this order: an alert goes only when its events have gone, an incident when its alerts have. */
export const PRUNABLE_TABLES = ['events', 'alerts', 'incidents', 'silences'] as const;

/** One of the tables that are pruned. */
export type PrunableTable = (typeof PRUNABLE_TABLES)[number];

/** What one step of retention came to. */
export interface Pruned {
  readonly removed: number;
  /** Where the next step of the same round goes on; null when there is nothing more to look at. */
  readonly after: string | null;
}

/** What housekeeping needs of a store, beside leases. */
export interface HousekeepingStore {
  /** Instances heard of whose `staleAt` has passed and that are not yet known to be silent; at most `limit`. */
  staleInstances(now: number, limit: number): Promise<readonly Instance[]>;
  /** Instances that have been silent since before `before`, the oldest first; at most `limit`. */
  longSilent(before: number, limit: number): Promise<readonly string[]>;
  /** Ids of alerts that fire and were told last before `before`; at most `limit`. */
  abandonedAlerts(before: number, limit: number): Promise<readonly string[]>;
  /** How many instances are known to be silent; `limit` for more than that. */
  countSilent(limit: number): Promise<number>;
  /**
   * Says that a hub is up, by the clock of the database, and moves on the `staleAt` of every instance not yet silent by
   * the time for which none was: from the last such word to `upSince` (of the same clock). Gives that time in
   * milliseconds; 0 when there was none, and at the first start.
   */
  heartbeat(upSince: number, fence: Lease): Promise<number>;
  /**
   * Looks at alerts whose look is due at `now`, at most `limit`: gives those that have expired, moves the look at the
   * others on, and forgets it for those that do not expire any more. The given ones stay due until they have resolved.
   */
  dueExpiries(now: number, grace: Grace, limit: number): Promise<Expired>;
  /** Forgets replays older than `before`, at most `limit`; gives how many. */
  pruneReplays(before: number, limit: number, fence: Lease): Promise<number>;
  /** Forgets keys that other tools were last told of before `before`, at most `limit`; gives how many. */
  pruneOwnKeys(before: number, limit: number, fence: Lease): Promise<number>;
  /** Forgets actions that were done before `before`, at most `limit`; gives how many. */
  pruneActions(before: number, limit: number, fence: Lease): Promise<number>;
  /** Forgets keys of instances that ended before `before`, at most `limit`; gives how many. */
  pruneKeys(before: number, limit: number, fence: Lease): Promise<number>;
  /**
   * One short step: looks at no more than `limit` rows behind `after` (null: from the oldest on) and removes those that
   * are older than `before` (UTC milliseconds) and that nobody misses:
   * - events; of an alert that fires and of a live incident the newest of each kind stays, for it says why that is so;
   * - alerts that are resolved, whose incident is not live, and that nothing has happened to since `before`;
   * - incidents that are over and have no alert left;
   * - silences and windows that have ended.
   * Age is told by the hub's own times, never by a sender's. What bears a time that has not come yet, by the clock of the
   * store, was written by a hub whose clock was wrong: it stays, and what came behind it is looked at all the same.
   */
  prune(table: PrunableTable, before: number, after: string | null, limit: number, fence: Lease): Promise<Pruned>;
}
