import type { NewEvent } from '../../core/history.ts';
import type { Silence, SilenceKind, SilenceState } from '../../core/policy/silence.ts';
import type { Lease } from './leases.ts';
import type { Page, PageQuery } from './reads.ts';

/** Filters of the list of silences; all given ones must hold. */
export interface SilenceQuery extends PageQuery {
  readonly kind?: SilenceKind;
  /** Left out: all. `live` are those that have not expired. */
  readonly state?: SilenceState | 'live';
  /** The time by which they have a state, UTC milliseconds. */
  readonly now: number;
}

/** What is read of silences and windows. */
export interface SilenceReads {
  /** All that have not expired at `now`, in the order of their ends. */
  liveSilences(now: number): Promise<readonly Silence[]>;
  /** A page, newest first. */
  listSilences(query: SilenceQuery): Promise<Page<Silence>>;
  findSilence(id: string): Promise<Silence | undefined>;
}

/** A transaction that changes silences: nobody else changes what it has found until it has committed. */
export interface SilenceTransaction {
  /** By id; those that are not there are left out. */
  findSilences(ids: readonly string[]): Promise<readonly Silence[]>;
  /** How many have not expired at `now`. */
  countLive(now: number): Promise<number>;
  /** Those whose time was over at `now` and whose end does not stand in the history yet, the first to end first; at most `limit`. */
  findOverdue(now: number, limit: number): Promise<readonly Silence[]>;
  /** Whole rows, by id: inserted or replaced. */
  saveSilences(silences: readonly Silence[]): Promise<void>;
  /** Gives the highest number of them; null for none. */
  addEvents(events: readonly NewEvent[]): Promise<number | null>;
}

/** What keeps silences and windows. */
export interface SilenceStore extends SilenceReads {
  /** Runs `work` and commits what it saved; when it throws, nothing is kept. With a `fence`, that lease is checked first; throws FencedError. */
  changeSilences<T>(work: (tx: SilenceTransaction) => Promise<T>, fence?: Lease): Promise<T>;
}
