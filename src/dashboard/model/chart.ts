/** A value of a series; null where nothing is known. */
export interface ChartPoint {
  /** UTC milliseconds. */
  readonly at: number;
  readonly value: number | null;
}

/** A span of a chart, UTC milliseconds. */
export interface ChartSpan {
  readonly from: number;
  readonly to: number;
}

/** Round values from 0 to above the highest, at most four of them: where the lines of a grid stand. */
export function gridValues(highest: number): readonly number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** So many moments of a span, evenly apart, for the labels below it. */
export function timeTicks({ from, to }: ChartSpan, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}

/** Where a moment and a value stand, in pixels. */
export interface Place {
  x(at: number): number;
  y(value: number): number;
}

/** Places in an area of this size, the values from 0 to `top`. */
export function placeIn(span: ChartSpan, top: number, width: number, height: number): Place {
  const length = Math.max(1, span.to - span.from);
  return {
    x: (at) => ((Math.min(Math.max(at, span.from), span.to) - span.from) / length) * width,
    y: (value) => height - (value / top) * height,
  };
}

/**
 * Runs of values between which nothing is missing: what lies further apart than two steps, or is not known, is a gap, and a
 * gap is never drawn over.
 */
export function runsOf(points: readonly ChartPoint[], stepMs: number): readonly (readonly ChartPoint[])[] {
  const runs: ChartPoint[][] = [];
  let last: ChartPoint | null = null;
  for (const point of points) {
    if (point.value !== null) {
      if (last === null || point.at - last.at > 2 * stepMs) runs.push([point]);
      else runs.at(-1)?.push(point);
    }
    last = point.value === null ? null : point;
  }
  return runs;
}

/** The line of some runs as the `d` of a path; one value alone is a short stroke, so that it is seen. */
export function linePath(runs: readonly (readonly ChartPoint[])[], { x, y }: Place): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  return runs
    .map((run) => {
      const dots = run.map(({ at, value }) => `${round(x(at))} ${round(y(value ?? 0))}`);
      return dots.length === 1 ? `M${dots[0]}h2` : `M${dots.join('L')}`;
    })
    .join('');
}

/** The index of the point that is nearest to a moment, among those that have a value; -1 for none. */
export function nearestPoint(points: readonly ChartPoint[], at: number): number {
  let best = -1;
  points.forEach((point, index) => {
    if (point.value === null) return;
    const before = points[best];
    if (before === undefined || Math.abs(point.at - at) < Math.abs(before.at - at)) best = index;
  });
  return best;
}
