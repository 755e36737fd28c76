/** One value of a series; `at` is when it was true, UTC milliseconds. */
export type Point = readonly [at: number, value: number];

// Of a series that is seldom told, so many are kept however old they are: its interval is known by them.
const LAST_KEPT = 12;
const GAPS = 10;

/** The points of one series in the order of their times. */
export interface Points {
  readonly at: readonly number[];
  readonly values: readonly number[];
  /** Adds a point wherever its time belongs; of two of one time the last one added counts. */
  add(at: number, value: number): void;
  /** Forgets what is older than `before`, but for the last twelve. */
  prune(before: number): void;
  /** Where the newest point not later than `at` stands; −1 for none. */
  indexAt(at: number): number;
  /** Usual time between two of the last points up to `at`; null where there are fewer than two. */
  intervalAt(at: number): number | null;
}

/** Points of a series that begins with these. */
export function createPoints(points: readonly Point[] = []): Points {
  const times: number[] = [];
  const values: number[] = [];
  const indexAt = (at: number): number => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const add = (at: number, value: number): void => {
    const index = indexAt(at);
    if (index >= 0 && times[index] === at) values[index] = value;
    else if (index === times.length - 1) {
      times.push(at);
      values.push(value);
    } else {
      times.splice(index + 1, 0, at);
      values.splice(index + 1, 0, value);
    }
  };
  for (const [at, value] of points) add(at, value);
  return {
    ...{ at: times, values, add, indexAt },
    prune: (before) => {
      const count = Math.min(indexAt(before - 1) + 1, times.length - LAST_KEPT);
      // Seldom, and then many at once: to move all that stays costs as much as it is long.
      if (count < 16 || count < times.length / 4) return;
      times.splice(0, count);
      values.splice(0, count);
    },
    intervalAt: (at) => {
      const last = indexAt(at);
      const gaps: number[] = [];
      for (let index = last; index > 0 && gaps.length < GAPS; index -= 1)
        gaps.push((times[index] as number) - (times[index - 1] as number));
      return gaps.length === 0 ? null : lowerMedian(gaps);
    },
  };
}

/** The middle one; of an even count the lower of the two. */
export function lowerMedian(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1] as number;
}

const LEAST_STALE_MS = 60_000;

/**
 * The value in force at `at`: the newest one, unless it is older than `staleMs`; left out, three times the series' own
 * interval, and a minute at least. null for none.
 */
export function valueInForce(points: Points, at: number, everyMs: number, staleMs?: number | null): number | null {
  const index = points.indexAt(at);
  if (index < 0) return null;
  const limit = staleMs ?? Math.max(LEAST_STALE_MS, 3 * (points.intervalAt(at) ?? everyMs));
  return at - (points.at[index] as number) < limit ? (points.values[index] as number) : null;
}

/** The points of (from, to]. */
export function within(points: Points, from: number, to: number): readonly Point[] {
  const found: Point[] = [];
  for (let index = points.indexAt(from) + 1; index < points.at.length; index += 1) {
    const at = points.at[index] as number;
    if (at > to) break;
    found.push([at, points.values[index] as number]);
  }
  return found;
}

// A counter that falls by less is read twice, or rounded; it has not begun anew.
const JITTER = 0.01;

/**
 * By how much a counter grew in (from, to]: the steps between neighbours whose later one lies there. A step down is a
 * counter that began anew at 0; one of less than a hundredth is none. null where there is no step.
 */
export function increase(points: Points, from: number, to: number): number | null {
  let sum: number | null = null;
  for (let index = Math.max(1, points.indexAt(from) + 1); index < points.at.length; index += 1) {
    if ((points.at[index] as number) > to) break;
    const [before, after] = [points.values[index - 1] as number, points.values[index] as number];
    const isJitter = after < before && before - after < JITTER * Math.abs(before);
    sum = (sum ?? 0) + (isJitter ? 0 : after < before ? after : after - before);
  }
  return sum;
}
