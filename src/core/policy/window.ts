import { instantOf, type Zone } from '../time/zone.ts';

/** When something begins, again and again. Times are UTC milliseconds. */
export interface Recurrence {
  /** The starts from `from` until before `to`, in order. */
  starts(from: number, to: number): readonly number[];
  /** The first start after `at`; null where there is none any more. */
  next(at: number): number | null;
}

/** How long a window is: real time, or until the wall clock of its zone shows that minute of the day. */
export type WindowLength = { readonly durationMs: number } | { readonly untilMinute: number };

/** The spans of a recurring window. */
export interface WindowSpans {
  /** The end of the span that holds at `at`; null where none does. */
  endAt(at: number): number | null;
  /** The next start after `at`; null where none is in sight. */
  nextStart(at: number): number | null;
  /** The next spans from `at` on, the one that holds among them. */
  spans(at: number, count: number): readonly { readonly start: number; readonly end: number }[];
}

// A day by the wall clock has 25 hours, or 26 where a zone moves by more.
const LONGEST_DAY_MS = 26 * 3_600_000;
const EMPTY_SPANS = 50;

/**
 * The spans of a window that begins by `recurrence`. A start or end that the wall clock leaves out is the end of the gap,
 * an end that it shows twice is the later one. A span that this leaves empty is skipped.
 */
export function createWindowSpans(recurrence: Recurrence, length: WindowLength, zone: Zone): WindowSpans {
  const longestMs = 'durationMs' in length ? length.durationMs : LONGEST_DAY_MS;
  const endOf = (start: number) => {
    if ('durationMs' in length) return start + length.durationMs;
    return isInGap(start, length.untilMinute) ? start : wallEnd(start, length.untilMinute, zone);
  };
  /** Whether the wall clock leaves out all that is between the start and the end: both are the end of the gap. */
  const isInGap = (start: number, untilMinute: number) => {
    const minute = minuteAt(zone, start);
    const skipped = minute - minuteAt(zone, start - 60_000) - 1;
    if (skipped <= 0 || untilMinute > minute || untilMinute <= minute - skipped) return false;
    const next = recurrence.next(start);
    // What as a rule begins when it ends is a whole day.
    return untilMinute < minute || next === null || minuteAt(zone, next) !== untilMinute;
  };
  const compute = (at: number) => {
    const ends = recurrence.starts(at - longestMs, at + 1).map(endOf);
    const latest = ends.reduce((a, b) => Math.max(a, b), at);
    return latest > at ? latest : null;
  };
  const nextStart = (after: number) => {
    let at: number | null = after;
    for (let tries = 0; tries < EMPTY_SPANS && at !== null; tries += 1) {
      at = recurrence.next(at);
      if (at !== null && endOf(at) > at) return at;
    }
    return null;
  };
  // A storm asks thousands of times within the same span: the answer stays until something begins or ends.
  let known: { readonly from: number; readonly to: number; readonly end: number | null } | null = null;
  return {
    endAt: (at) => {
      if (known === null || at < known.from || at >= known.to) {
        const end = compute(at);
        known = { from: at, to: Math.min(end ?? Infinity, nextStart(at) ?? Infinity), end };
      }
      return known.end;
    },
    nextStart,
    spans: (at, count) => {
      const begun = recurrence.starts(at - longestMs, at + 1).filter((start) => endOf(start) > at);
      const starts = [...begun];
      for (let next = nextStart(at); next !== null && starts.length < count; next = nextStart(next)) starts.push(next);
      return starts.slice(0, count).map((start) => ({ start, end: endOf(start) }));
    },
  };
}

function wallEnd(start: number, untilMinute: number, zone: Zone): number {
  const wall = zone.wallTime(start);
  const day = wall.day + (untilMinute <= wall.hour * 60 + wall.minute ? 1 : 0);
  return instantOf(zone, { ...wall, day, hour: Math.floor(untilMinute / 60), minute: untilMinute % 60 }, 'end');
}

function minuteAt(zone: Zone, at: number): number {
  const { hour, minute } = zone.wallTime(at);
  return hour * 60 + minute;
}
