/** Work that waits for its turn. */
export interface Turns {
  /** Queues work behind all that waits already. */
  wait(work: () => void): void;
}

// Between two turns of the event loop: a millisecond of common requests, or some 512 KiB of bodies.
const MOST_PER_TURN = 8;

/**
 * Does what waits in its order, and so much of it in each turn of the event loop that whoever needs none of this is kept
 * waiting for a moment only. `later` calls a function in a later turn.
 */
export function createTurns(later: (work: () => void) => void = setImmediate): Turns {
  const waiting: (() => void)[] = [];
  let isPlanned = false;
  const plan = () => {
    if (isPlanned || waiting.length === 0) return;
    isPlanned = true;
    later(next);
  };
  const next = () => {
    isPlanned = false;
    const batch = waiting.splice(0, MOST_PER_TURN);
    plan();
    for (const work of batch) work();
  };
  return {
    wait(work) {
      waiting.push(work);
      plan();
    },
  };
}
