import { existsSync } from 'node:fs';
import { chown, constants, copyFile, link, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { moveFile } from '../../lib/files/durable.ts';
import { makePrivateFolder } from '../../lib/files/folder.ts';
import { beginFile } from '../../lib/files/new-file.ts';
import { UnfitStoreError } from '../contract/error.ts';
import { type Copied, copySqlite, refuseNoBackup } from './backup.ts';
import { openAlone } from './upkeep.ts';

/** What a restore came to. */
export interface Restored extends Copied {
  /** Where the store that was there before lies now; null when there was none. */
  readonly kept: string | null;
}

/**
 * Puts a copy of `backup` in place of the store `file`, which is kept beside it under the name of `now` (UTC
 * milliseconds). At every moment there is a whole store under that name, the old one or the new one. Throws InUseError
 * while a hub has it open, StoreError when the backup is none; then nothing has changed.
 */
export async function restoreSqlite(backup: string, file: string, now: number): Promise<Restored> {
  makePrivateFolder(dirname(file));
  // Before the copy, which may take long: whoever has the store open is told at once, and nothing in it is changed yet.
  refuseNoBackup(backup);
  if (existsSync(file)) unlessInUse(() => openAlone(file))?.close();
  const fresh = await beginFile(file, true);
  try {
    const copied = await copySqlite(backup, fresh.temporary, { readonly: true });
    const kept = existsSync(file) ? `${file}.before-${stamp(now)}` : null;
    if (kept === null) await putAside(file, `${file}.stray-${stamp(now)}`);
    const present = kept === null ? null : takeOut(file);
    try {
      if (kept !== null && present === null) await putAside(file, kept);
      // A second name first: were it moved away, a hub that starts now would find none and begin an empty one.
      if (kept !== null) await secondName(file, kept);
      await giveToOwner(fresh.temporary);
      await fresh.keep();
    } finally {
      present?.close();
    }
    return { ...copied, kept };
  } catch (error) {
    await fresh.discard();
    throw error;
  }
}

/**
 * Makes one plain file of a store and keeps everybody out of it until it is closed. Null for one that is damaged so
 * badly that it cannot be opened. Throws InUseError.
 */
function takeOut(file: string): BetterSqlite3.Database | null {
  return unlessInUse(() => {
    const db = openAlone(file);
    try {
      db.pragma('journal_mode = DELETE');
      db.exec('BEGIN EXCLUSIVE');
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** The store as `open` has it, null for one that is too damaged for that. Throws InUseError. */
function unlessInUse(open: () => BetterSqlite3.Database): BetterSqlite3.Database | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof UnfitStoreError || /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(codeOf(error))) return null;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? '';
}

async function secondName(file: string, name: string): Promise<void> {
  try {
    await link(file, name);
  } catch (error) {
    // Not every file system has second names.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await copyFile(file, name, constants.COPYFILE_EXCL);
  }
}

/** Restored by root, it belongs to whom the folder belongs to: the user of the hub. */
async function giveToOwner(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await chown(path, uid, gid);
}

/** A log without its database, or of a damaged one, would be taken for that of the store that comes in its place. */
async function putAside(file: string, name: string): Promise<void> {
  if (existsSync(`${file}-wal`)) await moveFile(`${file}-wal`, `${name}-wal`);
  if (existsSync(`${file}-journal`)) await rename(`${file}-journal`, `${name}-journal`);
  await rm(`${file}-shm`, { force: true });
}

/** A time as part of a name: 20260329T120000Z. */
function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}
