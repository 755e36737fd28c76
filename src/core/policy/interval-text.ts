import type { DaySpan, Range } from './interval.ts';

/** Text that is no time of day, weekday, day, month or year; the message says what one looks like. */
export class IntervalError extends Error {
  override name = 'IntervalError';
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const TIMES = 'times are written as 09:00-17:00, or 22:00-06:00 for a night; a day ends at 24:00';

/** Minutes of a day from `22:00-06:00`. Throws IntervalError, as all of these do. */
export function parseDaySpan(text: string): DaySpan {
  const [, from = '', to = ''] = /^\s*(\d\d:\d\d)\s*(?:-|–|to)\s*(\d\d:\d\d)\s*$/.exec(text) ?? [];
  const span = { from: minuteOf(from), to: minuteOf(to) };
  if (span.from === null || span.to === null || span.from === 1440) {
    throw new IntervalError(`"${text}" is no time of day: ${TIMES}`);
  }
  if (span.from === span.to) throw new IntervalError(`"${text}" is empty: ${TIMES}`);
  return { from: span.from, to: span.to };
}

/** The minute of the day of `06:30`, 1440 of `24:00`; null of anything else. */
export function minuteOf(text: string): number | null {
  const [, hour = '', minute = ''] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  const at = Number(hour) * 60 + Number(minute);
  return hour === '' || Number(minute) > 59 || at > 1440 ? null : at;
}

/** Days of the week from `monday`, `mon:fri` or `saturday:monday`, which goes over the end of the week; 0 for Sunday. */
export function parseWeekdays(text: string): readonly Range[] {
  const dayOf = (word: string) => indexOf(WEEKDAYS, word);
  return wrapped(text, dayOf, 0, 6, 'weekdays are written as monday, monday:friday or sat:sun');
}

/** Months from `january`, `12` or `november:february`, which goes over the end of the year; 1 for January. */
export function parseMonths(text: string): readonly Range[] {
  const monthOf = (word: string) => {
    const index = indexOf(MONTHS, word);
    if (index !== null) return index + 1;
    const number = /^\d{1,2}$/.test(word) ? Number(word) : 0;
    return number >= 1 && number <= 12 ? number : null;
  };
  return wrapped(text, monthOf, 1, 12, 'months are written as january, 12, june:august or 11:2');
}

/** Days of the month from `1:7`, `15` or `-3:-1`; −1 is the last day. */
export function parseDays(text: string): Range {
  const form = 'days of the month are written as 1:7, 15 or -3:-1, where -1 is the last day';
  const { from, to } = ends(text, (word) => (/^-?\d{1,2}$/.test(word) ? Number(word) : null), form);
  const isDay = (day: number) => day !== 0 && Math.abs(day) <= 31;
  if (!isDay(from) || !isDay(to)) throw new IntervalError(`"${text}" is no day of a month: ${form}`);
  // Where the two count from different ends, 28 days have to be enough for an order.
  const isBackwards = from > 0 === to > 0 ? from > to : from < 0 && to > 0;
  if (isBackwards) throw new IntervalError(`"${text}" ends before it begins: ${form}`);
  return { from, to };
}

/** Years from `2026` or `2026:2028`. */
export function parseYears(text: string): Range {
  const form = 'years are written as 2026 or 2026:2028';
  const range = ends(text, (word) => (/^\d{4}$/.test(word) ? Number(word) : null), form);
  if (range.from > range.to) throw new IntervalError(`"${text}" ends before it begins: ${form}`);
  return range;
}

function ends(text: string, read: (word: string) => number | null, form: string): Range {
  const words = text.split(':').map((word) => word.trim().toLowerCase());
  const [from, to] = [read(words[0] ?? ''), read(words.at(-1) ?? '')];
  if (words.length > 2 || from === null || to === null) throw new IntervalError(`"${text}" cannot be read: ${form}`);
  return { from, to };
}

function wrapped(
  text: string,
  read: (word: string) => number | null,
  first: number,
  last: number,
  form: string,
): readonly Range[] {
  const { from, to } = ends(text, read, form);
  if (from <= to) return [{ from, to }];
  return [
    { from, to: last },
    { from: first, to },
  ];
}

/** A word, or its first three letters. */
function indexOf(words: readonly string[], given: string): number | null {
  const index = words.findIndex((word) => word === given || word.slice(0, 3) === given);
  return index === -1 ? null : index;
}
