import type BetterSqlite3 from 'better-sqlite3';
import type { Alert } from '../../core/alert/alert.ts';
import { type Expired, type Grace, judgeExpiry } from '../contract/housekeeping.ts';
import { readRow } from '../tables/columns.ts';
import { ALERT, ALERT_LIST } from '../tables/tables.ts';

/** Looks at expiries on the connection that writes; to be called when no transaction of ingest is open. */
export function createSqliteExpiries(db: BetterSqlite3.Database) {
  const due = db
    .prepare(
      `SELECT e.rid, ${ALERT_LIST}
       FROM expiries AS e JOIN alerts AS a ON a.rid = e.rid JOIN alert_states AS s ON s.rid = e.rid
       WHERE check_at <= ? ORDER BY check_at LIMIT ?`,
    )
    .raw();
  const move = db.prepare('UPDATE expiries SET check_at = ? WHERE rid = ?');
  const forget = db.prepare('DELETE FROM expiries WHERE rid = ?');
  const any = db.prepare('SELECT 1 FROM expiries WHERE check_at <= ? LIMIT 1');
  const judge = db.transaction((now: number, grace: Grace, limit: number): Expired => {
    const rows = due.all(now, limit) as (readonly unknown[])[];
    const alerts: Alert[] = [];
    for (const row of rows) {
      const alert = readRow(ALERT, row, 1);
      const verdict = judgeExpiry(alert, now, grace);
      if (verdict.outcome === 'forget') forget.run(row[0]);
      else if (verdict.outcome === 'move') move.run(verdict.to, row[0]);
      else alerts.push(alert);
    }
    return { alerts, more: rows.length === limit };
  });
  // Where nothing is due, nothing is locked: this is asked every second.
  return (now: number, grace: Grace, limit: number): Expired =>
    any.get(now) === undefined ? { alerts: [], more: false } : judge.immediate(now, grace, limit);
}
