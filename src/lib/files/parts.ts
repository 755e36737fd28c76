import { readFile } from 'node:fs/promises';

/**
 * Loads the files that the hub is made of one by one, where it has been built of several. Node.js opens all files that a
 * module needs at once: where few may be open (`ulimit -n 64`) a hub would not start. The list is made by scripts/build.js.
 */
export async function loadHubParts(): Promise<void> {
  const list = await readFile(new URL('hub-parts.json', import.meta.url), 'utf8').catch(() => '[]');
  for (const part of JSON.parse(list) as string[]) await import(new URL(part, import.meta.url).href);
}
