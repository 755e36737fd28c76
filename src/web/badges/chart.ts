import { escaped } from '../markup.ts';

/** A moment, UTC milliseconds, and the mean time of an answer then; null where none came. */
export interface ChartPoint {
  readonly at: number;
  readonly ms: number | null;
}

const [WIDTH, HEIGHT] = [1280, 300];
const [LEFT, TOP, BOTTOM, RIGHT] = [70, 16, 36, 16];
const LINES = 4;

/**
 * Times of answers over [from, to) as a line, as an image that loads nothing; where nothing is known the line is broken. Grey
 * and blue that can be read on white and on black.
 */
export function responseTimeChart(points: readonly ChartPoint[], from: number, to: number): string {
  const most = niceCeiling(points.reduce((max, { ms }) => Math.max(max, ms ?? 0), 0));
  const x = (at: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (at - from)) / (to - from);
  const y = (ms: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - ms / most);
  const known = points.filter((one): one is ChartPoint & { readonly ms: number } => one.ms !== null);
  const paths = runsOf(points).map((run) => {
    const line = run.map(({ at, ms }, index) => `${index === 0 ? 'M' : 'L'}${round(x(at))} ${round(y(ms))}`);
    // A moment alone is a dot.
    return `<path d="${line.join('')}${run.length === 1 ? 'h0' : ''}"/>`;
  });
  const isLong = to - from > 2 * DAY_MS;
  const across = Array.from({ length: LINES + 1 }, (_, index) => {
    const [ms, at] = [(most * index) / LINES, round(y((most * index) / LINES))];
    return `<path stroke="#777" stroke-opacity=".25" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${round(ms)} ms</text>`;
  });
  const below = Array.from({ length: LINES + 1 }, (_, index) => {
    const at = from + ((to - from) * index) / LINES;
    const text = new Date(at).toISOString();
    const anchor = index === 0 ? 'start' : index === LINES ? 'end' : 'middle';
    return `<text x="${round(x(at))}" y="${HEIGHT - 12}" text-anchor="${anchor}">${isLong ? text.slice(5, 10) : text.slice(11, 16)}</text>`;
  });
  const name = escaped(
    known.length === 0
      ? 'Response time: no data'
      : `Response time, ${known.length} means, up to ${Math.max(...known.map(({ ms }) => ms))} ms`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${name}">`,
    `<title>${name}</title>`,
    '<g fill="#777" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="12">',
    ...across,
    ...below,
    '</g>',
    '<g fill="none" stroke="#3f83d0" stroke-width="2" stroke-linejoin="round" stroke-linecap="round">',
    ...paths,
    '</g></svg>',
  ].join('\n');
}

const DAY_MS = 86_400_000;

/** Points that follow one another without a gap. */
function runsOf(points: readonly ChartPoint[]): readonly { readonly at: number; readonly ms: number }[][] {
  const runs: { readonly at: number; readonly ms: number }[][] = [];
  let isBroken = true;
  for (const { at, ms } of points) {
    if (ms === null) isBroken = true;
    else if (isBroken) {
      runs.push([{ at, ms }]);
      isBroken = false;
    } else runs.at(-1)?.push({ at, ms });
  }
  return runs;
}

/** The next of 1, 2, 4, 5 or 8 with zeros behind it, so that quarters of it are easy to read. */
function niceCeiling(most: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return ([1, 2, 4, 5, 8, 10].find((one) => one * unit >= most) ?? 10) * unit;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
