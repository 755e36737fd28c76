/** An event that still explains something: the newest of its kind of an alert that fires, of a live incident, or of a silence that has not ended. `e` is the event. */
export const EVENT_EXPLAINS = `(
  CASE e.subject
    WHEN 'silence' THEN EXISTS (SELECT 1 FROM silences WHERE silences.id = e.subject_id AND silences.ended_at IS NULL)
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

/** What was told of an incident goes with it. */
export const TOLD = ['notices', 'notice_attempts', 'notice_looks'] as const;

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
