import type { Clock } from '../lib/clock.ts';

// A probe may ask as often as it likes; the disk is asked once in that time.
const KEPT_MS = 1000;
// Load balancers wait for a few seconds at most, and a store that takes longer is held up.
const PATIENCE_MS = 2000;

/** Whether the store can be written: null when it can, else the reason, within two seconds. */
export function createReadiness(checkWritable: () => Promise<void>, clock: Clock): () => Promise<string | null> {
  let asked: { readonly at: number; readonly answer: Promise<string | null> } | null = null;
  let known: { readonly at: number; readonly reason: string | null } | null = null;
  const check = () => {
    const answer = ask(checkWritable).then((reason) => {
      known = { at: clock.monotonic(), reason };
      asked = null;
      return reason;
    });
    asked = { at: clock.monotonic(), answer };
    return asked;
  };
  return async () => {
    const now = clock.monotonic();
    if (asked === null && known !== null && now - known.at < KEPT_MS) return known.reason;
    const { at, answer } = asked ?? check();
    return within(at + PATIENCE_MS - now, answer, clock, () => known?.reason ?? HELD_UP);
  };
}

const HELD_UP = `the store has not answered for ${PATIENCE_MS / 1000} s: it is held up`;

/** What stands in for an answer that is late: why it failed the time before is most likely why it is late. */
function within<T>(ms: number, answer: Promise<T>, clock: Clock, otherwise: () => T): Promise<T> {
  return new Promise((resolve) => {
    const cancel = clock.after(Math.max(0, ms), () => resolve(otherwise()));
    void answer.then((value) => {
      cancel();
      resolve(value);
    });
  });
}

async function ask(checkWritable: () => Promise<void>): Promise<string | null> {
  try {
    await checkWritable();
    return null;
  } catch (error) {
    return `the store cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}
