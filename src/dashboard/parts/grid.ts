import type { Clock } from '../browser/clock.ts';

/** A window on many rows of one height, of which only those in sight are in the page. */
export interface Grid {
  /** Says how many rows there are, and has what is in sight written anew. */
  update(count: number): void;
  /** Brings a row into sight. */
  reveal(index: number): void;
  /** The rows in sight: the first, and the one behind the last. */
  range(): readonly [from: number, to: number];
  stop(): void;
}

/** A row of the window. */
export interface GridRow {
  readonly node: HTMLElement;
  /** Shows the item at this place of the list. */
  readonly show: (index: number) => void;
}

/** How rows are made and written. */
export interface GridParts {
  /** What scrolls; its one child is as high as all rows. */
  readonly scroller: HTMLElement;
  readonly canvas: HTMLElement;
  readonly rowHeight: () => number;
  /** Makes an empty row, which then shows one item after the other; `number` tells it apart from the others. */
  readonly make: (number: number) => GridRow;
  readonly onRange: (from: number, to: number) => void;
  readonly clock: Clock;
}

const OVERSCAN = 8;
const MOST_ROWS = 80;
const SETTLE_MS = 60;

/**
 * Shows them. Rows are used again and never rebuilt: row number i is shown by node number i modulo the count of nodes, so
 * that scrolling by one writes one node. At one row a frame nothing else happens.
 */
export function createGrid({ scroller, canvas, rowHeight, make, onRange, clock }: GridParts): Grid {
  const rows: GridRow[] = [];
  let shown: number[] = [];
  let count = 0;
  let height = 0;
  let view = 0;
  let cancel: (() => void) | null = null;
  let rest: (() => void) | null = null;
  let told: readonly [number, number] = [0, 0];

  const measure = () => {
    height = rowHeight();
    view = scroller.clientHeight;
    const size = Math.min(MOST_ROWS, Math.ceil(view / height) + 2 * OVERSCAN + 1);
    while (rows.length < size) {
      const row = make(rows.length);
      row.node.hidden = true;
      rows.push(row);
      canvas.append(row.node);
    }
    for (const { node } of rows.splice(size)) node.remove();
    shown = rows.map(() => -1);
  };
  /** Writes the rows that do not show what they should. */
  const write = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      const place = index % rows.length;
      const row = rows[place];
      if (row === undefined || shown[place] === index) continue;
      shown[place] = index;
      row.node.style.transform = `translateY(${index * height}px)`;
      row.show(index);
    }
  };
  const draw = () => {
    cancel = null;
    const top = scroller.scrollTop;
    const first = Math.floor(top / height);
    const last = Math.min(count, Math.ceil((top + view) / height));
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(count, from + rows.length);
    rest?.();
    rest = null;
    if (Math.abs(first - told[0]) <= OVERSCAN) write(from, to);
    else {
      // A fast scroll passes rows out of sight before anybody could see them: they are written once it has come to rest.
      write(first, last);
      rest = clock.after(SETTLE_MS, draw);
    }
    for (const [place, { node }] of rows.entries()) {
      const index = shown[place] ?? -1;
      const isIn = index >= 0 && index < count;
      if (isIn !== node.hidden) continue;
      node.hidden = !isIn;
    }
    if (told[0] !== first || told[1] !== last) {
      told = [first, last];
      onRange(first, last);
    }
  };
  const schedule = () => {
    cancel ??= clock.frame(draw);
  };
  const resized = new ResizeObserver(() => {
    measure();
    canvas.style.height = `${count * height}px`;
    schedule();
  });
  resized.observe(scroller);
  scroller.addEventListener('scroll', schedule, { passive: true });
  measure();
  return {
    update: (next) => {
      if (next !== count) canvas.style.height = `${next * height}px`;
      count = next;
      shown = shown.map(() => -1);
      draw();
    },
    reveal: (index) => {
      const top = index * height;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + height > scroller.scrollTop + view) scroller.scrollTop = top + height - view;
      draw();
    },
    range: () => told,
    stop: () => {
      resized.disconnect();
      scroller.removeEventListener('scroll', schedule);
      cancel?.();
      rest?.();
    },
  };
}
