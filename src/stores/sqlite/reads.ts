import type BetterSqlite3 from 'better-sqlite3';
import { createRecent } from '../../lib/recent.ts';
import type { Row } from '../tables/columns.ts';
import type { Dialect } from '../tables/conditions.ts';
import { createReads, type Reads } from '../tables/reads.ts';
import { sql, textOf } from '../tables/sql.ts';
import { BUSY_TIMEOUT_MS, loadDriver } from './driver.ts';

// Pages kept in memory by the connection, in KiB (SQLite's negative unit): the kernel keeps them, too.
const CACHE_KIB = 4 * 1024;
// Filters of a list can be combined in some hundred ways, of which few are in use.
const STATEMENTS = 100;

// Of the index of samples; in the statements it stands as in the index.
const SPAN_MS = 300_000;

/** How this engine says what the two say differently. */
export const DIALECT: Dialect = {
  position: (text, value) => sql`instr(${text}, ${value})`,
  withWords: (words) =>
    sql`SELECT rowid FROM alert_words WHERE alert_words MATCH ${words.map((word) => `"${word}"*`).join(' AND ')}`,
  samplePosition: (position) => ({
    text: sql`CAST(s.seq AS TEXT)`,
    behind: sql`s.seq > ${Number(position)}`,
    order: sql`s.seq`,
  }),
  samplesOf: {
    longestMs: 86_400_000,
    bounds: sql`SELECT (SELECT min(at / 300000) FROM samples) * 300000, (SELECT max(at / 300000) FROM samples) * 300000 + 300000`,
    // The index has spans of five minutes: each is looked up by itself, in the index only where the number has no type (`+`).
    within: (instanceId, from, to) => ({
      before: sql`WITH RECURSIVE spans (span) AS (SELECT CAST(${Math.floor(from / SPAN_MS)} AS INTEGER)
        UNION ALL SELECT span + 1 FROM spans WHERE span < ${Math.floor((to - 1) / SPAN_MS)})`,
      from: sql`spans CROSS JOIN samples AS s ON s.at / 300000 = +spans.span AND s.instance = ${instanceId}`,
      where: sql`s.at >= ${from} AND s.at < ${to}`,
    }),
  },
};

/** A connection that only reads; WAL lets it work while another writes. */
export interface SqliteReads {
  readonly reads: Reads;
  readonly connection: BetterSqlite3.Database;
  close(): void;
}

/** Opens one on a store that is there and up to date; it keeps so much in memory, and waits so long for a lock. */
export function openSqliteReads(
  file: string,
  Database: typeof BetterSqlite3 = loadDriver(),
  {
    cacheKib = CACHE_KIB,
    timeoutMs = BUSY_TIMEOUT_MS,
  }: { readonly cacheKib?: number; readonly timeoutMs?: number } = {},
): SqliteReads {
  const database = new Database(file, { readonly: true, timeout: timeoutMs });
  database.pragma(`cache_size = -${cacheKib}`);
  const prepared = createRecent<BetterSqlite3.Statement>(STATEMENTS);
  const prepare = (text: string) => {
    const statement = prepared.get(text) ?? database.prepare(text).raw();
    prepared.set(text, statement);
    return statement;
  };
  const reads = createReads(async (query) => prepare(textOf(query, () => '?')).all(query.values) as Row[], DIALECT);
  return { reads, connection: database, close: () => void database.close() };
}
