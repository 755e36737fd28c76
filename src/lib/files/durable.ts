import { chmodSync, mkdirSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const PRIVATE = 0o700;

/**
 * Makes a folder with mode 0700, and its parents, whatever the umask. One that exists keeps the mode that its owner gave
 * it. Throws the system's error where it cannot be made; Node's own recursive mkdir goes round for ever below /proc.
 */
export function makePrivateFolder(path: string): void {
  let problem = make(path);
  if (problem?.code === 'ENOENT' && dirname(path) !== path) {
    makePrivateFolder(dirname(path));
    problem = make(path);
  }
  // Another process may have made it meanwhile; it does what is said here, too.
  if (problem?.code === 'EEXIST') return;
  if (problem !== null) throw problem;
  chmodSync(path, PRIVATE);
}

function make(path: string): NodeJS.ErrnoException | null {
  try {
    mkdirSync(path, { mode: PRIVATE });
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/**
 * Puts `content` in place of the file at `path` (mode 0600): afterwards, and after a crash or a power cut at any
 * moment, there is either the whole old file or the whole new one. One writer at a time.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  try {
    const file = await open(temporary, 'w', 0o600);
    await finish(file, async () => {
      await file.writeFile(content);
      await file.sync();
    });
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

/** A rename is on disk only when the folder that holds the name is. */
async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing and refuses to open a folder.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await finish(folder, () => folder.sync());
}

async function finish(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}
