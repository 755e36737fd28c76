import { rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './folder.ts';
import { writeNew } from './private.ts';

/**
 * Puts `content` in place of the file at `path` (mode 0600): afterwards, and after a crash or a power cut at any
 * moment, there is either the whole old file or the whole new one. One writer at a time.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  // What a run that was killed has left behind.
  await unlink(temporary).catch(() => {});
  try {
    await writeNew(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Renames a file beside itself, so that the new name is on disk when this resolves. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}
