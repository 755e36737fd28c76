import { printable } from '../columns.ts';
import type { Screen, Tone } from './screen.ts';
import { cut, displayWidth, padded, wrapped } from './width.ts';

/** A column of a list. */
export interface Column<Item> {
  readonly header: string;
  cell(item: Item, screen: Screen): string;
  /** Free text, which is cut down to so many columns before another column is left out. */
  readonly least?: number;
  /** In which turn it is left out where the screen is too narrow for all, from 1; one without a turn stays. */
  readonly leaves?: number;
  readonly align?: 'right';
  /** Of the last column: a text that is too long goes on in the next line. */
  readonly wraps?: true;
  tone?(item: Item): Tone | null;
}

const GAP = 2;
// What is left of a text tells nothing any more.
const NARROWEST = 4;

/** Items, a line each, under a header; fitted to the screen. Nothing where there are none. */
export function table<Item>(columns: readonly Column<Item>[], items: readonly Item[], screen: Screen): string[] {
  if (items.length === 0) return [];
  const all = columns.map((column) => {
    const cells = items.map((item) => printable(column.cell(item, screen)));
    const width = Math.max(displayWidth(column.header), ...cells.map(displayWidth));
    return { column, cells, width, least: Math.min(width, column.least ?? width) };
  });
  const shown = fitted(all, screen.width);
  const line = (cellOf: (one: (typeof shown)[number]) => string, toneOf: (column: Column<Item>) => Tone | null) =>
    shown
      .map((one, index) => {
        const text = cut(cellOf(one), one.width);
        const isLast = index === shown.length - 1;
        const side = one.column.align === 'right' ? 'start' : 'end';
        const filled = isLast && side === 'end' ? text : padded(text, one.width, side);
        const tone = toneOf(one.column);
        return tone === null ? filled : filled.replace(text, () => screen.paint(tone, text));
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const last = shown.at(-1);
  const indent = shown.slice(0, -1).reduce((sum, { width }) => sum + width + GAP, 0);
  return [
    line(
      ({ column }) => column.header,
      () => null,
    ),
    ...items.flatMap((item, row) => {
      const [text, ...others] = last?.column.wraps ? wrapped(last.cells[row] ?? '', last.width) : [];
      const first = line(
        (one) => (one === last ? text : undefined) ?? one.cells[row] ?? '',
        (column) => column.tone?.(item) ?? null,
      );
      return [first, ...others.map((other) => ' '.repeat(indent) + other)];
    }),
  ];
}

interface Measured {
  readonly column: Pick<Column<never>, 'leaves'>;
  readonly width: number;
  readonly least: number;
}

/** Columns for which there is room: others are left out in their turn, then free texts share what is missing. */
function fitted<One extends Measured>(all: readonly One[], width: number): readonly One[] {
  const room = (columns: readonly One[], of: 'width' | 'least') =>
    columns.reduce((sum, one) => sum + one[of], (columns.length - 1) * GAP);
  let shown = all;
  while (room(shown, 'least') > width) {
    const turns = shown.flatMap(({ column: { leaves } }) => leaves ?? []);
    if (turns.length === 0) break;
    const next = Math.min(...turns);
    shown = shown.filter(({ column }) => column.leaves !== next);
  }
  const widths = shown.map((one) => one.width);
  const floors = [shown.map(({ least }) => least), shown.map((one) => (one.least < one.width ? NARROWEST : one.width))];
  let missing = room(shown, 'width') - width;
  for (const floor of floors) {
    while (missing > 0) {
      const [widest, index] = widths.reduce<readonly [number, number]>(
        (best, own, at) => (own > (floor[at] ?? 0) && own > best[0] ? [own, at] : best),
        [0, -1],
      );
      if (index === -1) break;
      widths[index] = widest - 1;
      missing -= 1;
    }
  }
  return shown.map((one, index) => ({ ...one, width: widths[index] ?? one.width }));
}
