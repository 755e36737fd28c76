/** Waits for leave to read a large body from an address; the function that comes back gives it to the next. */
export type LargeGate = (address: string) => Promise<() => void>;

// While two are read and verified the event loop has its turn every few milliseconds, however many wait.
const AT_ONCE = 2;
// A body that is still not there after that is no reason for others to wait.
const HELD_MS = 250;

/**
 * Lets large bodies of senders that are not known yet in by twos: the rest of them waits in the kernel, and what is small
 * passes by. Addresses have their turn one after the other, each with what came first, so that nobody waits for all that
 * another has sent. Who sends slowly only keeps its place for a moment.
 */
export function createLargeGate(): LargeGate {
  // By address; the one that has its turn next is the first.
  const waiting = new Map<string, (() => void)[]>();
  let inside = 0;
  const leave = () => {
    for (const [address, queue] of waiting) {
      waiting.delete(address);
      const next = queue.shift();
      if (queue.length > 0) waiting.set(address, queue);
      return next?.();
    }
    inside -= 1;
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
  return (address) =>
    new Promise((resolve) => {
      if (inside < AT_ONCE) {
        inside += 1;
        return resolve(enter());
      }
      const queue = waiting.get(address) ?? [];
      queue.push(() => resolve(enter()));
      waiting.set(address, queue);
    });
}
