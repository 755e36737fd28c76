import type BetterSqlite3 from 'better-sqlite3';
import type { Alert } from '../../core/alert/alert.ts';
import type { ActionTransaction } from '../contract/actions.ts';
import { listOf, readRow, valuesOf } from '../tables/columns.ts';
import { ACTION_RECORDS, ALERT, ALERT_LIST, INCIDENTS } from '../tables/tables.ts';

/** What actions need of the connection that writes. */
export function createSqliteActions(db: BetterSqlite3.Database): ActionTransaction {
  const columns = listOf(ACTION_RECORDS.columns);
  const alerts = `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid WHERE a.incident_id = ?`;
  const firing = db.prepare(`${alerts} AND a.status = 'firing' ORDER BY a.rid`).raw();
  const held = db.prepare(`${alerts} AND a.status = 'resolved' AND s.expires_at > ? ORDER BY a.rid`).raw();
  const overdue = db
    .prepare(
      `SELECT ${listOf(INCIDENTS.columns)} FROM incidents
       WHERE acknowledged_until <= ? AND status = 'acknowledged' ORDER BY acknowledged_until LIMIT ?`,
    )
    .raw();
  const find = db.prepare(`SELECT ${columns} FROM actions WHERE id = ?`).raw();
  const insert = db.prepare(`INSERT INTO actions (${columns}) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
  return {
    findFiringOf: async (incidentId) =>
      (firing.all(incidentId) as unknown[][]).map((row) => readRow<Alert>(ALERT, row)),
    findHeldOf: async (incidentId, now) =>
      (held.all(incidentId, now) as unknown[][]).map((row) => readRow<Alert>(ALERT, row)),
    findOverdueAcknowledgements: async (now, limit) =>
      (overdue.all(now, limit) as unknown[][]).map((row) => readRow(INCIDENTS.columns, row)),
    findAction: async (id) => {
      const row = find.get(id) as readonly unknown[] | undefined;
      return row === undefined ? undefined : readRow(ACTION_RECORDS.columns, row);
    },
    saveAction: async (record) => void insert.run(valuesOf(ACTION_RECORDS.columns, record)),
  };
}
