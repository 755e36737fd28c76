import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

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
