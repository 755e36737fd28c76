import type { Alert } from '../../core/alert/alert.ts';
import type { ActionTransaction } from '../contract/actions.ts';
import { readRow, valuesOf } from '../tables/columns.ts';
import { ACTION_RECORDS, ALERT, INCIDENTS } from '../tables/tables.ts';
import { numberArray, textArray } from './array.ts';
import { WriteConflict } from './error.ts';
import { ACTING } from './statements.ts';
import type { Run } from './work.ts';

/** What actions need of a transaction. `saveAction` throws WriteConflict when another hub did it first. */
export function createPostgresActions(run: Run): ActionTransaction {
  return {
    findFiringOf: async (incidentId) =>
      (await run(ACTING.findFiringOf, [incidentId])).rows.map((row) => readRow<Alert>(ALERT, row)),
    findHeldOf: async (incidentId, now) =>
      (await run(ACTING.findHeldOf, [incidentId, now])).rows.map((row) => readRow<Alert>(ALERT, row)),
    findOverdueAcknowledgements: async (now, limit) =>
      (await run(ACTING.findOverdueAcknowledgements, [now, limit])).rows.map((row) => readRow(INCIDENTS.columns, row)),
    findAction: async (id) => {
      const [row] = (await run(ACTING.findAction, [id])).rows;
      return row === undefined ? undefined : readRow(ACTION_RECORDS.columns, row);
    },
    saveAction: async (record) => {
      const values = valuesOf(ACTION_RECORDS.columns, record).map((cell) =>
        typeof cell === 'number' ? numberArray([cell]) : textArray([cell as string]),
      );
      const { rowCount } = await run(ACTING.saveAction, values);
      if (rowCount !== 1) throw new WriteConflict('the action is done already');
    },
  };
}
