import type { Lease } from './leases.ts';

/** What retention prunes, in this order: an alert goes only when its events have gone, an incident when its alerts have. */
export const PRUNABLE_TABLES = ['events', 'alerts', 'incidents'] as const;

/** One of the tables that are pruned. */
export type PrunableTable = (typeof PRUNABLE_TABLES)[number];

/** What one step of retention came to. */
export interface Pruned {
  readonly removed: number;
  /** Where the next step of the same round goes on; null when there is nothing more to look at. */
  readonly after: string | null;
}

/** How the history is kept small. */
export interface Retention {
  /**
   * One short step: looks at no more than `limit` rows behind `after` (null: from the oldest on) and removes those that
   * are older than `before` (UTC milliseconds) and that nobody misses:
   * - events; of an alert that fires and of a live incident the newest of each kind stays, for it says why that is so;
   * - alerts that are resolved, whose incident is not live, and that nothing has happened to since `before`;
   * - incidents that are over and have no alert left.
   * Age is told by the hub's own times, never by a sender's. What bears a time that has not come yet, by the clock of the
   * store, was written by a hub whose clock was wrong: it stays, and what came behind it is looked at all the same.
   */
  prune(table: PrunableTable, before: number, after: string | null, limit: number, fence: Lease): Promise<Pruned>;
}

/** An event that still explains something: the newest of its kind of an alert that fires, or of a live incident. `e` is the event. */
export const EVENT_EXPLAINS = `(
  CASE e.subject
    WHEN 'alert' THEN EXISTS (SELECT 1 FROM alerts WHERE alerts.id = e.subject_id AND alerts.status = 'firing')
    ELSE EXISTS (SELECT 1 FROM incidents
      WHERE incidents.id = e.subject_id AND incidents.status IN ('open', 'acknowledged'))
  END
  AND NOT EXISTS (SELECT 1 FROM events later
    WHERE later.subject_id = e.subject_id AND later.seq > e.seq AND later.kind = e.kind))`;

/** An alert of a live incident. `a` is the alert. */
export const INCIDENT_LIVES = `EXISTS (SELECT 1 FROM incidents
  WHERE incidents.id = a.incident_id AND incidents.status IN ('open', 'acknowledged'))`;

/** When an incident that is over ended; the index of migration `retention` is made of the same words. */
export const OVER_AT = 'coalesce(resolved_at, opened_at)';

/** What a step saw of the history: rows, those that are older than `before`, those between it and now, and the last number. */
export interface SeenEvents {
  readonly seen: number;
  readonly old: number;
  readonly young: number;
  readonly last: number;
}

/** Where the next step over the events goes on. Their numbers follow time closely enough to end where there is nothing old. */
export function nextEvent({ seen, old, young, last }: SeenEvents, limit: number): string | null {
  return seen < limit || (old === 0 && young > 0) ? null : String(last);
}

/** Where the next step over rows by key and time goes on: behind the last; null when it was the last of all. */
export function nextOf(
  rows: readonly (readonly [key: number | string, time: number, ...unknown[]])[],
  limit: number,
): string | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : JSON.stringify([last[1], last[0]]);
}
