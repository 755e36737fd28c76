import { closeSync, fdatasync, openSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../contract/error.ts';
import { syncError } from './error.ts';

/** Brings the log of a store to the disk without holding up the thread that writes it. */
export interface LogSync {
  /** Resolves once all that was committed before the call is on the disk; rejects with StoreError when it may not be. */
  synced(): Promise<void>;
  /** To be called before anything is written: nothing is built upon a log of which a part may be lost. Throws StoreError. */
  mend(): void;
  /** Lets go of the log, once nothing waits for it any more. */
  close(): Promise<void>;
}

const HELD = 'the log of the store cannot be begun anew: end what else has the store open, such as a shell of SQLite';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Syncs the log in the pool of threads of Node.js, one sync after the other, each for all that was committed before it
 * began. `path` is the log of the database of `db`, which commits without syncing by itself.
 *
 * A sync that fails may have lost what it was for, and the next one would not say so: the kernel takes a page that it
 * could not write for written. So all is then copied into the database file and the log begun anew, before anything else
 * is written: what is copied is written and synced once more.
 */
export function createLogSync(db: BetterSqlite3.Database, path: string): LogSync {
  let descriptor: number | null = null;
  let waiting: Waiting[] = [];
  let underway = false;
  let isBroken = false;
  let onRest: (() => void) | null = null;

  const sync = (file: number) => {
    const those = waiting;
    waiting = [];
    underway = true;
    fdatasync(file, (cause) => {
      underway = false;
      if (cause === null) for (const { resolve } of those) resolve();
      else {
        isBroken = true;
        // Those that came later stand behind them in the log.
        for (const { reject } of [...those, ...waiting.splice(0)]) reject(syncError(cause));
      }
      if (waiting.length > 0) sync(file);
      else onRest?.();
    });
  };
  return {
    synced: () =>
      new Promise((resolve, reject) => {
        try {
          // Not before, for SQLite makes the log when it first needs it.
          descriptor ??= openSync(path, 'r');
        } catch (error) {
          reject(syncError(error as NodeJS.ErrnoException));
          return;
        }
        waiting.push({ resolve, reject });
        if (!underway) sync(descriptor);
      }),
    mend() {
      if (!isBroken) return;
      const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }];
      if (result.busy !== 0) throw new StoreError(HELD, { unavailable: true });
      isBroken = false;
    },
    close: async () => {
      if (underway) await new Promise<void>((resolve) => (onRest = resolve));
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}
