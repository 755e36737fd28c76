import type { Selectable } from 'kysely';
import type { Alert } from '../../core/alert/alert.ts';
import type { Expired, Grace } from '../contract/housekeeping.ts';
import { judgeExpiry } from '../contract/housekeeping.ts';
import { alertOf } from '../tables/rows.ts';
import type { AlertRow, AlertStateRow } from '../tables/tables.ts';
import { numberArray } from './array.ts';
import { EXPIRIES } from './statements.ts';
import type { Work } from './work.ts';

// The two rows of an alert as JSON, and when the look at it was due.
type Due = [alert: string, state: string, checkAt: number];

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
      for (const row of (rows as Due[]).toSorted((one, other) => one[2] - other[2])) {
        const [alert, state]: [Selectable<AlertRow>, AlertStateRow] = [JSON.parse(row[0]), JSON.parse(row[1])];
        const { status } = alert;
        const { rid, expires_at: expiresAt, last_seen_at: lastSeenAt } = state;
        const verdict = judgeExpiry({ status, expiresAt, lastSeenAt }, now, grace);
        if (verdict.outcome === 'forget') forgotten.push(rid);
        else if (verdict.outcome === 'move') moved.push({ rid, to: verdict.to });
        else alerts.push({ ...alertOf({ ...alert, ...state, unknown: 0 }), status });
      }
      if (forgotten.length > 0) await run(EXPIRIES.forget, [numberArray(forgotten)]);
      if (moved.length > 0) {
        await run(EXPIRIES.move, [numberArray(moved.map((one) => one.rid)), numberArray(moved.map((one) => one.to))]);
      }
      return { alerts, more: rows.length === limit };
    });
  };
}
