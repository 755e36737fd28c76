import type { Alert } from '../../core/alert/alert.ts';
import type { RemovalTransaction } from '../contract/removal.ts';
import { readRow } from '../tables/columns.ts';
import { ALERT, ALERT_LIST } from '../tables/tables.ts';
import { textArray } from './array.ts';
import { type Run, statement } from './work.ts';

const ALERTS = `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;
const FIND = statement(
  'find_alerts_by_id',
  `${ALERTS} WHERE a.id = ANY ($1::text[]) ORDER BY a.rid FOR UPDATE OF a, s`,
);
const FIRING = statement(
  'find_firing_of_origin',
  `${ALERTS} WHERE a.origin = $1 AND a.status = 'firing' ORDER BY a.rid LIMIT $2::int FOR UPDATE OF a, s`,
);
const REMOVE = statement(
  'remove_alerts_by_id',
  `WITH gone AS (SELECT rid, id FROM alerts WHERE id = ANY ($1::text[]) ORDER BY rid FOR UPDATE),
     states AS (DELETE FROM alert_states USING gone WHERE alert_states.rid = gone.rid),
     looks AS (DELETE FROM expiries USING gone WHERE expiries.rid = gone.rid),
     told AS (DELETE FROM events USING gone WHERE events.subject_id = gone.id)
   DELETE FROM alerts USING gone WHERE alerts.rid = gone.rid`,
);
const FORGET = statement('remove_instances', 'DELETE FROM instances WHERE instance_id = ANY ($1::text[])');

/** What removal needs of a transaction. */
export function createPostgresRemoval(run: Run): RemovalTransaction {
  return {
    findAlertsById: async (ids) => (await run(FIND, [textArray(ids)])).rows.map((row) => readRow<Alert>(ALERT, row)),
    findFiringOfOrigin: async (origin, limit) =>
      (await run(FIRING, [origin, limit])).rows.map((row) => readRow<Alert>(ALERT, row)),
    removeAlerts: async (gone) => void (await run(REMOVE, [textArray(gone.map(({ id }) => id))])),
    removeInstances: async (ids) => void (await run(FORGET, [textArray(ids)])),
  };
}
