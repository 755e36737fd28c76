/** A time as a clock on the wall shows it. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** A time zone with its rules at each instant, never with today's offset. */
export interface Zone {
  /** IANA name, as it was given. */
  readonly name: string;
  /** What a clock on the wall shows at `at` (UTC milliseconds). */
  wallTime(at: number): WallTime;
  /**
   * The instants at which a clock shows that time, to the minute: one as a rule, two where the clock is set back, none
   * where it is set forward over it. Fields beyond their bounds carry over, as in `Date.UTC`.
   */
  instants(wall: Pick<WallTime, 'year' | 'month' | 'day' | 'hour' | 'minute'>): readonly number[];
}

/** A name that is no time zone. */
export class ZoneError extends Error {
  override name = 'ZoneError';
}

const DAY_MS = 86_400_000;
const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** The zone of that IANA name, by the rules that Node.js carries. Throws ZoneError. */
export function createZone(name: string): Zone {
  const format = formatOf(name);
  const wallTime = (at: number): WallTime => {
    const wall = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of format.formatToParts(at)) {
      const field = FIELDS.find((one) => one === type);
      if (field !== undefined) wall[field] = Number(value);
    }
    return wall;
  };
  const offsetAt = (at: number): number => asUtc(wallTime(at)) - Math.floor(at / 1000) * 1000;
  return {
    name,
    wallTime,
    instants: (wall) => {
      const guess = asUtc({ ...wall, second: 0 });
      // Offsets a day before and after: whichever change lies between, the right ones are among them.
      const offsets = new Set([offsetAt(guess - DAY_MS), offsetAt(guess), offsetAt(guess + DAY_MS)]);
      const found = [...offsets].map((offset) => guess - offset).filter((at) => offsetAt(at) === guess - at);
      return [...new Set(found)].sort((a, b) => a - b);
    },
  };
}

/**
 * The instant that stands for a wall time: where it does not exist the end of the gap, where it exists twice the earlier
 * for a start and the later for an end.
 */
export function instantOf(zone: Zone, wall: Parameters<Zone['instants']>[0], side: 'start' | 'end'): number {
  const found = zone.instants(wall);
  const at = side === 'start' ? found[0] : found.at(-1);
  return at ?? gapEnd(zone, asUtc({ ...wall, second: 0 }));
}

/** Where the clock is set forward: the first instant after it. `wanted` is the missing wall time, as if it were UTC. */
function gapEnd(zone: Zone, wanted: number): number {
  const isAfter = (at: number) => asUtc(zone.wallTime(at)) >= wanted;
  let [before, after] = [wanted - 2 * DAY_MS, wanted + 2 * DAY_MS];
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (isAfter(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** The day of the week, 0 for Sunday, of a wall time. */
export function weekdayOf({ year, month, day }: Pick<WallTime, 'year' | 'month' | 'day'>): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

/** How many days a month has. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function asUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: name, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch {
    throw new ZoneError(`"${name}" is no time zone: use an IANA name such as Europe/Berlin or UTC`);
  }
}
