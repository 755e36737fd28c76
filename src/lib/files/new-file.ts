import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { moveFile } from './durable.ts';
import { openNew } from './private.ts';

/** A file that is being made: nobody sees it under its name before it is whole and on disk. */
export interface NewFile {
  /** Where it is made, in the same folder. */
  readonly temporary: string;
  /** Syncs it and gives it its name. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Begins an empty file (mode 0600) that will stand at `path`. Throws the system's error, EEXIST where there is one
 * already and `overwrite` is not set.
 */
export async function beginFile(path: string, overwrite: boolean): Promise<NewFile> {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  if (!overwrite) await refuse(path);
  // What a run that was killed has left behind; its content may belong to nobody any more.
  await rm(temporary, { force: true });
  await (await openNew(temporary)).close();
  const discard = () => rm(temporary, { force: true });
  return {
    temporary,
    discard,
    keep: async () => {
      const file = await open(temporary, constants.O_RDWR | constants.O_NOFOLLOW);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      if (!overwrite) await refuse(path);
      await moveFile(temporary, path);
    },
  };
}

async function refuse(path: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    // One that cannot be read is there all the same.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await file.close();
  throw Object.assign(new Error(`${path} exists already`), { code: 'EEXIST' });
}
