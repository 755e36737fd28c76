import type BetterSqlite3 from 'better-sqlite3';
import type { Alert } from '../../core/alert/alert.ts';
import { alertKey } from '../../core/alert/identity.ts';
import type { RemovalTransaction } from '../contract/removal.ts';
import { readRow } from '../tables/columns.ts';
import { ALERT, ALERT_LIST } from '../tables/tables.ts';

/** What is told of what has gone, for what a connection remembers. */
export interface Forget {
  alert(key: string): void;
  instance(id: string): void;
}

/** What removal needs of the connection that writes. */
export function createSqliteRemoval(db: BetterSqlite3.Database, forget: Forget): RemovalTransaction {
  const alerts = `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;
  const byId = db.prepare(`${alerts} WHERE a.id = ?`).raw();
  const firing = db.prepare(`${alerts} WHERE a.origin = ? AND +a.status = 'firing' ORDER BY a.rid LIMIT ?`).raw();
  const number = db.prepare('SELECT rid FROM alerts WHERE id = ?').pluck();
  const parts = ['expiries', 'alert_sightings', 'alert_contents', 'alerts'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE rid = ?`),
  );
  const events = db.prepare('DELETE FROM events WHERE subject_id = ?');
  const instance = db.prepare('DELETE FROM instances WHERE instance_id = ?');
  const read = (rows: unknown) => (rows as unknown[][]).map((row) => readRow<Alert>(ALERT, row));
  return {
    findAlertsById: async (ids) => ids.flatMap((id) => read(byId.all(id))),
    findFiringOfOrigin: async (origin, limit) => read(firing.all(origin, limit)),
    removeAlerts: async (gone) => {
      for (const { id, source, origin, fingerprint } of gone) {
        const rid = number.get(id);
        for (const part of parts) part.run(rid);
        events.run(id);
        forget.alert(alertKey(source, origin, fingerprint));
      }
    },
    removeInstances: async (ids) => {
      for (const id of ids) {
        instance.run(id);
        forget.instance(id);
      }
    },
  };
}
