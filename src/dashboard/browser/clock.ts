/** The time of the browser, and what waits for it. */
export interface Clock {
  /** UTC milliseconds, by the hub's clock where the browser's is off. */
  now(): number;
  /** Told the time of an answer of the hub. */
  heard(hubTime: number): void;
  /** By how much the browser's clock is off; 0 while that does not matter. */
  offset(): number;
  /** Calls once after so many milliseconds; the function given back calls it off. */
  after(ms: number, call: () => void): () => void;
  /** Calls again and again. */
  every(ms: number, call: () => void): () => void;
  /** Calls before the next frame is drawn. */
  frame(call: () => void): () => void;
  /** A number from 0 to 1, for waits that must not meet. */
  chance(): number;
}

// `Date` has whole seconds, and the answer was under way: less than this says nothing.
const OFF_MS = 5000;

/** The one clock of a page. */
export function createClock(): Clock {
  let off = 0;
  return {
    now: () => Date.now() + off,
    heard: (hubTime) => {
      const difference = hubTime - Date.now();
      off = Math.abs(difference) > OFF_MS ? difference : 0;
    },
    offset: () => off,
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    every: (ms, call) => {
      const timer = setInterval(call, ms);
      return () => clearInterval(timer);
    },
    frame: (call) => {
      const handle = requestAnimationFrame(call);
      return () => cancelAnimationFrame(handle);
    },
    chance: Math.random,
  };
}
