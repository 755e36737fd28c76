import { closeSync, openSync, readSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { markLog, unmarkLog } from './file.ts';

// How long a lost log may go unnoticed after the log was begun anew.
const EVERY_MS = 10_000;
// In the head of the log: how often it was begun anew (sqlite.org/fileformat2.html, "The Write-Ahead Log").
const SEQUENCE_AT = 12;

/**
 * Keeps the mark of `markLog` in the database file. A checkpoint copies from the log that the mark is taken back, so it
 * is set again once the log has been begun anew. To be called between transactions, as often as is convenient.
 */
export function createLogMark(db: BetterSqlite3.Database, log: string, now: () => number): () => void {
  let lookedAt = now();
  let marked = sequenceOf(log);
  return () => {
    const at = now();
    if (at - lookedAt < EVERY_MS && at >= lookedAt) return;
    lookedAt = at;
    const sequence = sequenceOf(log);
    if (sequence === marked) return;
    try {
      markLog(db);
      // Its own writes begin the log anew, too.
      marked = sequenceOf(log);
    } catch {
      // What keeps this from being written keeps the hub's own work from it, which tells of it; this is tried again.
    }
  };
}

/** Before a database is closed with its log: where the mark could not be taken back when it was set, it is now. */
export function settleMark(db: BetterSqlite3.Database): void {
  try {
    unmarkLog(db);
  } catch {
    // Then the log cannot be copied either, and stays.
  }
}

/** undefined while there is no log, or none that was written to. */
function sequenceOf(log: string): number | undefined {
  const head = Buffer.alloc(4);
  try {
    const descriptor = openSync(log, 'r');
    try {
      return readSync(descriptor, head, 0, head.length, SEQUENCE_AT) === head.length ? head.readUInt32BE() : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
