import type BetterSqlite3 from 'better-sqlite3';

/** Does work that writes, and waits less for the lock of the database while it is known to be held. */
export type Patience = <T>(work: () => T | Promise<T>) => Promise<T>;

/**
 * While another process holds the lock, each write waits for it, and what a hub does beside taking pushes in would make
 * every push and every look of `/readyz` wait behind it, too. So once one has waited in vain for as long as the
 * connection was opened with, the next ones wait `shortMs`, until one has the lock again.
 */
export function createPatience(db: BetterSqlite3.Database, shortMs: number): Patience {
  const longMs = db.pragma('busy_timeout', { simple: true }) as number;
  const changes = db.prepare('SELECT total_changes()').pluck();
  let writtenBefore: unknown = null;
  const endures = () => {
    // What only reads says nothing of the lock.
    if (writtenBefore === null || changes.get() === writtenBefore) return;
    writtenBefore = null;
    db.pragma(`busy_timeout = ${longMs}`);
  };
  return async (work) => {
    try {
      const result = await work();
      endures();
      return result;
    } catch (error) {
      if (!isBusy(error)) endures();
      else if (writtenBefore === null) {
        writtenBefore = changes.get();
        db.pragma(`busy_timeout = ${shortMs}`);
      }
      throw error;
    }
  };
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
