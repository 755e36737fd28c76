import type { HistoryEvent } from '../../core/history.ts';
import type { AuditWrites } from './audit.ts';
import type { Lease } from './leases.ts';
import type { NoticeWrites } from './notices.ts';
import type { SearchWrites } from './search.ts';

/** A position in the history: what stands before it is done. Opaque, and only worth something to the store that gave it. */
export type Cursor = string;

/** The next events behind a position, in the order in which they are to be followed. */
export interface Batch {
  readonly events: readonly HistoryEvent[];
  /** The position behind the last of them; the given one where there are none. */
  readonly cursor: Cursor;
}

/** How far a follower is behind. */
export interface Lag {
  readonly events: number;
  /** Age of the first event that it has not followed, in milliseconds; 0 where there is none. */
  readonly ms: number;
}

/**
 * The history as outbox (design, section 12): a follower takes events in order and at least once. Its position moves in
 * the transaction of what it writes, so that a crash loses nothing and repeats nothing.
 */
export interface Followers {
  /** Where the follower of that name stands; undefined when it has not begun. */
  followerCursor(name: string): Promise<Cursor | undefined>;
  /** The position behind everything that is committed: where a follower begins that has no use for the past. */
  historyHead(): Promise<Cursor>;
  /**
   * At most `limit` events behind a position. Of several hubs on one database, only what no running transaction can still
   * precede: an event that is passed over would never be followed.
   */
  eventsAfter(cursor: Cursor, limit: number): Promise<Batch>;
  /** How far behind a position is, at `now` (UTC milliseconds). */
  lagBehind(cursor: Cursor, now: number): Promise<Lag>;
  /**
   * What a follower writes under its lease, in one transaction. Throws FencedError when the lease is lost. What is `again`
   * done after a power cut, as all that follows from the history, need not wait for the disk: the next commit that does
   * brings it along, and none is lost before an earlier one.
   */
  follow<T>(fence: Lease, work: (tx: FollowTransaction) => Promise<T>, loss?: Loss): Promise<T>;
}

/** What becomes of a commit that a power cut may undo: it must not be, or it is done again. */
export type Loss = 'never' | 'again';

/** A transaction of a follower. */
export interface FollowTransaction {
  /** Says that the follower of that name has done what stands before the position. */
  moveCursor(name: string, cursor: Cursor, now: number): Promise<void>;
  readonly notices: NoticeWrites;
  readonly search: SearchWrites;
  readonly audit: AuditWrites;
}
