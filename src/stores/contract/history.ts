import type { HistoryEvent } from '../../core/history.ts';
import type { Position } from '../../core/history-position.ts';
import type { PageQuery } from './reads.ts';

/** An event, and where it stands. */
export interface PlacedEvent {
  readonly position: Position;
  readonly event: HistoryEvent;
}

/** What stands around a place in the history. */
export interface Surroundings {
  /** Behind everything that is committed. */
  readonly head: Position;
  /** The last event up to that place; null where there is none any more. */
  readonly before: { readonly position: Position; readonly at: number } | null;
  /** The first event behind it; null where there is none. */
  readonly next: Position | null;
}

/** Filters of the list of events; all given ones must hold. */
export interface EventQuery extends PageQuery {
  readonly subjects: readonly HistoryEvent['subject'][];
  readonly subjectId?: string;
  readonly kinds?: readonly string[];
  /** Exactly. */
  readonly actor?: string;
  /** UTC milliseconds. */
  readonly since?: number;
}

/** The history in the order in which it is followed. */
export interface HistoryReads {
  /** The position behind everything that is committed. */
  historyHead(): Promise<Position>;
  /** At most `limit` events behind a position; none that a running transaction can still precede. */
  placedAfter(position: Position, limit: number): Promise<readonly PlacedEvent[]>;
  surroundings(position: Position): Promise<Surroundings>;
}
