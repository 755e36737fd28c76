import type BetterSqlite3 from 'better-sqlite3';
import { SchemaError, StoreError } from '../contract/error.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { loadDriver, openExisting } from './driver.ts';
import { unmarkLog } from './file.ts';

// Pages of one step; between steps this process can be interrupted.
const STEP_PAGES = 4096;

/** What a copy holds. */
export interface Copied {
  readonly schema: number;
  readonly alerts: number;
  readonly events: number;
}

/**
 * Copies a store as it is at one moment, while others may write to it, into an empty file that is there, and checks the
 * copy. The copy is one plain file, not synced. With `readonly` the source may lie where nothing can be written. Throws
 * StoreError when the source is none, is damaged, or is newer; what `signal` says when it is called off.
 */
export async function copySqlite(
  from: string,
  to: string,
  how: { readonly: boolean; signal?: AbortSignal },
): Promise<Copied> {
  const source = openExisting(from, how.readonly);
  try {
    // A snapshot held from here on: without it, every write of another process would begin the copy anew.
    source.exec('BEGIN');
    schemaOf(source, from);
    await source.backup(to, { progress: () => pagesUnless(how.signal) });
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError(`cannot copy ${from}: ${(error as Error).message}`);
  } finally {
    source.close();
  }
  return check(from, to);
}

/** Throws StoreError where a backup is seen at once to be none of a store, or a newer one; whether it is whole, a copy tells. */
export function refuseNoBackup(file: string): void {
  const db = openExisting(file, true);
  try {
    schemaOf(db, file);
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError(`cannot copy ${file}: ${(error as Error).message}`);
  } finally {
    db.close();
  }
}

function pagesUnless(signal: AbortSignal | undefined): number {
  signal?.throwIfAborted();
  return STEP_PAGES;
}

function schemaOf(db: BetterSqlite3.Database, file: string): number {
  const isStore = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'alert_states'`).get() !== undefined;
  const schema = db.pragma('user_version', { simple: true }) as number;
  if (!isStore || schema < 1) throw new StoreError(`${file} is not a store of monitor`);
  if (schema > MIGRATIONS.length) throw new SchemaError(schema, MIGRATIONS.length);
  return schema;
}

function check(from: string, file: string): Copied {
  const db = new (loadDriver())(file);
  try {
    // Not in the mode of a store that is in use: then nothing stands beside the file, also when it is only read.
    db.pragma('journal_mode = DELETE');
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new StoreError(`${from} is damaged (${String(found)}): it was not copied`);
    unmarkLog(db);
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
    return { schema: schemaOf(db, from), alerts: count('alerts'), events: count('events') };
  } finally {
    db.close();
  }
}
