import type { Silence } from '../../core/policy/silence.ts';
import type { SilenceTransaction } from '../contract/silences.ts';
import type { Execute } from '../notices/rows.ts';
import { listOf, type Row, readRow, takenFrom, valuesOf } from './columns.ts';
import { EVENTS, SILENCES } from './tables.ts';

const LIST = listOf(SILENCES.columns);
const SAVE = `INSERT INTO silences (${LIST}) VALUES (${SILENCES.columns.map(() => '?').join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${takenFrom('excluded', SILENCES.changing)}`;
const LIVE = 'SELECT count(*) FROM silences WHERE ends_at > ?';
const ADD_EVENT = `INSERT INTO events (${listOf(EVENTS.columns)}) VALUES (${EVENTS.columns.map(() => '?').join(', ')})
  RETURNING seq`;

/** The transaction over that of an engine. `lock` is what the engine wants behind a query whose rows nobody else may change. */
export function createSilenceTransaction(execute: Execute, lock: '' | ' FOR UPDATE'): SilenceTransaction {
  const find = `SELECT ${LIST} FROM silences WHERE id = ?${lock}`;
  const overdue = `SELECT ${LIST} FROM silences WHERE ended_at IS NULL AND ends_at <= ?
    ORDER BY ends_at, id LIMIT ?${lock}`;
  const silenceOf = (row: Row) => readRow(SILENCES.columns, row);
  return {
    findSilences: async (ids) => {
      const found: Silence[] = [];
      // In one order, so that two that want the same ones do not wait in a circle.
      for (const id of [...new Set(ids)].sort()) found.push(...(await execute(find, [id])).map(silenceOf));
      return found;
    },
    countLive: async (now) => Number((await execute(LIVE, [now]))[0]?.[0]),
    findOverdue: async (now, limit) => (await execute(overdue, [now, limit])).map(silenceOf),
    saveSilences: async (silences) => {
      for (const silence of silences) await execute(SAVE, valuesOf(SILENCES.columns, silence));
    },
    addEvents: async (events) => {
      let seq: number | null = null;
      for (const event of events) {
        const [[number] = []] = await execute(ADD_EVENT, valuesOf(EVENTS.columns, event));
        seq = Number(number);
      }
      return seq;
    },
  };
}
