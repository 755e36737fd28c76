import { Cron } from 'croner';
import { RRuleTemporal } from 'rrule-temporal';
import { type Rrule, RruleError } from '../core/policy/rrule.ts';
import type { Recurrence } from '../core/policy/window.ts';
import { instantOf, type WallTime, weekdayOf, type Zone } from '../core/time/zone.ts';

/** A cron expression that cannot be read; the message says why. */
export class CronError extends Error {
  override name = 'CronError';
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// Where a rule is asked for its next start, periods that it may look through.
const ITERATIONS = 20_000;

/** The time at which a rule begins to count, by the wall clock. */
export type FirstTime = Pick<WallTime, 'year' | 'month' | 'day' | 'hour' | 'minute'>;

/**
 * The starts of a rule of RFC 5545, counted by the wall clock of the zone: one that the clock leaves out is the end of the
 * gap, one that it shows twice is the first. By the hour, real time counts. Throws RruleError where there is none at all.
 */
export function rruleRecurrence(rule: Rrule, first: FirstTime, zone: Zone): Recurrence {
  const recurrence = rule.get('FREQ') === 'HOURLY' ? hourly(rule, first, zone) : byWallClock(rule, first, zone);
  try {
    if (recurrence.next(instantOf(zone, first, 'start') - 1) !== null) return recurrence;
  } catch (error) {
    if (error instanceof RruleError) throw error;
  }
  throw new RruleError('the rule never comes round; look at its days and months');
}

/** The library makes instants of texts by whatever it is given: a number is enough, and Node.js has no Temporal yet. */
const TEMPORAL = {
  ZonedDateTime: {
    from: (text: string) => ({
      timeZoneId: 'UTC',
      ms: Date.parse(text.replace(/\[.*/, '')),
      toString: () => text,
    }),
  },
};

/** The rule counts in wall times, as if they were UTC; what instant each of them is comes after. */
function byWallClock(rule: Rrule, first: FirstTime, zone: Zone): Recurrence {
  const text = [...rule]
    .map(([name, value]) => `${name}=${name === 'UNTIL' ? untilText(value, zone) : value}`)
    .join(';');
  const rrule = new RRuleTemporal({
    temporal: TEMPORAL,
    rruleString: `DTSTART:${compact(asUtc(first))}\nRRULE:${text}`,
    ...{ maxIterations: ITERATIONS, cache: false },
  });
  const instantAt = (wallMs: number) => {
    const date = new Date(wallMs);
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    const wall = { ...day, hour: date.getUTCHours(), minute: date.getUTCMinutes() };
    // Of a day that a zone leaves out, as Samoa did in 2011, nothing takes place.
    const isNoDay = [0, 8, 16].every((hour) => zone.instants({ ...day, hour, minute: 0 }).length === 0);
    return isNoDay ? null : instantOf(zone, wall, 'start');
  };
  const wallAt = (at: number) => asUtc(zone.wallTime(at));
  return {
    starts: (from, to) => {
      const walls = rrule.between(new Date(wallAt(from) - DAY_MS), new Date(wallAt(to) + DAY_MS), true);
      return unique(walls.flatMap(({ ms }) => instantAt(ms) ?? [])).filter((at) => at >= from && at < to);
    },
    next: (at) => {
      // A day before, so that no change of clocks hides one.
      let found = rrule.next(new Date(wallAt(at) - DAY_MS), true);
      while (found !== null && (instantAt(found.ms) ?? at) <= at) found = rrule.next(new Date(found.ms));
      return found === null ? null : instantAt(found.ms);
    },
  };
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function hourly(rule: Rrule, first: FirstTime, zone: Zone): Recurrence {
  const begin = instantOf(zone, first, 'start');
  const step = Number(rule.get('INTERVAL') ?? 1) * HOUR_MS;
  const count = Number(rule.get('COUNT') ?? Number.POSITIVE_INFINITY);
  const until = rule.get('UNTIL');
  const last = until === undefined ? Number.POSITIVE_INFINITY : untilInstant(until, zone);
  const numbers = (name: string) => rule.get(name)?.split(',').map(Number);
  const [hours, months, days] = [numbers('BYHOUR'), numbers('BYMONTH'), numbers('BYMONTHDAY')];
  const weekdays = rule.get('BYDAY')?.split(',');
  const isFiltered = [hours, months, days, weekdays].some((one) => one !== undefined);
  if (days?.some((day) => day < 0)) throw new RruleError('BYMONTHDAY counts from 1 with FREQ=HOURLY');
  if (isFiltered && Number.isFinite(count))
    throw new RruleError('COUNT cannot be used with BY… and FREQ=HOURLY; use UNTIL');
  const isIn = (at: number) => {
    const wall = zone.wallTime(at);
    const isDay = weekdays?.includes(DAYS[weekdayOf(wall)] ?? '') ?? true;
    return (
      isDay &&
      (hours?.includes(wall.hour) ?? true) &&
      (months?.includes(wall.month) ?? true) &&
      (days?.includes(wall.day) ?? true)
    );
  };
  const end = Math.min(last, begin + (count - 1) * step);
  const firstFrom = (at: number) => (at <= begin ? begin : begin + Math.ceil((at - begin) / step) * step);
  return {
    starts: (from, to) => {
      const starts: number[] = [];
      for (let at = firstFrom(from); at < to && at <= end; at += step) if (isIn(at)) starts.push(at);
      return starts;
    },
    next: (after) => {
      let at = firstFrom(after + 1);
      for (let tries = 0; at <= end && tries < ITERATIONS; tries += 1, at += step) if (isIn(at)) return at;
      return null;
    },
  };
}

/** The starts of a cron expression of five fields, with `L`, `#` and `W`, by the wall clock of the zone. Throws CronError. */
export function cronRecurrence(expression: string, zone: Zone): Recurrence {
  const cron = readCron(expression, zone.name);
  const next = (at: number) => cron.nextRun(new Date(at))?.getTime() ?? null;
  if (next(Date.UTC(2000, 0, 1)) === null) throw new CronError(`"${expression}" never comes round`);
  return {
    starts: (from, to) => {
      const starts: number[] = [];
      // It looks after an instant, to the second.
      for (let at = next(from - 1000); at !== null && at < to; at = next(at)) if (at >= from) starts.push(at);
      return starts;
    },
    next,
  };
}

function readCron(expression: string, timezone: string): Cron {
  const form = 'it has five fields: minute, hour, day of month, month, day of week, such as 0 22 * * 6';
  if (!/^\s*(@\w+|\S+(\s+\S+){4})\s*$/.test(expression))
    throw new CronError(`"${expression}" is no cron expression: ${form}`);
  try {
    return new Cron(expression.trim(), { timezone, mode: '5-part', paused: true });
  } catch (error) {
    const reason = String((error as Error).message).replace(/^CronPattern: /, '');
    throw new CronError(`"${expression}" is no cron expression: ${reason}; ${form}`);
  }
}

/** UNTIL as a wall time of the zone; a day is meant with all of its hours. */
function untilText(value: string, zone: Zone): string {
  if (value.endsWith('Z')) return compact(asUtc(zone.wallTime(untilInstant(value, zone))));
  return `${value.includes('T') ? value : `${value}T235959`}Z`;
}

function untilInstant(value: string, zone: Zone): number {
  const [, year, month, day, hour = '23', minute = '59'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\dZ?)?$/.exec(value) ?? [];
  const wall = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
  };
  return value.endsWith('Z') ? asUtc(wall) : instantOf(zone, wall, 'end');
}

function asUtc({ year, month, day, hour, minute }: FirstTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

function compact(at: number): string {
  return `${new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

function unique(times: readonly number[]): number[] {
  return [...new Set(times)].sort((a, b) => a - b);
}
