import { lowerMedian, type Point } from './points.ts';

/** A straight line: its value at the last of the points, and how it grows by the hour. */
export interface Line {
  readonly value: number;
  readonly slope: number;
}

/** The straight line that lies nearest to the points; null for fewer than two times. */
export function leastSquares(points: readonly Point[]): Line | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const hours = points.map(([at]) => (at - last[0]) / HOUR_MS);
  const [meanX, meanY] = [mean(hours), mean(points.map(([, value]) => value))];
  let [above, below] = [0, 0];
  points.forEach(([, value], index) => {
    const x = (hours[index] as number) - meanX;
    above += x * (value - meanY);
    below += x * x;
  });
  return below === 0 ? null : { slope: above / below, value: meanY - (above / below) * meanX };
}

/** The median of the slopes between any two points: up to 29 % of the points may lie anywhere. */
export function theilSen(points: readonly Point[]): Line | null {
  const few = evenly(points, MOST);
  const last = points.at(-1);
  const slopes: number[] = [];
  for (let a = 0; a < few.length; a += 1)
    for (let b = a + 1; b < few.length; b += 1) {
      const [[at1, value1], [at2, value2]] = [few[a] as Point, few[b] as Point];
      if (at2 > at1) slopes.push(((value2 - value1) / (at2 - at1)) * HOUR_MS);
    }
  if (slopes.length === 0 || last === undefined) return null;
  const slope = median(slopes);
  return { slope, value: median(few.map(([at, value]) => value - (slope * (at - last[0])) / HOUR_MS)) };
}

const HOUR_MS = 3_600_000;
// Pairs grow with the square of the points.
const MOST = 120;

function evenly(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from(
    { length: most },
    (_, index) => points[Math.round((index * (points.length - 1)) / (most - 1))] as Point,
  );
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

/** The middle of numbers, and of an even count the mean of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

// A step is a jump when it is so many times the usual one, and such a part of the limit.
const JUMP = { times: 10, share: 0.02 };
// Points after a jump without which nothing is said of what comes after it.
const AFTER_JUMP = 12;

/** The points since the last jump; null where there are too few of them, all where there was none. */
export function sinceJump(points: readonly Point[], limit: number): readonly Point[] | null {
  const steps = points.slice(1).map(([, value], index) => Math.abs(value - (points[index] as Point)[1]));
  if (steps.length === 0) return points;
  const least = Math.max(JUMP.times * lowerMedian(steps), JUMP.share * Math.abs(limit));
  const last = steps.findLastIndex((step) => step > least);
  if (last === -1) return points;
  const after = points.slice(last + 1);
  return after.length < AFTER_JUMP ? null : after;
}

/** How the growth is measured: the straight line nearest to the points, the median of slopes, or the slowest of three. */
export type Fit = 'least_squares' | 'theil_sen' | 'careful';

/**
 * Milliseconds until a limit is reached at the growth that the points show; 0 where it is, Infinity where it never will be,
 * null where nothing can be said. `careful` is the latest of least squares, Theil–Sen, and Theil–Sen since the last jump:
 * each of them is wrong about something that another is right about.
 */
export function timeUntil(points: readonly Point[], limit: number, fit: Fit): number | null {
  const value = points.at(-1)?.[1];
  if (value === undefined) return null;
  if (value >= limit) return 0;
  const until = (line: Line | null) => {
    if (line === null) return null;
    return line.slope <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, ((limit - line.value) / line.slope) * HOUR_MS);
  };
  if (fit !== 'careful') return until(fit === 'theil_sen' ? theilSen(points) : leastSquares(points));
  const recent = sinceJump(points, limit);
  if (recent === null) return null;
  const all = [until(leastSquares(points)), until(theilSen(points))];
  if (recent !== points) all.push(until(theilSen(recent)));
  return all.reduce<number | null>((most, one) => (most === null || one === null ? null : Math.max(most, one)), 0);
}
