import type { Alert } from '../../core/alert/alert.ts';
import type { Expired, Grace } from '../contract/housekeeping.ts';
import { judgeExpiry } from '../contract/housekeeping.ts';
import { readRow } from '../tables/columns.ts';
import { ALERT } from '../tables/tables.ts';
import { numberArray } from './array.ts';
import { EXPIRIES } from './statements.ts';
import type { Work } from './work.ts';

// The number of an alert, when the look at it was due, and the alert.
type Due = [rid: number, checkAt: number, ...alert: unknown[]];

/** Looks at expiries that are due; alerts of a look are locked until it has ended, so that ingest waits for its outcome. */
export function createPostgresExpiries({ transaction, read }: Work) {
  return async (now: number, grace: Grace, limit: number): Promise<Expired> => {
    // Where nothing is due, nothing is locked: this is asked every second.
    if ((await read(EXPIRIES.any, [now])).rowCount === 0) return { alerts: [], more: false };
    return transaction(async (run) => {
      const { rows } = await run(EXPIRIES.due, [now, limit]);
      const alerts: Alert[] = [];
      const moved: { readonly rid: number; readonly to: number }[] = [];
      const forgotten: number[] = [];
      for (const row of (rows as Due[]).toSorted((one, other) => one[1] - other[1])) {
        const [rid] = row;
        const alert = readRow(ALERT, row, 2);
        const verdict = judgeExpiry(alert, now, grace);
        if (verdict.outcome === 'forget') forgotten.push(rid);
        else if (verdict.outcome === 'move') moved.push({ rid, to: verdict.to });
        else alerts.push(alert);
      }
      if (forgotten.length > 0) await run(EXPIRIES.forget, [numberArray(forgotten)]);
      if (moved.length > 0) {
        await run(EXPIRIES.move, [numberArray(moved.map((one) => one.rid)), numberArray(moved.map((one) => one.to))]);
      }
      return { alerts, more: rows.length === limit };
    });
  };
}
