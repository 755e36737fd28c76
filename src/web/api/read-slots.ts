import type { ServerResponse } from 'node:http';
import type { Clock } from '../../lib/clock.ts';

/** Leave to read the store for one answer. */
export interface ReadSlot {
  /** Its reader has not taken yet what was written. */
  stalled(): void;
  /** It has. */
  drained(): void;
  release(): void;
}

/** Bounds how many answers are made of the store at once. */
export interface ReadSlots {
  /** Resolves with a slot for `response`; with null where there was none for some seconds. */
  acquire(response: Pick<ServerResponse, 'destroy'>): Promise<ReadSlot | null>;
}

// Each holds some megabytes: what was read of the store, and what is on its way.
const MOST_SLOTS = 16;
const MOST_WAITING = 200;
const PATIENCE_MS = 5000;
// While somebody waits, a reader that has taken nothing for so long makes room, the slowest first.
const STALLED_MS = 1000;
const LOOK_EVERY_MS = 250;
// However fast it is read, no answer takes longer.
const LONGEST_MS = 300_000;

interface Held {
  readonly response: Pick<ServerResponse, 'destroy'>;
  stalledAt: number | null;
  readonly cancel: () => void;
}

interface Waiting {
  readonly since: number;
  readonly response: Pick<ServerResponse, 'destroy'>;
  readonly resolve: (slot: ReadSlot | null) => void;
}

/** Slots that none are taken of. Who does not read what it asked for only keeps others out until one of them asks. */
export function createReadSlots(clock: Clock): ReadSlots {
  const held = new Set<Held>();
  let waiting: Waiting[] = [];
  let isLooking = false;
  const grant = (response: Held['response']): ReadSlot => {
    const one: Held = { response, stalledAt: null, cancel: clock.after(LONGEST_MS, () => response.destroy()) };
    held.add(one);
    return {
      stalled: () => {
        one.stalledAt = clock.monotonic();
      },
      drained: () => {
        one.stalledAt = null;
      },
      release: () => {
        one.cancel();
        held.delete(one);
        serve();
      },
    };
  };
  const serve = () => {
    while (waiting.length > 0 && held.size < MOST_SLOTS) {
      const [next] = waiting.splice(0, 1);
      next?.resolve(grant(next.response));
    }
  };
  /** Ends the answer that its reader has left for longest. */
  const makeRoom = () => {
    const limit = clock.monotonic() - STALLED_MS;
    let slowest: Held | undefined;
    for (const one of held) {
      if (one.stalledAt === null || one.stalledAt > (slowest?.stalledAt ?? limit)) continue;
      slowest = one;
    }
    if (slowest === undefined) return;
    held.delete(slowest);
    slowest.response.destroy();
  };
  const look = () => {
    makeRoom();
    serve();
    const limit = clock.monotonic() - PATIENCE_MS;
    for (const one of waiting) if (one.since <= limit) one.resolve(null);
    waiting = waiting.filter((one) => one.since > limit);
    isLooking = waiting.length > 0;
    if (isLooking) clock.after(LOOK_EVERY_MS, look);
  };
  return {
    acquire: (response) =>
      new Promise((resolve) => {
        if (held.size >= MOST_SLOTS) makeRoom();
        if (held.size < MOST_SLOTS) return resolve(grant(response));
        if (waiting.length >= MOST_WAITING) return resolve(null);
        waiting.push({ since: clock.monotonic(), response, resolve });
        if (isLooking) return;
        isLooking = true;
        clock.after(LOOK_EVERY_MS, look);
      }),
  };
}
