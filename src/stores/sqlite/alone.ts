import { closeSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { closeToOthers, openNewSync } from '../../lib/files/private.ts';
import { StoreError } from '../contract/error.ts';

// A hub that is being stopped may need a moment to let go.
const WAIT_MS = 3000;

/**
 * Keeps other hubs off a store until the returned function is called or this process ends, however it ends: the lock is
 * the system's own, on a database beside the store that holds nothing but the number of the process. Throws StoreError
 * when another hub has it.
 */
export function keepHubsOff(Database: typeof BetterSqlite3, file: string): () => void {
  const path = `${file}.lock`;
  try {
    closeSync(openNewSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    closeToOthers(path);
  }
  const db = new Database(path, { timeout: WAIT_MS });
  try {
    // Nothing in it is worth a sync.
    db.pragma('synchronous = OFF');
    db.exec('BEGIN IMMEDIATE');
    db.pragma(`user_version = ${process.pid}`);
    db.exec('COMMIT; BEGIN IMMEDIATE');
    return () => db.close();
  } catch (error) {
    const isTaken = (error as { code?: string }).code === 'SQLITE_BUSY';
    const holder = isTaken ? holderOf(db) : '';
    db.close();
    if (!isTaken) throw error;
    throw new StoreError(
      `another hub${holder} has it open: stop that one first, or give this one a MONITOR_STATE_DIR of its own`,
    );
  }
}

function holderOf(db: BetterSqlite3.Database): string {
  try {
    const pid = db.pragma('user_version', { simple: true }) as number;
    return pid > 0 ? ` (process ${pid})` : '';
  } catch {
    // It is just writing its number.
    return '';
  }
}
