import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { makePrivateFolder } from '../../lib/files/folder.ts';
import { closeToOthers, openNewSync } from '../../lib/files/private.ts';
import { UnfitStoreError } from '../contract/error.ts';
import { migrateSqlite } from './migrate.ts';

/** What SQLite keeps beside a database while it is open. */
const BESIDE = ['-wal', '-shm', '-journal'];
// The first bytes of every database (sqlite.org, "Database File Format", 1.3.1).
const MAGIC = Buffer.from('SQLite format 3\0');

// Tables that every version of the schema has had together, and no other program has.
const OURS = ['alerts', 'incidents', 'events', 'instance_keys'];

const RESTORE = 'put a backup in its place with `monitor store restore <backup>`';

/**
 * Sees to it that the file of a store is there and can be opened: one that is missing is made whole, with its schema,
 * before it gets its name, so that what has no schema is never ours to begin. Its mode, and those of the files beside
 * it, become 0600. Throws UnfitStoreError for what is no store, NotPrivate, and the system's error.
 */
export function prepareFile(Database: typeof BetterSqlite3, file: string): void {
  makePrivateFolder(dirname(file));
  if (!isThere(file)) {
    refuseStrayLog(file);
    makeFile(Database, file);
  }
  refuseNoDatabase(file);
  closeStore(file);
}

/** Takes from others what they may do with the files of a store. The database may be a link of the operator's. */
export function closeStore(file: string): void {
  const target = realpathSync(file);
  for (const end of ['', ...BESIDE]) closeToOthers(`${target}${end}`);
}

/**
 * Keeps SQLite away from a file that is no database, such as one whose beginning is overwritten: it would open that with
 * the log beside it, could do nothing with either, and remove the log when it is closed or collected. An empty file,
 * which SQLite would begin anew, is what a copy that failed has left. Throws UnfitStoreError.
 */
export function refuseNoDatabase(file: string): void {
  const start = Buffer.alloc(MAGIC.length);
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, start, 0, MAGIC.length, 0);
    if (length === 0) throw new UnfitStoreError(`the file is empty, and no store ever is: ${RESTORE}, or remove it`);
    if (!start.equals(MAGIC)) throw new UnfitStoreError(`the file is not a database: ${RESTORE}`);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Refuses a database that is another program's, and one that has lost its log: both would be begun anew, and what was
 * in it forgotten. `hadLog` tells whether there was a log before it was opened. Throws UnfitStoreError.
 */
export function refuseOther(db: BetterSqlite3.Database, hadLog: boolean): void {
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  if (!OURS.every((name) => names.includes(name))) {
    throw new UnfitStoreError(
      names.length > 0
        ? `it is the database of another program (it has the table ${names[0]}): move it away, or set MONITOR_STATE_DIR to another folder`
        : `it holds nothing: the log that belongs to it, with -wal behind its name, is missing; put that back, or ${RESTORE}`,
    );
  }
  if (hadLog || !names.includes('hub_state')) return;
  const begun = db.prepare("SELECT value FROM hub_state WHERE name = 'log_begun'").pluck().get();
  if (begun !== 1) return;
  throw new UnfitStoreError(
    'the log that belongs to it, with -wal behind its name, is missing, and what was committed last is in there: put it ' +
      `back, or ${RESTORE}; this very file, moved to another name, counts as one`,
  );
}

/**
 * Leaves a mark that says whether a database was separated from its log: in the database file alone the mark is set, in
 * the log it is taken back. Whoever reads it set has read no log.
 */
export function markLog(db: BetterSqlite3.Database): void {
  const mark = db.prepare(
    "INSERT INTO hub_state (name, value) VALUES ('log_begun', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  mark.run(1);
  db.pragma('wal_checkpoint(PASSIVE)');
  mark.run(0);
}

/** Takes the mark back for good, in a copy that is whole by itself. */
export function unmarkLog(db: BetterSqlite3.Database): void {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'hub_state'").get() === undefined) return;
  db.exec("UPDATE hub_state SET value = 0 WHERE name = 'log_begun' AND value <> 0");
}

function isThere(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isSymbolicLink()) return stats !== undefined;
  try {
    realpathSync(path);
    return true;
  } catch {
    throw new UnfitStoreError('it is a link that leads nowhere: remove it, or make what it leads to available');
  }
}

function refuseStrayLog(file: string): void {
  const log = lstatSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size === 0) return;
  throw new UnfitStoreError(
    `it is missing, and its log ${basename(file)}-wal is there: put it back, or ${RESTORE}; to begin anew, move the log away`,
  );
}

function makeFile(Database: typeof BetterSqlite3, file: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.new`);
  closeSync(openNewSync(temporary));
  try {
    const db = new Database(temporary);
    try {
      migrateSqlite(db);
    } finally {
      db.close();
    }
    sync(temporary);
    give(temporary, file);
    sync(dirname(file));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Another process that began at the same time may have made it: then that one counts. */
function give(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // Not every file system has second names.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    renameSync(temporary, file);
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
