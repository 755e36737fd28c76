import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../core/reading/read.ts';
import { replaceFile } from '../lib/files/durable.ts';

const FILE = 'warnings.json';
const DAY_MS = 86_400_000;
// A clock that was ahead must not keep a warning back for longer.
const AHEAD_MS = 60_000;

/**
 * Those of some warnings that were not told within the last day; they count as told from now on. A run by cron is a
 * process of its own each minute, so that is kept in the state folder; where it cannot be kept, all are told.
 */
export async function notToldToday(
  stateDir: string,
  warnings: readonly string[],
  now: number,
): Promise<readonly string[]> {
  if (warnings.length === 0) return [];
  const path = join(stateDir, FILE);
  const told = read(path);
  const isRecent = (at: unknown) => typeof at === 'number' && at > now - DAY_MS && at <= now + AHEAD_MS;
  const due = warnings.filter((warning) => !isRecent(told[warning]));
  if (due.length === 0) return [];
  const kept = Object.entries(told).filter(([, at]) => isRecent(at));
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    await replaceFile(path, `${JSON.stringify(Object.fromEntries([...kept, ...due.map((one) => [one, now])]))}\n`);
  } catch {
    // Better told too often than never; why the folder cannot be written, the push itself says.
  }
  return due;
}

function read(path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
