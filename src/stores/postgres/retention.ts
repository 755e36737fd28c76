import type { PrunableTable, Pruned } from '../contract/housekeeping.ts';
import { EVENT_EXPLAINS, INCIDENT_LIVES, nextEvent, nextOf, OVER_AT, TOLD } from '../tables/retention.ts';
import { numberArray, textArray } from './array.ts';
import { NOW, type Run, statement } from './work.ts';

const EVENTS = {
  look: statement(
    'look_at_events',
    `SELECT count(*), count(CASE WHEN at < $1::bigint THEN 1 END),
       count(CASE WHEN at BETWEEN $1::bigint AND ${NOW} THEN 1 END), max(seq)
     FROM (SELECT seq, at FROM events WHERE seq > $2::bigint ORDER BY seq LIMIT $3::int) AS seen`,
  ),
  remove: statement(
    'remove_events',
    `DELETE FROM events WHERE seq IN
       (SELECT seq FROM events e WHERE seq > $1::bigint AND seq <= $2::bigint AND at < $3::bigint
          AND NOT ${EVENT_EXPLAINS})`,
  ),
};
const ALERTS = {
  look: statement(
    'look_at_alerts',
    `SELECT rid, received_at, ${INCIDENT_LIVES} OR EXISTS
       (SELECT 1 FROM events WHERE events.subject_id = a.id AND events.at >= $1::bigint)
     FROM alerts a
     WHERE status = 'resolved' AND received_at < $1::bigint AND (received_at, rid) > ($2::bigint, $3::bigint)
     ORDER BY received_at, rid LIMIT $4::int`,
  ),
  // Locked in the order of ingest, and looked at once more: one that has fired meanwhile stays.
  remove: statement(
    'remove_alerts',
    `WITH gone AS (
       SELECT rid FROM alerts WHERE rid = ANY ($1::bigint[]) AND status = 'resolved' AND received_at < $2::bigint
       ORDER BY rid FOR UPDATE
     ), states AS (DELETE FROM alert_states USING gone WHERE alert_states.rid = gone.rid),
     looks AS (DELETE FROM expiries USING gone WHERE expiries.rid = gone.rid)
     DELETE FROM alerts USING gone WHERE alerts.rid = gone.rid`,
  ),
};
const INCIDENTS = {
  look: statement(
    'look_at_incidents',
    `SELECT id, ${OVER_AT}, EXISTS (SELECT 1 FROM alerts WHERE alerts.incident_id = i.id) OR EXISTS
       (SELECT 1 FROM events WHERE events.subject_id = i.id AND events.at >= $1::bigint)
     FROM incidents i
     WHERE status IN ('resolved', 'closed') AND ${OVER_AT} < $1::bigint AND (${OVER_AT}, id) > ($2::bigint, $3::text)
     ORDER BY ${OVER_AT}, id LIMIT $4::int`,
  ),
  remove: statement(
    'remove_incidents',
    `WITH gone AS (
       SELECT id FROM incidents i WHERE id = ANY ($1::text[]) AND status IN ('resolved', 'closed')
         AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.incident_id = i.id)
       ORDER BY id FOR UPDATE
     )${TOLD.map((table) => `, ${table}_gone AS (DELETE FROM ${table} USING gone WHERE ${table}.incident_id = gone.id)`).join('')}
     DELETE FROM incidents USING gone WHERE incidents.id = gone.id`,
  ),
};

const SILENCES = {
  look: statement(
    'look_at_silences',
    `SELECT id, ends_at FROM silences WHERE ends_at < $1::bigint AND (ends_at, id) > ($2::bigint, $3::text)
     ORDER BY ends_at, id LIMIT $4::int`,
  ),
  remove: statement('remove_silences', 'DELETE FROM silences WHERE id = ANY ($1::text[]) AND ends_at < $2::bigint'),
};

/** One step of retention inside a transaction; see `Retention.prune`. */
export function prunePostgres(
  run: Run,
  table: PrunableTable,
  before: number,
  after: string | null,
  limit: number,
): Promise<Pruned> {
  return STEPS[table](run, before, after, limit);
}

type Step = (run: Run, before: number, after: string | null, limit: number) => Promise<Pruned>;

const STEPS: Readonly<Record<PrunableTable, Step>> = {
  events: async (run, before, after, limit) => {
    const from = after === null ? 0 : Number(after);
    const { rows } = await run(EVENTS.look, [before, from, limit]);
    const [seen, old, young, last] = rows[0] as [number, number, number, number];
    const removed = old === 0 ? 0 : ((await run(EVENTS.remove, [from, last, before])).rowCount ?? 0);
    return { removed, after: nextEvent({ seen, old, young, last }, limit) };
  },
  alerts: async (run, before, after, limit) => {
    const from = after === null ? [Number.MIN_SAFE_INTEGER, 0] : (JSON.parse(after) as [number, number]);
    const rows = (await run(ALERTS.look, [before, ...from, limit])).rows as [number, number, boolean][];
    const gone = rows.filter(([, , held]) => !held).map(([rid]) => rid);
    const removed = gone.length === 0 ? 0 : ((await run(ALERTS.remove, [numberArray(gone), before])).rowCount ?? 0);
    return { removed, after: nextOf(rows, limit) };
  },
  incidents: async (run, before, after, limit) => {
    const from = after === null ? [Number.MIN_SAFE_INTEGER, ''] : (JSON.parse(after) as [number, string]);
    const rows = (await run(INCIDENTS.look, [before, ...from, limit])).rows as [string, number, boolean][];
    const gone = rows.filter(([, , held]) => !held).map(([id]) => id);
    const removed = gone.length === 0 ? 0 : ((await run(INCIDENTS.remove, [textArray(gone)])).rowCount ?? 0);
    return { removed, after: nextOf(rows, limit) };
  },
  silences: async (run, before, after, limit) => {
    const from = after === null ? [Number.MIN_SAFE_INTEGER, ''] : (JSON.parse(after) as [number, string]);
    const rows = (await run(SILENCES.look, [before, ...from, limit])).rows as [string, number][];
    const ids = textArray(rows.map(([id]) => id));
    const removed = rows.length === 0 ? 0 : ((await run(SILENCES.remove, [ids, before])).rowCount ?? 0);
    return { removed, after: nextOf(rows, limit) };
  },
};
