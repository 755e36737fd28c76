import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { createReads, type Reads } from '../tables/reads.ts';
import type { Tables } from '../tables/tables.ts';
import { BUSY_TIMEOUT_MS, loadDriver } from './driver.ts';

// Pages kept in memory by the connection, in KiB (SQLite's negative unit).
const CACHE_KIB = 16 * 1024;

/** A connection that only reads; WAL lets it work while another writes. */
export interface SqliteReads {
  readonly reads: Reads;
  close(): void;
}

/** Opens one on a store that is there and up to date. */
export function openSqliteReads(file: string, Database: typeof BetterSqlite3 = loadDriver()): SqliteReads {
  const database = new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  database.pragma(`cache_size = -${CACHE_KIB}`);
  const reads = createReads(new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }));
  return { reads, close: () => void database.close() };
}
