import { readdir, readFile } from 'node:fs/promises';

/** A small file as text, null when it is not there or cannot be read. */
export async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Names in a folder, none when it is not there or cannot be read. */
export async function readNames(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
