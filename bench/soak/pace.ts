import type { Push } from '../torture/requests.ts';
import { connections } from '../torture/requests.ts';

/** What happened since the last look. */
export interface Interval {
  readonly perSecond: number;
  /** Pushes that were not answered 200. */
  readonly errors: number;
  /** Milliseconds from the moment a push was due, so that a hub that stalls cannot hide it. */
  readonly p50: number;
  readonly p99: number;
}

/** Pushes that go out at an even rate. */
export interface Pace {
  take(): Interval;
  stop(): Promise<void>;
}

/** Sends `rate` pushes a second over so many connections until it is stopped. */
export function createPace(port: number, width: number, rate: number, next: () => Push): Pace {
  const lane = connections(port, width);
  let latencies: number[] = [];
  let errors = 0;
  let stopped = false;
  let since = performance.now();
  const started = since;
  let due = 0;
  const work = Promise.all(
    Array.from({ length: width }, async () => {
      while (!stopped) {
        const at = started + (due++ * 1000) / rate;
        const wait = at - performance.now();
        if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
        const answer = await lane.post(next()).catch(() => null);
        latencies.push(performance.now() - at);
        if (answer?.status !== 200) errors += 1;
      }
    }),
  );
  return {
    take() {
      const sorted = latencies.sort((a, b) => a - b);
      const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
      const now = performance.now();
      const interval = {
        perSecond: (sorted.length * 1000) / (now - since),
        errors,
        p50: quantile(0.5),
        p99: quantile(0.99),
      };
      latencies = [];
      errors = 0;
      since = now;
      return interval;
    },
    stop: async () => {
      stopped = true;
      await work;
      lane.close();
    },
  };
}
