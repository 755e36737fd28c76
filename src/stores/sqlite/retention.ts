import type BetterSqlite3 from 'better-sqlite3';
import { alertKey } from '../../core/alert/identity.ts';
import type { PrunableTable, Pruned } from '../contract/housekeeping.ts';
import {
  EVENT_EXPLAINS,
  INCIDENT_LIVES,
  nextEvent,
  nextOf,
  OVER_AT,
  type SeenEvents,
  TOLD,
} from '../tables/retention.ts';

/** One step of retention on the connection that writes, to be called inside a transaction. */
export type SqlitePrune = (table: PrunableTable, before: number, after: string | null, limit: number) => Pruned;

/**
 * Statements of retention, prepared once. `now` is the clock of this process: the store has no other. `forgetAlert` is
 * told the identity of every alert that is removed.
 */
export function createSqliteRetention(
  db: BetterSqlite3.Database,
  now: () => number,
  forgetAlert: (key: string) => void,
): SqlitePrune {
  const steps = {
    events: pruneEvents(db, now),
    alerts: pruneAlerts(db, forgetAlert),
    incidents: pruneIncidents(db),
    silences: pruneSilences(db),
  };
  return (table, before, after, limit) => steps[table](before, after, limit);
}

type Step = (before: number, after: string | null, limit: number) => Pruned;

function pruneEvents(db: BetterSqlite3.Database, now: () => number): Step {
  const look = db.prepare(
    `SELECT count(*) AS seen, count(CASE WHEN at < @before THEN 1 END) AS old,
       count(CASE WHEN at BETWEEN @before AND @now THEN 1 END) AS young, max(seq) AS last
     FROM (SELECT seq, at FROM events WHERE seq > @from ORDER BY seq LIMIT @limit)`,
  );
  const remove = db.prepare(
    `DELETE FROM events WHERE seq IN
       (SELECT seq FROM events e WHERE seq > ? AND seq <= ? AND at < ? AND NOT ${EVENT_EXPLAINS})`,
  );
  return (before, after, limit) => {
    const from = after === null ? 0 : Number(after);
    const step = look.get({ before, now: now(), from, limit }) as SeenEvents;
    const removed = step.old === 0 ? 0 : remove.run(from, step.last, before).changes;
    return { removed, after: nextEvent(step, limit) };
  };
}

type OldAlert = [rid: number, receivedAt: number, held: 0 | 1, source: string, origin: string, fingerprint: string];

function pruneAlerts(db: BetterSqlite3.Database, forgetAlert: (key: string) => void): Step {
  const look = db
    .prepare(
      `SELECT rid, received_at, ${INCIDENT_LIVES} OR EXISTS
         (SELECT 1 FROM events WHERE events.subject_id = a.id AND events.at >= @before), source, origin, fingerprint
       FROM alerts a
       WHERE status = 'resolved' AND received_at < @before AND (received_at, rid) > (@time, @rid)
       ORDER BY received_at, rid LIMIT @limit`,
    )
    .raw();
  const removeAlert = db.prepare('DELETE FROM alerts WHERE rid = ?');
  const removeSighting = db.prepare('DELETE FROM alert_sightings WHERE rid = ?');
  const removeContent = db.prepare('DELETE FROM alert_contents WHERE rid = ?');
  const removeExpiry = db.prepare('DELETE FROM expiries WHERE rid = ?');
  return (before, after, limit) => {
    const [time, rid] = after === null ? [Number.MIN_SAFE_INTEGER, 0] : (JSON.parse(after) as [number, number]);
    const found = look.all({ before, time, rid, limit }) as OldAlert[];
    const gone = found.filter(([, , held]) => held === 0);
    for (const [number, , , source, origin, fingerprint] of gone) {
      removeExpiry.run(number);
      removeSighting.run(number);
      removeContent.run(number);
      removeAlert.run(number);
      forgetAlert(alertKey(source, origin, fingerprint));
    }
    return { removed: gone.length, after: nextOf(found, limit) };
  };
}

type OldSilence = [id: string, endsAt: number];

function pruneSilences(db: BetterSqlite3.Database): Step {
  const look = db
    .prepare(
      'SELECT id, ends_at FROM silences WHERE ends_at < @before AND (ends_at, id) > (@time, @id) ORDER BY ends_at, id LIMIT @limit',
    )
    .raw();
  const remove = db.prepare('DELETE FROM silences WHERE id = ?');
  return (before, after, limit) => {
    const [time, id] = after === null ? [Number.MIN_SAFE_INTEGER, ''] : (JSON.parse(after) as [number, string]);
    const found = look.all({ before, time, id, limit }) as OldSilence[];
    for (const [old] of found) remove.run(old);
    return { removed: found.length, after: nextOf(found, limit) };
  };
}

type OldIncident = [id: string, overAt: number, held: 0 | 1];

function pruneIncidents(db: BetterSqlite3.Database): Step {
  const look = db
    .prepare(
      `SELECT id, ${OVER_AT}, EXISTS (SELECT 1 FROM alerts WHERE alerts.incident_id = i.id) OR EXISTS
         (SELECT 1 FROM events WHERE events.subject_id = i.id AND events.at >= @before)
       FROM incidents i
       WHERE status IN ('resolved', 'closed') AND ${OVER_AT} < @before AND (${OVER_AT}, id) > (@time, @id)
       ORDER BY ${OVER_AT}, id LIMIT @limit`,
    )
    .raw();
  const remove = db.prepare('DELETE FROM incidents WHERE id = ?');
  const removeTold = TOLD.map((table) => db.prepare(`DELETE FROM ${table} WHERE incident_id = ?`));
  return (before, after, limit) => {
    const [time, id] = after === null ? [Number.MIN_SAFE_INTEGER, ''] : (JSON.parse(after) as [number, string]);
    const found = look.all({ before, time, id, limit }) as OldIncident[];
    const gone = found.filter(([, , held]) => held === 0);
    for (const [number] of gone) {
      for (const told of removeTold) told.run(number);
      remove.run(number);
    }
    return { removed: gone.length, after: nextOf(found, limit) };
  };
}
