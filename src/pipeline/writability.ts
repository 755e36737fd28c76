import { StoreError } from '../stores/contract/error.ts';

/** Whether the store takes what is committed: what a hub says of itself must not be better than what its senders see. */
export interface Writability {
  /** A batch was committed. */
  succeeded(): void;
  /** A batch of so many bytes failed; only what fails every batch counts. */
  failed(error: unknown, bytes: number): void;
  /** Resolves when the store can be written; rejects with the reason when it cannot. */
  check(): Promise<void>;
}

// A disk that has no room for one batch may have some for a smaller one, and a file that is held now and then lets some
// through: to be believed again, the store must take about as much as it did not take.
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * After a batch that failed the store counts as not writable until another one is committed, or as much is written to see
 * whether it can be. `write` writes and commits something small, and so many bytes beside.
 */
export function createWritability(write: (bytes: number) => Promise<void>): Writability {
  let trouble: { readonly bytes: number } | null = null;
  return {
    succeeded() {
      trouble = null;
    },
    failed(error, bytes) {
      const isAway = error instanceof StoreError && error.unavailable;
      if (isAway) trouble = { bytes: Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes, trouble?.bytes ?? 0)) };
    },
    async check() {
      const tried = trouble;
      await write(tried?.bytes ?? 0);
      // A batch that has failed meanwhile knows better.
      if (trouble === tried) trouble = null;
    },
  };
}
