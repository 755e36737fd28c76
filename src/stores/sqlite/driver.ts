import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../contract/error.ts';

/**
 * The better-sqlite3 for this Node.js, by its name here. Version 13 stands on Node-API 10, which Node.js 20 has not:
 * there it ends the process. Version 12 stands on node::ObjectWrap, which from Node.js 24.19 on ends the process when a
 * statement is collected while no JavaScript runs (WiseLibs/better-sqlite3#1515, closed without a fix).
 */
export function driverPackage(nodeApi: number): { readonly name: string; readonly install: string } {
  return nodeApi >= 10
    ? { name: 'better-sqlite3-13', install: 'better-sqlite3-13@npm:better-sqlite3@13' }
    : { name: 'better-sqlite3', install: 'better-sqlite3@12' };
}

/** better-sqlite3, tried out. Throws StoreError with what to do when it cannot be used. */
export function loadDriver(): typeof BetterSqlite3 {
  const { name, install } = driverPackage(Number(process.versions.napi));
  try {
    const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(name);
    // Only a first database loads the compiled half, which may be missing or made for another Node.js.
    new Database(':memory:').close();
    return Database;
  } catch (error) {
    throw new StoreError(
      `a hub keeps its alerts with better-sqlite3, which is not usable here (${reasonOf(error)}): run ` +
        `\`npm install ${install}\` beside monitor; where no prebuilt binary fits it needs python3, make and a C++ compiler`,
    );
  }
}

/** How long a connection waits for another process that writes. */
export const BUSY_TIMEOUT_MS = 5000;

/** Opens a store that is there, whatever its version. Throws StoreError, also for a file that is no database. */
export function openExisting(file: string, readonly = false): BetterSqlite3.Database {
  const Database = loadDriver();
  let db: BetterSqlite3.Database | undefined;
  try {
    refuseForeign(file);
    db = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    // Nothing of the file is read before.
    db.pragma('user_version');
    return db;
  } catch (error) {
    db?.close();
    const { code, message } = error as Error & { code?: string };
    throw new StoreError(`cannot open the store ${file}: ${message}`, { code });
  }
}

// The first bytes of every database (sqlite.org, "Database File Format", 1.3.1).
const MAGIC = Buffer.from('SQLite format 3\0');

/**
 * Keeps SQLite away from a file that is no database, such as one whose beginning is overwritten: it would open that with
 * the log beside it, could do nothing with either, and remove the log when it is closed or collected. An empty file is
 * an empty database. Throws StoreError.
 */
export function refuseForeign(file: string): void {
  const start = Buffer.alloc(MAGIC.length);
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, start, 0, MAGIC.length, 0);
    if (length > 0 && !start.equals(MAGIC)) throw new StoreError('file is not a database', { code: 'SQLITE_NOTADB' });
  } finally {
    closeSync(descriptor);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
