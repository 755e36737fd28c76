import type { Lease } from '../stores/contract/leases.ts';
import type { Follower } from './follower.ts';

/** A follower that can go on in place of another one of the same name, in the same process. */
export interface Successor extends Follower {
  /** Begins where its predecessor ended: what that has under way still runs, and is not taken up again. */
  succeed(lease: Lease): Promise<void>;
}

/** A follower whose work another one can go on with while it runs. */
export interface Succession extends Follower {
  /** From its next call on `next` does the work. What runs now ends as it began. */
  replace(next: Successor): void;
}

/** Begins with `first`. */
export function createSuccession(first: Successor): Succession {
  let current = first;
  let isNew = false;
  return {
    ...{ name: first.name, begins: first.begins },
    replace: (next) => {
      current = next;
      isNew = true;
    },
    takeOver: async (lease) => {
      isNew = false;
      await current.takeOver(lease);
    },
    take: (events, tx) => current.take(events, tx),
    turn: async (lease) => {
      const own = current;
      if (isNew) {
        await own.succeed(lease);
        // What failed is tried again, and one that came meanwhile has its own turn.
        isNew = current !== own;
      }
      return own.turn(lease);
    },
  };
}
