import type { Clock } from '../clock.ts';

/** What this process uses, read each time it is asked; it began when this was made. */
export function createUsage(clock: Clock) {
  const startedAt = clock.now() - process.uptime() * 1000;
  return () => {
    const { user, system } = process.cpuUsage();
    return { startedAt, memoryBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
  };
}
