import { closeSync, fdatasync, openSync } from 'node:fs';

/** Makes commits durable: syncs SQLite's log to the disk without holding up the thread that writes it. */
export interface WalSync {
  /** Resolves once everything written to the log before the call is on the disk; rejects when the disk refuses. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

/** A sync failed: what the kernel still holds of the log is not known, so nothing more may be acknowledged. */
export class SyncError extends Error {
  override name = 'SyncError';
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Over the `-wal` file of an open database. With `synchronous = NORMAL` SQLite writes a commit into the log and leaves
 * the sync to the next checkpoint; syncing the log here before anybody is answered is what `synchronous = FULL` does
 * inside COMMIT (sqlite.org/pragma.html#pragma_synchronous), except that other requests are served while the disk works. Commits that end while a sync runs share the
 * next one. After a failed sync every later call rejects, for the kernel reports an error once and then forgets it.
 */
export function openWalSync(file: string): WalSync {
  const fd = openSync(file, 'r+');
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let broken: SyncError | null = null;

  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const error = broken ?? (await sync(fd));
      broken ??= error;
      for (const { resolve, reject } of batch) error === null ? resolve() : reject(error);
    }
    running = null;
  };
  return {
    durable: () =>
      new Promise((resolve, reject) => {
        if (broken !== null) return reject(broken);
        waiting.push({ resolve, reject });
        running ??= run();
      }),
    close: async () => {
      await running;
      closeSync(fd);
    },
  };
}

function sync(fd: number): Promise<SyncError | null> {
  return new Promise((resolve) => {
    fdatasync(fd, (error) => {
      resolve(
        error === null
          ? null
          : new SyncError(`the disk did not take the log of the store: ${error.message}; restart the hub`),
      );
    });
  });
}
