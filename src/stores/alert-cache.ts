import type { StoredAlert } from './contract.ts';

// About 300 bytes an entry: most alerts that repeat are found here, and the memory stays small however many are stored.
const ENTRIES = 50_000;

/** The stored alerts that were seen last, by identity. Belongs to the one connection that writes. */
export interface AlertCache {
  get(key: string): StoredAlert | undefined;
  set(key: string, alert: StoredAlert): void;
  clear(): void;
}

/** Two generations: the older one is dropped whole when the younger is full, which costs nothing a lookup. */
export function createAlertCache(entries = ENTRIES): AlertCache {
  let young = new Map<string, StoredAlert>();
  let old = new Map<string, StoredAlert>();
  const set = (key: string, alert: StoredAlert) => {
    if (young.size >= entries / 2 && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, alert);
  };
  return {
    get(key) {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
    clear() {
      young = new Map();
      old = new Map();
    },
  };
}
