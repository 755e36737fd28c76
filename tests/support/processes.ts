import { readFileSync } from 'node:fs';
import { eventually } from './hub.ts';

/** Whether a process still runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until a process has ended, whether or not its parent has taken notice. */
export function untilGone(pid: number): Promise<void> {
  return eventually(() => {
    if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
  });
}
