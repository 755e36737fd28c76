import type { HistoryReads } from '../contract/history.ts';
import { type Row, readRow } from '../tables/columns.ts';
import { EVENTS } from '../tables/tables.ts';
import { HEAD, LAST_SEQ, positionParts, readBehind } from './followers.ts';
import { statement, type Work } from './work.ts';

const BEFORE = statement(
  'history_before',
  `SELECT xid::text, seq, at FROM events WHERE (xid, seq) <= ($1::xid8, $2::bigint) ORDER BY xid DESC, seq DESC LIMIT 1`,
);
const NEXT = statement(
  'history_next',
  `SELECT xid::text, seq FROM events WHERE (xid, seq) > ($1::xid8, $2::bigint) ORDER BY xid, seq LIMIT 1`,
);

/** The history on PostgreSQL, in the order of the transactions. */
export function createPostgresHistory({ read }: Pick<Work, 'read'>): HistoryReads {
  const historyHead = async () => `${(await read(HEAD, [])).rows[0]?.[0]}:${LAST_SEQ}`;
  return {
    historyHead,
    placedAfter: async (position, limit) =>
      (await readBehind(read, position, limit)).map((row) => ({
        position: `${row[0]}:${row[1]}`,
        event: { seq: Number(row[1]), ...readRow(EVENTS.columns, row, 2) },
      })),
    surroundings: async (position) => {
      const parts = positionParts(position);
      const found = ((await read(BEFORE, parts)).rows as Row[])[0];
      const behind = ((await read(NEXT, parts)).rows as Row[])[0];
      return {
        head: await historyHead(),
        before: found === undefined ? null : { position: `${found[0]}:${found[1]}`, at: Number(found[2]) },
        next: behind === undefined ? null : `${behind[0]}:${behind[1]}`,
      };
    },
  };
}
