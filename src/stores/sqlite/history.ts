import type BetterSqlite3 from 'better-sqlite3';
import type { HistoryReads } from '../contract/history.ts';
import { listOf, type Row, readRow } from '../tables/columns.ts';
import { EVENTS } from '../tables/tables.ts';

/** The history of the embedded store, on a connection that only reads: with one that writes, `seq` is the order of the commits. */
export function createSqliteHistory(reader: BetterSqlite3.Database): HistoryReads {
  const after = reader
    .prepare(`SELECT seq, ${listOf(EVENTS.columns)} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
    .raw();
  const head = reader.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck();
  const before = reader.prepare('SELECT seq, at FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT 1').raw();
  const next = reader.prepare('SELECT min(seq) FROM events WHERE seq > ?').pluck();
  const historyHead = async () => String(head.get());
  return {
    historyHead,
    placedAfter: async (position, limit) =>
      (after.all(BigInt(position), limit) as Row[]).map((row) => {
        const seq = Number(row[0]);
        return { position: String(seq), event: { seq, ...readRow(EVENTS.columns, row, 1) } };
      }),
    surroundings: async (position) => {
      const found = before.get(BigInt(position)) as [number, number] | undefined;
      const behind = next.get(BigInt(position)) as number | null;
      return {
        head: await historyHead(),
        before: found === undefined ? null : { position: String(found[0]), at: found[1] },
        next: behind === null ? null : String(behind),
      };
    },
  };
}
