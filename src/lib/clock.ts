/** The only door to time. A test passes a clock it moves by hand. */
export interface Clock {
  /** UTC milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only grow, for durations. */
  monotonic(): number;
  /** Calls `fn` once after `ms`; the returned function cancels it. Does not keep the process alive. */
  after(ms: number, fn: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Of the same clock as `performance.now()`, which loads all that Node.js measures itself with.
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits `ms` on the given clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** A wait that can be cut short. */
export interface Rest {
  /** Waits `ms`, or until it is woken. */
  readonly rest: (ms: number) => Promise<void>;
  /** Ends the wait that is under way, or the last one, where that has ended. */
  readonly wake: () => void;
}

/** A wait of a loop, one at a time, on the given clock. */
export function createRest(clock: Pick<Clock, 'after'>): Rest {
  let end = () => {};
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      end = () => {
        cancel();
        resolve();
      };
    });
  return { rest, wake: () => end() };
}

/** Keeps the process running until the returned function is called; timers of the `Clock` alone do not. */
export function stayAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(timer);
}
