/** Tells whether a clock can be gone by, for what would be lost for good if it were wrong. */
export interface SettledClock {
  /** Whether it has gone on as the steady clock of this process has, for long enough; `now` is what it shows. */
  isSettled(now: number): boolean;
}

// Clocks are slewed by less, and databases answer sooner.
const TOLERANCE_MS = 60_000;

/** Settled is a clock that has gone on without a step for `forMs` of `monotonic`, which nobody sets. */
export function createSettledClock(monotonic: () => number, forMs: number): SettledClock {
  let start: { readonly now: number; readonly steady: number } | null = null;
  return {
    isSettled: (now) => {
      const steady = monotonic();
      if (start === null || Math.abs(now - start.now - (steady - start.steady)) > TOLERANCE_MS) start = { now, steady };
      return steady - start.steady >= forMs;
    },
  };
}
