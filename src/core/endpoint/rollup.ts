import type { LookResult } from './result.ts';
import type { ChargedSpan } from './uptime.ts';

/** Lengths of the spans by which looks are summed, in milliseconds: five minutes, an hour, a day. */
export const ROLLUP_STEPS = [300_000, 3_600_000, 86_400_000] as const;
/** One of them. */
export type RollupStep = (typeof ROLLUP_STEPS)[number];

/** What is summed of an endpoint over a span. */
export interface Sums {
  readonly upMs: number;
  readonly downMs: number;
  readonly looks: number;
  readonly successes: number;
  /** Of the successful looks, all together. */
  readonly durationMs: number;
}

/** Sums of an endpoint over one span of a step. */
export interface Rollup extends Sums {
  readonly endpoint: string;
  readonly step: number;
  /** When the span began, UTC milliseconds: a multiple of the step. */
  readonly start: number;
}

/** Nothing yet. */
export const NO_SUMS: Sums = { upMs: 0, downMs: 0, looks: 0, successes: 0, durationMs: 0 };

/** Both together. */
export function addSums(a: Sums, b: Sums): Sums {
  return {
    upMs: a.upMs + b.upMs,
    downMs: a.downMs + b.downMs,
    looks: a.looks + b.looks,
    successes: a.successes + b.successes,
    durationMs: a.durationMs + b.durationMs,
  };
}

/** Collects what is to be added to the sums of endpoints. */
export function createRollups() {
  const all = new Map<string, Rollup>();
  const add = (endpoint: string, step: RollupStep, at: number, sums: Partial<Sums>) => {
    const start = at - (at % step);
    const key = `${step} ${start} ${endpoint}`;
    const before = all.get(key) ?? { endpoint, step, start, ...NO_SUMS };
    all.set(key, { ...before, ...addSums(before, { ...NO_SUMS, ...sums }) });
  };
  return {
    /** Adds a span, cut where the spans of the steps end. */
    charge(endpoint: string, { from, to, standing }: ChargedSpan): void {
      for (const step of ROLLUP_STEPS) {
        for (let at = from; at < to; ) {
          const end = Math.min(to, at - (at % step) + step);
          add(endpoint, step, at, standing === 'up' ? { upMs: end - at } : { downMs: end - at });
          at = end;
        }
      }
    },
    look(endpoint: string, { at, success, durationMs, abstains }: LookResult): void {
      if (abstains) return;
      const sums = success ? { looks: 1, successes: 1, durationMs } : { looks: 1 };
      for (const step of ROLLUP_STEPS) add(endpoint, step, at, sums);
    },
    all: (): readonly Rollup[] => [...all.values()],
  };
}
