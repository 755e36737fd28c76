/** A step of a chart: its beginning, and what the values in it come to. */
export type ChartPoint = readonly [ms: number, avg: number, min: number, max: number];

/** Values by steps that are multiples of `stepMs` since the epoch; a step without values is left out. */
export function chartPoints(
  points: Iterable<readonly [at: number, value: number]>,
  stepMs: number,
): readonly ChartPoint[] {
  const steps = new Map<number, { sum: number; count: number; min: number; max: number }>();
  for (const [at, value] of points) {
    const start = Math.floor(at / stepMs) * stepMs;
    const step = steps.get(start) ?? { sum: 0, count: 0, min: value, max: value };
    step.sum += value;
    step.count += 1;
    step.min = Math.min(step.min, value);
    step.max = Math.max(step.max, value);
    steps.set(start, step);
  }
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([start, { sum, count, min, max }]) => [start, sum / count, min, max]);
}
