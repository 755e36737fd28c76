import { existsSync, statSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import type { Cell, Row } from '../tables/columns.ts';
import { ALERT_CONTENTS, ALERT_SIGHTINGS } from '../tables/tables.ts';
import { InUseError, type Session, type Sizes, type Upkeep, type WriteSession } from '../upkeep/contract.ts';
import { openExisting } from './driver.ts';

// To find out whether a hub has it open takes no waiting: a hub does not close it.
const ALONE_TIMEOUT_MS = 500;
// An import writes rows all over the indexes: the more of them fit into memory, the less is written twice.
const IMPORT_CACHE_KIB = 256 * 1024;

// What other engines keep in one table, by what it is kept in here; its own name is a view.
const PARTS: ReadonlyMap<string, readonly { readonly name: string; readonly columns: readonly string[] }[]> = new Map([
  [
    'alert_states',
    [
      { name: 'alert_sightings', columns: ['rid', ...ALERT_SIGHTINGS.map(({ name }) => name)] },
      { name: 'alert_contents', columns: ['rid', ...ALERT_CONTENTS.map(({ name }) => name)] },
    ],
  ],
]);

/** Opens an embedded store that is there, whatever its version, and changes nothing in it. Throws StoreError. */
export function openSqliteUpkeep(file: string): Upkeep {
  const db = openExisting(file);
  const alone = <T>(work: (db: BetterSqlite3.Database) => T): T => {
    // A connection of its own: how it locks is settled by its first access.
    const own = openAlone(file);
    try {
      return work(own);
    } finally {
      own.close();
    }
  };
  return {
    engine: 'sqlite',
    place: file,
    schema: async () => db.pragma('user_version', { simple: true }) as number,
    read: (work) => within(db, 'BEGIN', () => work(sessionOf(db))),
    write: async (work) => {
      // Otherwise this very process would be the one that has it open.
      db.close();
      const own = openAlone(file);
      try {
        own.pragma(`cache_size = -${IMPORT_CACHE_KIB}`);
        return await within(own, 'BEGIN IMMEDIATE', () => work(writeSessionOf(own)));
      } finally {
        own.close();
      }
    },
    sizes: async () => sizesOf(db, file),
    faults: async () => {
      const found = db.prepare('PRAGMA integrity_check').pluck().all() as string[];
      return found.length === 1 && found[0] === 'ok' ? [] : found;
    },
    vacuum: async () => {
      db.close();
      alone((own) => {
        own.exec('VACUUM');
        own.exec('ANALYZE');
        own.pragma('wal_checkpoint(TRUNCATE)');
      });
    },
    close: async () => void db.close(),
  };
}

/**
 * Opens a store that nobody else has open, and keeps others out until it is closed. Throws InUseError when somebody has,
 * StoreError when it cannot be opened.
 */
export function openAlone(file: string): BetterSqlite3.Database {
  const db = openExisting(file);
  try {
    db.pragma(`busy_timeout = ${ALONE_TIMEOUT_MS}`);
    // In this mode the log's index is kept in memory alone, which only works for the one who has the file to himself.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('synchronous = FULL');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new InUseError(`another process, a hub most likely, has ${file} open: stop it first`);
  }
}

/** One transaction around work that waits. */
async function within<T>(db: BetterSqlite3.Database, begin: string, work: () => Promise<T>): Promise<T> {
  db.exec(begin);
  try {
    const result = await work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function sessionOf(db: BetterSqlite3.Database): Session {
  return {
    rows: async (sql, values = []) =>
      db
        .prepare(sql)
        .raw()
        .all(...values) as Row[],
    pages: (sql, size) => pagesOf(db.prepare(sql).raw(), size),
    columns: async (table) => db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[],
  };
}

async function* pagesOf(statement: BetterSqlite3.Statement, size: number): AsyncGenerator<readonly Row[]> {
  let page: Row[] = [];
  for (const row of statement.iterate() as IterableIterator<Row>) {
    page.push(row);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function writeSessionOf(db: BetterSqlite3.Database): WriteSession {
  const inserts = new Map<string, BetterSqlite3.Statement<Cell[]>>();
  const insertInto = (table: string, columns: readonly string[]) => {
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT DO NOTHING`;
    const statement = inserts.get(sql) ?? db.prepare<Cell[]>(sql);
    inserts.set(sql, statement);
    return statement;
  };
  return {
    ...sessionOf(db),
    insert: async (table, columns, rows) => {
      const parts = (PARTS.get(table) ?? [{ name: table, columns }]).map((part) => {
        const taken = columns.flatMap((column, index) => (part.columns.includes(column) ? [index] : []));
        return {
          taken,
          statement: insertInto(
            part.name,
            taken.map((index) => columns[index] as string),
          ),
        };
      });
      const insert = (row: Row) =>
        parts.map(({ taken, statement }) => statement.run(...taken.map((index) => row[index] as Cell)).changes);
      return rows.reduce((added, row) => added + Math.max(...insert(row)), 0);
    },
    // The engine sees to that itself.
    numberAfter: async () => {},
  };
}

function sizesOf(db: BetterSqlite3.Database, file: string): Sizes {
  const pragma = (name: string) => db.pragma(name, { simple: true }) as number;
  const tables = db
    .prepare(
      `SELECT CASE WHEN name GLOB 'alert_words_*' THEN 'alert_words' ELSE coalesce(tbl_name, name) END, sum(pgsize)
       FROM dbstat LEFT JOIN sqlite_schema USING (name)
       WHERE aggregate = TRUE GROUP BY 1`,
    )
    .raw()
    .all() as [string, number][];
  const sizes = new Map(tables);
  for (const [name, parts] of PARTS) {
    const bytes = parts
      .map((part) => sizes.get(part.name) ?? 0)
      .reduce((sum, size) => sum + size, sizes.get(name) ?? 0);
    for (const part of parts) sizes.delete(part.name);
    if (bytes > 0) sizes.set(name, bytes);
  }
  const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);
  return {
    total: sizeOf(file) + sizeOf(`${file}-wal`),
    free: pragma('freelist_count') * pragma('page_size'),
    tables: sizes,
  };
}
