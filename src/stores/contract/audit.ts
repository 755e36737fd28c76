import type { AuditEntry } from '../../core/audit/chain.ts';

/** Where a chain over the history ends. */
export interface AuditTail {
  /** The last entry; undefined where there is none. */
  readonly last?: Pick<AuditEntry, 'n' | 'hash' | 'key'>;
}

/** What of a chain could be removed: its events are gone. */
export interface AuditPrefix {
  /** The first entry that there is. */
  readonly first: number;
  /** The first whose event is still there, or that is a note behind the last such; at most so many behind the first. */
  readonly kept: number;
  /** Hash of the entry before it. */
  readonly before: string;
  /** Time of the youngest of those before it, UTC milliseconds. */
  readonly youngest: number;
}

/** The chain over the history, in a transaction of its follower. */
export interface AuditWrites {
  tail(): Promise<AuditTail>;
  /** Notes of the chain about itself, as text, in their order. */
  notes(): Promise<readonly string[]>;
  /** Which events of these numbers have an entry. */
  chained(from: number, to: number): Promise<ReadonlySet<number>>;
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** What at the beginning stands for nothing any more, of at most `limit` entries; undefined where that is nothing. */
  prefix(limit: number): Promise<AuditPrefix | undefined>;
  /** Removes the entries before a place. */
  removeBefore(n: number): Promise<void>;
}
