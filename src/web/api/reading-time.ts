/** Filters that take too long to try on everything. */
export class SlowFilterError extends Error {
  override name = 'SlowFilterError';
}

/** The time that the filters of one answer take. */
export interface ReadingTime {
  /** Does something, and throws SlowFilterError once all that was measured has taken too long. */
  measure<T>(work: () => T): T;
  /** Whether others have waited long enough. */
  isTurnOver(): boolean;
}

const MOST_MS = 2000;
const TURN_MS = 10;

/** A measure of it by that clock. */
export function createReadingTime(now: () => number): ReadingTime {
  let spent = 0;
  let since = 0;
  return {
    measure(work) {
      const began = now();
      const result = work();
      const took = Math.max(0, now() - began);
      spent += took;
      since += took;
      if (spent > MOST_MS) throw new SlowFilterError('the filters take too long: use = instead of =~ where you can');
      return result;
    },
    isTurnOver() {
      if (since < TURN_MS) return false;
      since = 0;
      return true;
    },
  };
}

/** Lets others have their turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
