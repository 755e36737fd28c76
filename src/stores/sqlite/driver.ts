import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { StoreError, UnfitStoreError } from '../contract/error.ts';
import { closeStore, refuseNoDatabase, refuseOther } from './file.ts';

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

/**
 * Opens a store that is there, whatever its version. Throws UnfitStoreError for what is none or not a whole one, else
 * StoreError. One that is only read may lie where this user can change nothing, and lack its log.
 */
export function openExisting(file: string, readonly = false): BetterSqlite3.Database {
  const Database = loadDriver();
  let db: BetterSqlite3.Database | undefined;
  try {
    refuseNoDatabase(file);
    if (!readonly) closeStore(file);
    const hadLog = readonly || existsSync(`${file}-wal`);
    db = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    refuseOther(db, hadLog);
    return db;
  } catch (error) {
    db?.close();
    throw cannotOpen(file, error);
  }
}

/** The error of a store that cannot be opened, with what helps. */
export function cannotOpen(file: string, error: unknown): StoreError {
  const { code, message } = error as Error & { code?: string };
  const text = `cannot open the store ${file}: ${message}`;
  if (error instanceof UnfitStoreError) return new UnfitStoreError(text);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code ?? '')) {
    return new UnfitStoreError(
      `${text}: it is damaged; put a backup in its place with \`monitor store restore <backup>\``,
      { code },
    );
  }
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(code ?? ''))
    return new StoreError(`${text}; free space there, or set MONITOR_STATE_DIR to a directory on another disk`, {
      code,
    });
  if (/^SQLITE_IOERR/.test(code ?? ''))
    return new StoreError(`${text}: its disk fails or has no room left; see the system log, and free space there`, {
      code,
    });
  const isFolder = /^(E(NOENT|ACCES|PERM|ROFS|NOTDIR|EXIST|ISDIR)$|SQLITE_(CANTOPEN|READONLY))/.test(code ?? '');
  return new StoreError(isFolder ? `${text}; set MONITOR_STATE_DIR to a directory that can be written` : text, {
    code,
  });
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
