import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE = 0o700;

/**
 * Makes a folder with mode 0700, and its parents, whatever the umask. One that exists keeps the mode that its owner gave
 * it. Throws the system's error where it cannot be made; Node's own recursive mkdir goes round for ever below /proc.
 */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: PRIVATE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makePrivateFolder(dirname(path));
    mkdirSync(path, { mode: PRIVATE });
  }
  chmodSync(path, PRIVATE);
}
