/** Waits for leave to read a large body; the function that comes back gives it to the next. */
export type LargeGate = () => Promise<() => void>;

// While two are read and verified the event loop has its turn every few milliseconds, however many wait.
const AT_ONCE = 2;
// A body that is still not there after that is no reason for others to wait.
const HELD_MS = 250;

/**
 * Lets large bodies of senders that are not known yet in by twos, in their order: the rest of them waits in the kernel, and
 * what is small passes by. Who sends slowly only keeps its place for a moment.
 */
export function createLargeGate(): LargeGate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  const enter = () => {
    let isInside = true;
    const out = () => {
      if (!isInside) return;
      isInside = false;
      clearTimeout(late);
      leave();
    };
    const late = setTimeout(out, HELD_MS);
    late.unref();
    return out;
  };
  return () =>
    new Promise((resolve) => {
      if (inside >= AT_ONCE) {
        waiting.push(() => resolve(enter()));
        return;
      }
      inside += 1;
      resolve(enter());
    });
}
