import { uptime } from 'node:os';
import type { Clock } from './clock.ts';

/**
 * Milliseconds that never stand still: by whichever clock has moved on most between two calls. The one of the process
 * stands while the machine is suspended; that of the system does not, and neither does the time of day.
 */
export function createElapsed(clock: Pick<Clock, 'now' | 'monotonic'>, uptimeMs = () => uptime() * 1000): () => number {
  const read = () => [clock.monotonic(), clock.now(), uptimeMs()];
  let before = read();
  let elapsed = 0;
  return () => {
    const now = read();
    elapsed += Math.max(0, ...now.map((time, index) => time - (before[index] ?? time)));
    before = now;
    return elapsed;
  };
}
