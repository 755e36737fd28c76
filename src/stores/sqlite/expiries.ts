import type BetterSqlite3 from 'better-sqlite3';
import type { Alert } from '../../core/alert/alert.ts';
import type { Expired, Grace } from '../contract/housekeeping.ts';
import { judgeExpiry } from '../contract/housekeeping.ts';
import { alertOf } from '../tables/rows.ts';

interface Due {
  readonly rid: number;
  readonly status: 'firing' | 'resolved';
  readonly expiresAt: number | null;
  readonly lastSeenAt: number;
}

/** Looks at expiries on the connection that writes; to be called when no transaction of ingest is open. */
export function createSqliteExpiries(db: BetterSqlite3.Database) {
  const due = db.prepare(
    `SELECT expiries.rid, status, expires_at AS expiresAt, last_seen_at AS lastSeenAt
     FROM expiries JOIN alerts ON alerts.rid = expiries.rid JOIN alert_states ON alert_states.rid = expiries.rid
     WHERE check_at <= ? ORDER BY check_at LIMIT ?`,
  );
  const whole = db.prepare(
    `SELECT *, 0 AS unknown FROM alerts JOIN alert_states ON alert_states.rid = alerts.rid WHERE alerts.rid = ?`,
  );
  const move = db.prepare('UPDATE expiries SET check_at = ? WHERE rid = ?');
  const forget = db.prepare('DELETE FROM expiries WHERE rid = ?');
  const any = db.prepare('SELECT 1 FROM expiries WHERE check_at <= ? LIMIT 1');
  const judge = db.transaction((now: number, grace: Grace, limit: number): Expired => {
    const rows = due.all(now, limit) as Due[];
    const alerts: Alert[] = [];
    for (const { rid, status, expiresAt, lastSeenAt } of rows) {
      const verdict = judgeExpiry({ status, expiresAt, lastSeenAt }, now, grace);
      if (verdict.outcome === 'forget') forget.run(rid);
      else if (verdict.outcome === 'move') move.run(verdict.to, rid);
      else alerts.push({ ...alertOf(whole.get(rid) as Parameters<typeof alertOf>[0]), status });
    }
    return { alerts, more: rows.length === limit };
  });
  // Where nothing is due, nothing is locked: this is asked every second.
  return (now: number, grace: Grace, limit: number): Expired =>
    any.get(now) === undefined ? { alerts: [], more: false } : judge.immediate(now, grace, limit);
}
