import { daysInMonth, instantOf, type WallTime, weekdayOf, type Zone } from '../time/zone.ts';

/** From one number to another, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Minutes of a day, the end excluded: 0 to 1440. A span that ends before it begins goes over midnight. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** One rule of an interval: all that is given must hold. */
export interface IntervalRule {
  readonly zone: Zone;
  readonly times?: readonly DaySpan[];
  /** 0 for Sunday to 6. */
  readonly weekdays?: readonly Range[];
  /** 1 to 31, or −1 for the last day of the month to −31. */
  readonly days?: readonly Range[];
  /** 1 to 12. */
  readonly months?: readonly Range[];
  readonly years?: readonly Range[];
}

/** A named set of times: it holds when one of its rules does. */
export interface Interval {
  readonly name: string;
  /** Where it stands in the configuration, for people. */
  readonly place?: string;
  readonly rules: readonly IntervalRule[];
}

// A yearly rule on 29 February comes round after eight years at most; what is further off is "not in sight".
const DAYS_AHEAD = 3000;
const MINUTES = 1440;

/** Whether the interval holds at `at`, by the wall clock of each rule's zone. */
export function holds({ rules }: Interval, at: number): boolean {
  return rules.some((rule) => ruleHolds(rule, at));
}

function ruleHolds(rule: IntervalRule, at: number): boolean {
  const wall = rule.zone.wallTime(at);
  const minute = wall.hour * 60 + wall.minute;
  if (rule.times === undefined) return dayHolds(rule, wall);
  return rule.times.some(({ from, to }) => {
    if (from <= to) return minute >= from && minute < to && dayHolds(rule, wall);
    // Over midnight: the night belongs to the day on which it began.
    if (minute >= from) return dayHolds(rule, wall);
    return minute < to && dayHolds(rule, dayBefore(wall));
  });
}

type Day = Pick<WallTime, 'year' | 'month' | 'day'>;

function dayHolds({ weekdays, days, months, years }: IntervalRule, wall: Day): boolean {
  if (years !== undefined && !isIn(years, wall.year)) return false;
  if (months !== undefined && !isIn(months, wall.month)) return false;
  if (weekdays !== undefined && !isIn(weekdays, weekdayOf(wall))) return false;
  return days === undefined || isInMonth(days, wall);
}

function isIn(ranges: readonly Range[], value: number): boolean {
  return ranges.some(({ from, to }) => value >= from && value <= to);
}

/** Days may count from the end of the month; what is beyond the month is clamped to it, as in Alertmanager. */
function isInMonth(ranges: readonly Range[], { year, month, day }: Day): boolean {
  const last = daysInMonth(year, month);
  const fromStart = (value: number) => (value < 0 ? last + 1 + value : value);
  return ranges.some(({ from, to }) => {
    const [first, end] = [Math.max(1, fromStart(from)), Math.min(last, fromStart(to))];
    return day >= first && day <= end;
  });
}

function dayBefore({ year, month, day }: Day): Day {
  const before = new Date(Date.UTC(year, month - 1, day - 1));
  return { year: before.getUTCFullYear(), month: before.getUTCMonth() + 1, day: before.getUTCDate() };
}

/**
 * The next instant after `at` at which it may change whether one of the intervals holds; null when none is in sight. It
 * is exact where days and times change it, and a change of clocks may add an instant at which nothing changes.
 */
export function nextChange(intervals: readonly Interval[], at: number): number | null {
  const isOn = (instant: number) => intervals.some((interval) => holds(interval, instant));
  const now = isOn(at);
  const zones = new Map(intervals.flatMap(({ rules }) => rules.map(({ zone }) => [zone.name, zone] as const)));
  const bounds = boundsOf(intervals);
  let best: number | null = null;
  for (const zone of zones.values()) {
    const today = zone.wallTime(at);
    for (let ahead = -1; ahead < DAYS_AHEAD; ahead += 1) {
      const day = { year: today.year, month: today.month, day: today.day + ahead };
      const candidates = bounds
        .flatMap((minute) => candidatesOf(zone, day, minute))
        .filter((instant) => instant > at && (best === null || instant < best));
      const change = candidates.sort((a, b) => a - b).find((instant) => isOn(instant) !== now);
      if (change !== undefined) best = change;
      if (best !== null && ahead >= 0) break;
    }
  }
  return best;
}

/** Intervals that are asked again and again: until the next change the answer stays. Belongs to one process. */
export interface IntervalTimes {
  /** Whether one of them holds at `at`. */
  isOn(intervals: readonly Interval[], at: number): boolean;
  /** As `nextChange`. */
  nextChange(intervals: readonly Interval[], at: number): number | null;
}

/** Made anew it remembers nothing. Lists of intervals are told apart by what they are, not by what they hold. */
export function createIntervalTimes(): IntervalTimes {
  const known = new Map<readonly Interval[], { from: number; next: number | null; isOn: boolean }>();
  const lookUp = (intervals: readonly Interval[], at: number) => {
    const found = known.get(intervals);
    if (found !== undefined && at >= found.from && (found.next === null || at < found.next)) return found;
    // A storm of what is held back asks for every alert, and the search may go over years.
    const isOn = intervals.some((interval) => holds(interval, at));
    const fresh = { from: at, next: nextChange(intervals, at), isOn };
    known.set(intervals, fresh);
    return fresh;
  };
  return {
    isOn: (intervals, at) => intervals.length > 0 && lookUp(intervals, at).isOn,
    nextChange: (intervals, at) => lookUp(intervals, at).next,
  };
}

function boundsOf(intervals: readonly Interval[]): readonly number[] {
  const minutes = intervals.flatMap(({ rules }) =>
    rules.flatMap(({ times = [] }) => times.flatMap(({ from, to }) => [from, to])),
  );
  return [...new Set([0, ...minutes.map((minute) => minute % MINUTES)])].sort((a, b) => a - b);
}

function candidatesOf(zone: Zone, day: Day, minute: number): readonly number[] {
  const wall = { ...day, hour: Math.floor(minute / 60), minute: minute % 60 };
  return [...new Set([instantOf(zone, wall, 'start'), instantOf(zone, wall, 'end')])];
}
