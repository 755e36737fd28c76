import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { StoreError } from './error.ts';

/** better-sqlite3, tried out. Throws StoreError with what to do when it cannot be used. */
export function loadDriver(): typeof BetterSqlite3 {
  try {
    const Database: typeof BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3');
    // Only a first database loads the compiled half, which may be missing or made for another Node.js.
    new Database(':memory:').close();
    return Database;
  } catch (error) {
    throw new StoreError(
      `a hub keeps its alerts with better-sqlite3, which is not usable here (${reasonOf(error)}): run ` +
        '`npm install better-sqlite3` beside monitor; where no prebuilt binary fits it needs python3, make and a C++ compiler',
    );
  }
}

// How long it waits for another process that writes.
const BUSY_TIMEOUT_MS = 5000;

/** Opens a store that is there, whatever its version. Throws StoreError, also for a file that is no database. */
export function openExisting(file: string, readonly = false): BetterSqlite3.Database {
  const Database = loadDriver();
  try {
    const db = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    // Nothing of the file is read before. When this throws it stays open: to close it would remove the log beside it.
    db.pragma('user_version');
    return db;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    throw new StoreError(`cannot open the store ${file}: ${message}`, { code });
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
