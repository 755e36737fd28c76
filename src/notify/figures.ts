import type { Severity } from '../core/alert/alert.ts';
import type { DeliveryFailure } from '../core/notice/delivery.ts';
import type { Lag } from '../stores/contract/followers.ts';
import type { EndedAttempt } from './attempts.ts';

/** How often something took how long: counts by the upper bounds of `HAND_OVER_SECONDS`, each with all below it. */
export interface Histogram {
  readonly counts: readonly number[];
  /** In seconds. */
  readonly sum: number;
  readonly count: number;
}

/** What this process has told since it began, and how far behind it is. Plain values. */
export interface NoticeFigures {
  readonly attempts: readonly {
    readonly channel: string;
    readonly outcome: 'ok' | DeliveryFailure;
    readonly count: number;
  }[];
  /** Time that attempts took, by channel, in seconds. */
  readonly took: readonly { readonly channel: string; readonly sum: number; readonly count: number }[];
  /** From the commit of what there is to tell to the first attempt, by severity. */
  readonly handOver: readonly (Histogram & { readonly severity: Severity })[];
  /** Incidents that no route matched. */
  readonly unrouted: number;
  /** null where another process follows the history. */
  readonly lag: Lag | null;
}

/** Upper bounds of the histogram, in seconds: fine where no wait is meant, coarse where what comes together is gathered. */
export const HAND_OVER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;

/** Counts what happens. */
export interface NoticeCounters {
  attempt(attempt: EndedAttempt): void;
  unrouted(): void;
  read(lag: Lag | null): NoticeFigures;
}

/** Counters at zero. */
export function createNoticeCounters(): NoticeCounters {
  const attempts = new Map<string, { channel: string; outcome: 'ok' | DeliveryFailure; count: number }>();
  const took = new Map<string, { channel: string; sum: number; count: number }>();
  const handOver = new Map<Severity, { severity: Severity; counts: number[]; sum: number; count: number }>();
  let unrouted = 0;
  return {
    attempt: ({ channel, result, tookMs, waits }) => {
      const outcome = result.ok ? 'ok' : result.kind;
      const one = attempts.get(`${outcome} ${channel}`) ?? { channel, outcome, count: 0 };
      attempts.set(`${outcome} ${channel}`, { ...one, count: one.count + 1 });
      const time = took.get(channel) ?? { channel, sum: 0, count: 0 };
      took.set(channel, { channel, sum: time.sum + tookMs / 1000, count: time.count + 1 });
      for (const { severity, ms } of waits) {
        const none = { severity, counts: HAND_OVER_SECONDS.map(() => 0), sum: 0, count: 0 };
        const known = handOver.get(severity) ?? none;
        const counts = known.counts.map((count, index) => count + Number(ms / 1000 <= (HAND_OVER_SECONDS[index] ?? 0)));
        handOver.set(severity, { severity, counts, sum: known.sum + ms / 1000, count: known.count + 1 });
      }
    },
    unrouted: () => {
      unrouted += 1;
    },
    read: (lag) => ({
      ...{ attempts: [...attempts.values()], took: [...took.values()], handOver: [...handOver.values()] },
      ...{ unrouted, lag },
    }),
  };
}
