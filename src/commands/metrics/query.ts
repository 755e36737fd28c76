import type * as z from 'zod';
import { loadSettings } from '../../config/load.ts';
import { round } from '../../core/figures.ts';
import { iso } from '../../core/iso-time.ts';
import type { SAMPLES } from '../../web/api/samples.ts';
import { Exit, type Terminal } from '../contract.ts';
import { askHub } from '../hub-client.ts';
import { csvLines, outputOf } from '../screen/output.ts';

/** Options of `monitor metrics query`. */
export interface QueryFlags {
  readonly json?: boolean;
  readonly output?: string;
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
}

type Points = z.infer<typeof SAMPLES>['points'];

/** Prints a figure of an instance over time. Exits 1 where there is none. */
export async function queryMetrics(
  instance: string,
  metric: string,
  flags: QueryFlags,
  terminal: Terminal,
): Promise<void> {
  const { json, output, config, from, to, step } = flags;
  const form = outputOf({ json, output });
  const query = { instance_id: instance, metric, from, to, step };
  const found = (await askHub(loadSettings({ configFile: config }), '/api/v1/samples', query)) as z.infer<
    typeof SAMPLES
  >;
  const { points } = found;
  if (form === 'json') terminal.out(JSON.stringify(found));
  else if (form === 'csv') {
    const rows = points.map(([ms, avg, min, max]) => ({ time: iso(ms), avg, min, max }));
    for (const line of csvLines(rows)) terminal.out(line);
  } else if (points.length === 0) {
    terminal.out(`There is no ${metric} of ${instance} in this span: is its name right, and does it push?`);
  } else for (const line of drawn(points, terminal.columns)) terminal.out(line);
  if (points.length === 0) throw new Exit(1);
}

const BARS = '▁▂▃▄▅▆▇█';

/** The line, by the means of what falls into a column, and below it what it goes between. A column without a value is blank. */
export function drawn(points: Points, columns: number): readonly string[] {
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const width = Math.max(1, Math.min(columns, points.length === 1 ? 1 : 240));
  const cells: number[][] = Array.from({ length: width }, () => []);
  for (const [ms, avg] of points) {
    const column = last === first ? 0 : Math.min(width - 1, Math.floor(((ms - first) / (last - first)) * width));
    cells[column]?.push(avg);
  }
  const means = cells.map((values) => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length));
  const known = means.filter((mean) => mean !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (mean: number) =>
    BARS.charAt(high === low ? 0 : Math.min(7, Math.floor(((mean - low) / (high - low)) * 8)));
  const [least, most] = [Math.min(...points.map(([, , min]) => min)), Math.max(...points.map(([, , , max]) => max))];
  return [
    means.map((mean) => (mean === null ? ' ' : bar(mean))).join(''),
    `${iso(first)} to ${iso(last)}: ${points.length} points, least ${round(least, 3)}, most ${round(most, 3)}, last ${round(points.at(-1)?.[1] ?? 0, 3)}`,
  ];
}
