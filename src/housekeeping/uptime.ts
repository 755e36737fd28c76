/** Since when this process could be heard without a break, by the clock of the database; milliseconds since the epoch. */
export interface Uptime {
  /** Since when, seen from `now`: since `now` itself after a break, or when the clock was set back. Changes nothing. */
  since(now: number): number;
  /** Keeps that it was up from `since` to `now`: what comes within the gap after that is no break. */
  confirm(since: number, now: number): void;
  /** It could not hear anybody, for how long is not known: a break, however short it seems. */
  break(): void;
}

/** Of a process that begins; `gapMs` without a word is a break, as of a suspended machine or a lost database. */
export function createUptime(gapMs: number): Uptime {
  let since = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    // A time that a clock set back has not reached yet must forgive nobody.
    since: (now) => (now < last || now - last > gapMs ? now : since),
    confirm: (from, now) => {
      since = from;
      last = now;
    },
    break: () => {
      last = Number.NEGATIVE_INFINITY;
    },
  };
}
