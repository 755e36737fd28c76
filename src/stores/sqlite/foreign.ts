import type BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../contract/error.ts';
import { loadDriver } from './driver.ts';

/** Rows of a table, by the names of its columns. */
export type ForeignRows = readonly Readonly<Record<string, unknown>>[];

// Of one table: more than anybody has set up by hand.
const MOST_ROWS = 100_000;

/**
 * Reads tables of a database that another program made, and changes nothing; a table that is not there has no rows.
 * Throws StoreError when it cannot be read.
 */
export function readForeignTables<Name extends string>(
  file: string,
  tables: readonly Name[],
): Readonly<Record<Name, ForeignRows>> {
  const Database = loadDriver();
  let db: BetterSqlite3.Database | undefined;
  try {
    const open = new Database(file, { readonly: true, fileMustExist: true });
    db = open;
    const there = new Set(open.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
    const rows = tables.map((table) => [
      table,
      there.has(table) ? open.prepare(`SELECT * FROM "${table}" LIMIT ${MOST_ROWS}`).all() : [],
    ]);
    return Object.fromEntries(rows) as Record<Name, ForeignRows>;
  } catch (error) {
    const { message } = error as Error;
    throw new StoreError(`cannot read ${file}: ${message}; a copy of it, with its -wal file, will do as well`);
  } finally {
    db?.close();
  }
}
