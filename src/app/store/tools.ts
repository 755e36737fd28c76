import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../config/error.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { beginFile, type NewFile } from '../../lib/files/new-file.ts';
import type { Copied } from '../../stores/sqlite/backup.ts';
import type { Restored } from '../../stores/sqlite/restore.ts';
import type { Upkeep } from '../../stores/upkeep/contract.ts';
import { openStore, postgresOptions, requireFile, type StoreSettings, storeFile } from './open.ts';

/** The settings that say where the store is, and which program this is. */
export type ToolSettings = StoreSettings & Pick<Settings, 'version'>;

/** Opens the store of these settings for as long as `work` takes. Throws an Error where there is none: it is never made here. */
export async function withUpkeep<T>(
  settings: StoreSettings,
  clock: Clock,
  work: (upkeep: Upkeep) => Promise<T>,
): Promise<T> {
  const upkeep = await openUpkeep(settings, clock);
  try {
    if ((await upkeep.schema()) === 0) throw new Error(`there is no store in ${upkeep.place}: start the hub once`);
    return await work(upkeep);
  } finally {
    await upkeep.close();
  }
}

async function openUpkeep(settings: StoreSettings, clock: Clock): Promise<Upkeep> {
  const options = postgresOptions(settings);
  if (options !== undefined) {
    const { openPostgresUpkeep } = await import('../../stores/postgres/upkeep.ts');
    return openPostgresUpkeep(options, clock);
  }
  const file = requireFile(settings);
  const { openSqliteUpkeep } = await import('../../stores/sqlite/upkeep.ts');
  return openSqliteUpkeep(file);
}

/**
 * Opens the store for an import, and makes it where there is none. `discard` takes one that was made away again, when
 * nothing came of it.
 */
export function importTarget(settings: StoreSettings, clock: Clock) {
  let made: string | null = null;
  const make = async () => {
    const store = await openStore(settings, clock);
    await store.close();
  };
  return {
    open: async (): Promise<Upkeep> => {
      const file = storeFile(settings);
      if (settings.databaseUrl === undefined && !existsSync(file)) {
        await make();
        made = file;
      }
      const upkeep = await openUpkeep(settings, clock);
      if ((await upkeep.schema()) !== 0) return upkeep;
      await upkeep.close();
      await make();
      return openUpkeep(settings, clock);
    },
    discard: async () => {
      for (const end of made === null ? [] : ['', '-wal', '-shm']) await rm(`${made}${end}`, { force: true });
    },
  };
}

/** How a file is written. */
export interface FileOptions {
  /** Whether one that is there may be replaced. */
  readonly overwrite: boolean;
  /** Calls it off: nothing is left behind. */
  readonly signal: AbortSignal;
}

/** Copies the embedded store into a new file while a hub uses it. Throws ConfigError on PostgreSQL, Error where there is a file already. */
export async function backupStore(settings: StoreSettings, file: string, how: FileOptions): Promise<Copied> {
  refusePostgres(settings, 'use pg_dump --format=custom, even while hubs are running');
  const store = requireFile(settings);
  const isStore = existsSync(file) && (await realpath(file)) === (await realpath(store));
  if (isStore) throw new Error(`${file} is the store itself: give the backup another name`);
  const { copySqlite } = await import('../../stores/sqlite/backup.ts');
  const backup = await beginNamed(file, how.overwrite);
  try {
    const copied = await copySqlite(store, backup.temporary, { readonly: false, signal: how.signal });
    await backup.keep();
    return copied;
  } catch (error) {
    await backup.discard();
    throw error;
  }
}

const FOLDER_FAULTS: Readonly<Record<string, (folder: string) => string>> = {
  ENOENT: (folder) => `there is no folder ${folder}: make it, or choose another place`,
  ENOTDIR: (folder) => `${folder} is no folder: choose another place`,
  EACCES: (folder) => `this user may not write in ${folder}: choose another place, or run this as another user`,
  EPERM: (folder) => `this user may not write in ${folder}: choose another place, or run this as another user`,
  EROFS: (folder) => `${folder} is on a file system that takes no writes: choose another place`,
  ENOSPC: (folder) => `the disk of ${folder} is full`,
};

/** `beginFile` for a name that a person has given. */
export function beginNamed(file: string, overwrite: boolean): Promise<NewFile> {
  return beginFile(file, overwrite).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new Error(`${file} exists already: choose another name, or replace it with --force`);
    // The name that the system tells is that of a file beside it, of which nobody knows.
    const fix = FOLDER_FAULTS[error.code ?? ''];
    throw fix === undefined ? error : new Error(`cannot write ${file}: ${fix(dirname(file))}`);
  });
}

/** Puts a backup in place of the embedded store. Throws ConfigError on PostgreSQL, InUseError while a hub has it open. */
export async function restoreStore(settings: StoreSettings, clock: Clock, file: string): Promise<Restored> {
  refusePostgres(settings, 'use pg_restore with a backup of pg_dump');
  const { restoreSqlite } = await import('../../stores/sqlite/restore.ts');
  return restoreSqlite(file, storeFile(settings), clock.now());
}

function refusePostgres({ databaseUrl }: StoreSettings, instead: string): void {
  if (databaseUrl !== undefined) throw new ConfigError([`DATABASE_URL: the store is in PostgreSQL; ${instead}`]);
}
