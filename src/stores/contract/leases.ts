/** The right to do work that only one may do at a time. Its number stands in every write of that work. */
export interface Lease {
  /** What it is the right to: `sweep`, `retention`. */
  readonly work: string;
  /** Who has it; no two processes that share a store have the same name. */
  readonly holder: string;
  /** Grows by one with every claim, so that an earlier holder can be told from the present one. */
  readonly number: number;
}

/** A lease that somebody has. */
export interface HeldLease extends Lease {
  /** It runs out in so many milliseconds, by the clock of the database. */
  readonly remainingMs: number;
}

/**
 * Leases, judged by the clock of the database alone: what a hub takes for the time decides nothing. A lease that has run
 * out is lost even when nobody else has claimed it: its holder claims again, under a new number.
 */
export interface Leases {
  /** The clock of the database, UTC milliseconds; of the embedded store, that of its process. */
  now(): Promise<number>;
  /**
   * Takes the right to `work` for `ttlMs`. Undefined while another holds it. A holder that claims what it holds already
   * gets a new number, and its old one is worth nothing.
   */
  claim(work: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Keeps it for `ttlMs` from now on; false when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Gives it back: the next one to claim has it at once. Nothing happens when it is lost already. */
  release(lease: Lease): Promise<void>;
}

/** Who has which lease. */
export interface LeaseReads {
  /** Who has the right to `work` now; undefined where nobody does. */
  findLease(work: string): Promise<HeldLease | undefined>;
}
