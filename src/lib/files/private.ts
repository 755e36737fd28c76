import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NotPrivate, octal, syncFolder } from './folder.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
// Where links cannot be told from files by opening them, as on Windows, nothing is asked.
const NO_LINK = O_NOFOLLOW ?? 0;

/** The mode of every file that this program makes. */
const PRIVATE = 0o600;
const OTHERS = 0o077;

/**
 * Opens a file that is not there yet, for reading and writing, with mode 0600 whatever the umask. Throws EEXIST for
 * whatever stands under its name, be it a link that points nowhere.
 */
export async function openNew(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDWR | O_CREAT | O_EXCL | NO_LINK, PRIVATE);
  try {
    await file.chmod(PRIVATE);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** `openNew` at once. */
export function openNewSync(path: string): number {
  const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | NO_LINK, PRIVATE);
  fchmodSync(descriptor, PRIVATE);
  return descriptor;
}

/** Makes a file with this content and syncs it, but not its name. Throws EEXIST where there is one. */
export async function writeNew(path: string, content: string): Promise<void> {
  const file = await openNew(path);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a file with this content, so that it is on disk when this resolves. Throws EEXIST where there is one. */
export async function createPrivate(path: string, content: string): Promise<void> {
  await writeNew(path, content);
  await syncFolder(dirname(path));
}

/** Opens what stands under a name, but no link and without waiting at a pipe. Null where there is nothing. */
function openPlain(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | NO_LINK | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'ELOOP' || code === 'EMLINK') throw new NotPrivate(`${path} is a link: remove it`);
    throw error;
  }
}

/**
 * Takes from others what they may do with a file, where it is there: its mode becomes 0600. Throws NotPrivate for a
 * link, for what is no file, and where the mode cannot be changed by this user; else the system's error.
 */
export function closeToOthers(path: string): void {
  const descriptor = openPlain(path);
  if (descriptor === null) return;
  try {
    mend(path, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a small file of that kind, closed to others as `closeToOthers` does; null where there is none. */
export function readPrivate(path: string): string | null {
  const descriptor = openPlain(path);
  if (descriptor === null) return null;
  try {
    mend(path, descriptor);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function mend(path: string, descriptor: number): void {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) throw new NotPrivate(`${path} is not a file: remove it`);
  const user = process.geteuid?.();
  if (user === undefined) return;
  if (user !== 0 && stats.uid !== user && stats.uid !== 0) {
    throw new NotPrivate(`${path} belongs to another user (uid ${stats.uid}): run chown ${user} ${path}`);
  }
  if ((stats.mode & OTHERS) === 0) return;
  try {
    fchmodSync(descriptor, stats.mode & PRIVATE);
  } catch {
    throw new NotPrivate(`other users may use ${path} (mode ${octal(stats.mode)}): run chmod go= ${path}`);
  }
}
