import { chmodSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

const PRIVATE = 0o700;
const OTHERS_WRITE = 0o022;

/** A folder or a file that other users may change, with what to do about it. */
export class NotPrivate extends Error {}

/**
 * Makes a folder with mode 0700, and its parents, whatever the umask. One that exists keeps the mode that its owner gave
 * it, and is refused where others may write in it: they could lay links and files of their own under any name. Throws
 * NotPrivate, and the system's error where it cannot be made; Node's own recursive mkdir goes round for ever below /proc.
 */
export function makePrivateFolder(path: string): void {
  if (!makeFolder(path)) refuseShared(path);
}

/** Throws NotPrivate for a folder in which other users may write; one that cannot be seen is for whoever uses it to tell. */
export function refuseShared(path: string): void {
  const stats = look(path);
  if (stats === null) return;
  const { mode, uid } = stats;
  const user = process.geteuid?.();
  if (user === undefined) return;
  if ((mode & OTHERS_WRITE) !== 0) {
    throw new NotPrivate(
      `other users may write in ${path} (mode ${octal(mode)}): run chmod go-w ${path}, or choose a folder inside it, ` +
        'which is made for this user alone',
    );
  }
  if (user !== 0 && uid !== user && uid !== 0) {
    throw new NotPrivate(`${path} belongs to another user (uid ${uid}): run chown ${user} ${path}, or choose another`);
  }
}

function look(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Makes a folder and what is missing above it; false when it was there. */
function makeFolder(path: string): boolean {
  let problem = make(path);
  if (problem?.code === 'ENOENT' && dirname(path) !== path) {
    makeFolder(dirname(path));
    problem = make(path);
  }
  // Another process may have made it meanwhile; it does what is said here, too.
  if (problem?.code === 'EEXIST') return false;
  if (problem !== null) throw problem;
  chmodSync(path, PRIVATE);
  return true;
}

function make(path: string): NodeJS.ErrnoException | null {
  try {
    mkdirSync(path, { mode: PRIVATE });
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/** The permission bits of a mode, as chmod takes them. */
export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

/** A new name in a folder is on disk only when the folder is. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing and refuses to open a folder.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
