import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';

/** No file that is read whole is larger; what stands after is left. */
const MOST_BYTES = 8 * 1024 * 1024;
const FIRST_BYTES = 16 * 1024;

/**
 * A small file as text, null when it is not there or cannot be read. Opened so that a pipe without a writer, or a device
 * that has nothing to say, is not waited for: whoever waits there keeps the whole process from ending.
 */
export async function readText(path: string): Promise<string | null> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readAll(file);
  } catch {
    return null;
  } finally {
    await file?.close().catch(() => {});
  }
}

/** Files of /proc and /sys tell no size: they are read until they end. */
async function readAll(file: FileHandle): Promise<string> {
  const chunks: Buffer[] = [];
  for (let size = 0, length = FIRST_BYTES; size < MOST_BYTES; length = Math.min(length * 4, MOST_BYTES)) {
    const most = Math.min(length, MOST_BYTES - size);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(most), 0, most, null);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The same at once, for what the kernel makes while it is read, such as /proc/self/mountinfo: that never waits, and four
 * turns of a thread for each file would be most of what a check costs. Not for files that lxcfs may lay over
 * (/proc/meminfo, stat, uptime, loadavg and the like): in a container there is a program behind these.
 */
export function readAtOnce(path: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return readAllAtOnce(file);
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readAllAtOnce(file: number): string {
  const chunks: Buffer[] = [];
  for (let size = 0, length = FIRST_BYTES; size < MOST_BYTES; length = Math.min(length * 4, MOST_BYTES)) {
    const buffer = Buffer.allocUnsafe(Math.min(length, MOST_BYTES - size));
    const bytesRead = readSync(file, buffer);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Names in a folder, none when it is not there or cannot be read. */
export async function readNames(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
