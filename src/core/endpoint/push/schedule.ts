import type { HeartbeatRule } from './heartbeat.ts';

/** When a push endpoint is expected to be called. */
export type PushSchedule =
  | { readonly kind: 'period'; readonly periodMs: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly zone: string };

/** What a push endpoint is judged by: plain, so that it crosses into a thread. */
export interface PushRule {
  /** null where nothing is expected: then only what is told counts. */
  readonly schedule: PushSchedule | null;
  readonly graceMs: number;
  /** Time that one run may take, from its start to its end. */
  readonly maxRunMs: number;
}

// A job whose clock is ahead of the hub's comes before its time.
const EARLY_MS = 60_000;

/** The rule; `nextCron` gives the first time of a cron expression behind a moment, null for none. */
export function heartbeatRule(
  { schedule, graceMs, maxRunMs }: PushRule,
  nextCron: (after: number) => number | null,
): HeartbeatRule {
  if (schedule === null) {
    return { next: () => null, afterMissed: () => null, earlyMs: 0, graceMs, maxRunMs, words: '' };
  }
  if (schedule.kind === 'period') {
    const { periodMs } = schedule;
    const after = (at: number) => at + periodMs;
    // How far a job strays from its period, its grace says.
    const earlyMs = Math.max(graceMs, Math.min(EARLY_MS, periodMs / 10));
    return { next: after, afterMissed: after, earlyMs, graceMs, maxRunMs, words: `every ${spanText(periodMs)}` };
  }
  return {
    ...{ afterMissed: nextCron, earlyMs: 0, graceMs, maxRunMs },
    next: (since) => {
      const first = nextCron(since);
      const second = first === null ? null : nextCron(first);
      if (first === null || second === null) return first;
      // One that comes a little early counts for the time that it is nearest to.
      return first - since <= Math.min(EARLY_MS, (second - first) / 2) ? second : first;
    },
    words: `by ${schedule.cron} (${schedule.zone})`,
  };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** `1h 30m`. */
function spanText(ms: number): string {
  let left = ms;
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.join(' ') || `${ms}ms`;
}
