import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { AlertRows } from '../model/alert-rows.ts';
import { useCell, useModel } from '../model/hooks.ts';
import type { Selection } from '../model/selection.ts';
import { makeAlertRow } from './alert-cells.ts';
import { createGrid, type Grid } from './grid.ts';

/** The rows in sight, and what is pressed in them. */
export function AlertGrid(props: AlertGridProps) {
  const { clock, times, live } = useModel();
  const zone = useCell(times);
  const isLive = useCell(live.state).mode !== 'lost';
  const { version, total } = useCell(props.rows.state);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const grid = useRef<Grid | null>(null);
  // What rows are written with is read when they are, by a grid that stands as long as the page.
  const latest = useRef({ ...props, zone, isLive });
  latest.current = { ...props, zone, isLive };

  useLayoutEffect(() => {
    if (scroller.current === null || canvas.current === null) return;
    const made = createGrid({
      clock,
      scroller: scroller.current,
      canvas: canvas.current,
      rowHeight: () => (window.matchMedia('(max-width: 760px)').matches ? 52 : 32),
      make: (number) => {
        const { node, write } = makeAlertRow(number);
        const show = (index: number) => {
          const { rows, selection, current, zone: times, isLive: live } = latest.current;
          const alert = rows.row(index);
          write(index, alert, {
            ...{ now: clock.now(), times, isLive: live, isCurrent: index === current },
            isSelected: alert !== undefined && (selection.isAll || selection.ids.has(alert.id)),
            isGone: alert !== undefined && rows.isGone(alert.id),
          });
        };
        return { node, show };
      },
      onRange: (from, to) => {
        latest.current.rows.reach(to);
        latest.current.onRange(from, to);
      },
    });
    grid.current = made;
    if (props.handle) props.handle.current = made;
    return () => made.stop();
  }, []);
  // With the page, so that the row a key has moved to is there to be focused.
  useLayoutEffect(
    () => grid.current?.update(total),
    [version, total, props.selection, props.current, props.rows, zone, isLive],
  );
  useEffect(() => clock.every(1000, () => grid.current?.update(latest.current.rows.state.get().total)), [clock]);

  const indexOf = (event: Event) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset.id;
    return id === undefined ? -1 : props.rows.indexOf(id);
  };
  return (
    <div
      class="vbody"
      role="rowgroup"
      tabIndex={0}
      ref={scroller}
      aria-label="Alerts"
      onPointerOver={(event) => nameInFull(event.target as HTMLElement)}
      onClick={(event) => {
        const index = indexOf(event);
        if (index === -1) return;
        if (event.target instanceof HTMLInputElement) props.onSelect(index, event.shiftKey);
        else props.onOpen(index, event.metaKey || event.ctrlKey);
      }}
    >
      <div class="canvas" ref={canvas} />
    </div>
  );
}

/** What is cut off is shown whole to who points at it; a title on every cell would be written with every row. */
function nameInFull(cell: HTMLElement): void {
  if (cell.getAttribute('role') !== 'gridcell') return;
  const isCut = cell.scrollWidth > cell.clientWidth;
  if (isCut) cell.title = cell.textContent ?? '';
  else cell.removeAttribute('title');
}

interface AlertGridProps {
  readonly rows: AlertRows;
  readonly selection: Selection;
  readonly current: number;
  readonly onRange: (from: number, to: number) => void;
  readonly onSelect: (index: number, isRange: boolean) => void;
  readonly onOpen: (index: number, isNewTab: boolean) => void;
  readonly handle?: RefObject<Grid>;
}
