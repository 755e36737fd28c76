import type BetterSqlite3 from 'better-sqlite3';
import { alertKey } from '../core/identity.ts';
import { EVENT_EXPLAINS, INCIDENT_LIVES, OVER_AT, type Thinnable, type Thinned } from './retention.ts';

/** One step of retention on the connection that writes, to be called inside a transaction. */
export type SqliteThin = (table: Thinnable, before: number, after: string | null, limit: number) => Thinned;

/** Statements of retention, prepared once. `forgetAlert` is told the identity of every alert that is removed. */
export function createSqliteRetention(db: BetterSqlite3.Database, forgetAlert: (key: string) => void): SqliteThin {
  const steps = { events: thinEvents(db), alerts: thinAlerts(db, forgetAlert), incidents: thinIncidents(db) };
  return (table, before, after, limit) => steps[table](before, after, limit);
}

type Step = (before: number, after: string | null, limit: number) => Thinned;

function thinEvents(db: BetterSqlite3.Database): Step {
  // Numbers follow time closely enough to stop at the first step that finds nothing old.
  const look = db.prepare(
    `SELECT count(*) AS seen, count(CASE WHEN at < ? THEN 1 END) AS old, max(seq) AS last
     FROM (SELECT seq, at FROM events WHERE seq > ? ORDER BY seq LIMIT ?)`,
  );
  const remove = db.prepare(
    `DELETE FROM events WHERE seq IN
       (SELECT seq FROM events e WHERE seq > ? AND seq <= ? AND at < ? AND NOT ${EVENT_EXPLAINS})`,
  );
  return (before, after, limit) => {
    const from = after === null ? 0 : Number(after);
    const { seen, old, last } = look.get(before, from, limit) as { seen: number; old: number; last: number };
    if (old === 0) return { removed: 0, after: null };
    const removed = remove.run(from, last, before).changes;
    return { removed, after: seen === limit ? String(last) : null };
  };
}

interface OldAlert {
  readonly rid: number;
  readonly received_at: number;
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  readonly held: number;
}

function thinAlerts(db: BetterSqlite3.Database, forgetAlert: (key: string) => void): Step {
  const look = db.prepare(
    `SELECT rid, received_at, source, origin, fingerprint, ${INCIDENT_LIVES} OR EXISTS
       (SELECT 1 FROM events WHERE events.subject_id = a.id AND events.at >= @before) AS held
     FROM alerts a
     WHERE status = 'resolved' AND received_at < @before AND (received_at, rid) > (@time, @rid)
     ORDER BY received_at, rid LIMIT @limit`,
  );
  const removeAlert = db.prepare('DELETE FROM alerts WHERE rid = ?');
  const removeState = db.prepare('DELETE FROM alert_states WHERE rid = ?');
  const removeExpiry = db.prepare('DELETE FROM expiries WHERE rid = ?');
  return (before, after, limit) => {
    const [time, rid] = after === null ? [Number.MIN_SAFE_INTEGER, 0] : (JSON.parse(after) as [number, number]);
    const found = look.all({ before, time, rid, limit }) as OldAlert[];
    const gone = found.filter(({ held }) => held === 0);
    for (const alert of gone) {
      removeExpiry.run(alert.rid);
      removeState.run(alert.rid);
      removeAlert.run(alert.rid);
      forgetAlert(alertKey(alert.source, alert.origin, alert.fingerprint));
    }
    const last = found.at(-1);
    const isEnd = last === undefined || found.length < limit;
    return { removed: gone.length, after: isEnd ? null : JSON.stringify([last.received_at, last.rid]) };
  };
}

interface OldIncident {
  readonly id: string;
  readonly over_at: number;
  readonly held: number;
}

function thinIncidents(db: BetterSqlite3.Database): Step {
  const look = db.prepare(
    `SELECT id, ${OVER_AT} AS over_at, EXISTS (SELECT 1 FROM alerts WHERE alerts.incident_id = i.id) OR EXISTS
       (SELECT 1 FROM events WHERE events.subject_id = i.id AND events.at >= @before) AS held
     FROM incidents i
     WHERE status IN ('resolved', 'closed') AND ${OVER_AT} < @before AND (${OVER_AT}, id) > (@time, @id)
     ORDER BY ${OVER_AT}, id LIMIT @limit`,
  );
  const remove = db.prepare('DELETE FROM incidents WHERE id = ?');
  return (before, after, limit) => {
    const [time, id] = after === null ? [Number.MIN_SAFE_INTEGER, ''] : (JSON.parse(after) as [number, string]);
    const found = look.all({ before, time, id, limit }) as OldIncident[];
    const gone = found.filter(({ held }) => held === 0);
    for (const incident of gone) remove.run(incident.id);
    const last = found.at(-1);
    const isEnd = last === undefined || found.length < limit;
    return { removed: gone.length, after: isEnd ? null : JSON.stringify([last.over_at, last.id]) };
  };
}
