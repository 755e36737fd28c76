/**
 * A place in the history of one store, as its event ids show it: a number, or where several hubs write at once the number
 * of the transaction, a colon and that number.
 */
export type Position = string;

const WRITTEN = /^(?:([0-9]{1,19}):)?([0-9]{1,19})$/;

// What a store can number with.
const HIGHEST = 2n ** 63n - 1n;

/** Whether a text is a place in a history. */
export function isPosition(text: string): text is Position {
  return WRITTEN.test(text) && partsOf(text).every((part) => part <= HIGHEST);
}

/** Below 0 where `left` stands before `right`, 0 for the same place. Both must be positions. */
export function comparePositions(left: Position, right: Position): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (const at of [0, 1] as const) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
  return 0;
}

function partsOf(position: Position): readonly [bigint, bigint] {
  const [, transaction = '0', seq = '0'] = WRITTEN.exec(position) ?? [];
  return [BigInt(transaction), BigInt(seq)];
}

/** What is known of a place at which somebody wants to go on. */
export interface Resumption {
  readonly position: Position;
  /** Behind everything that is committed. */
  readonly head: Position;
  /** The last event up to that place; null where there is none any more. */
  readonly before: { readonly position: Position; readonly at: number } | null;
  /** The first event behind it; null where there is none. */
  readonly next: Position | null;
  /** What is older is removed, UTC milliseconds; null where everything is kept. */
  readonly keptSince: number | null;
}

/** Whether the history can go on from a place without a gap, and why not. */
export type ResumeVerdict = 'resume' | 'unknown_position' | 'older_than_retention';

/** Decides whether everything that came behind a place is still there. */
export function decideResume({ position, head, before, next, keptSince }: Resumption): ResumeVerdict {
  if (!isPosition(position) || comparePositions(position, head) > 0) return 'unknown_position';
  if (keptSince === null || next === null) return 'resume';
  if (before !== null && before.at >= keptSince) return 'resume';
  // Nothing was removed between a number and the one behind it.
  const isNextTo = !position.includes(':') && BigInt(position) + 1n === BigInt(next);
  return isNextTo ? 'resume' : 'older_than_retention';
}
