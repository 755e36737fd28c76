import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type ChartPoint,
  type ChartSpan,
  gridValues,
  linePath,
  nearestPoint,
  placeIn,
  runsOf,
  timeTicks,
} from '../model/chart.ts';
import { useCell, useModel } from '../model/hooks.ts';
import { Empty, Panel } from './panel.tsx';

const HIGH = 150;
const LEFT = 56;
const BELOW = 22;
const ABOVE = 8;
const RIGHT = 16;
const DAY_MS = 86_400_000;
// What is dragged over less of the chart is a click.
const LEAST_DRAG = 8;

/**
 * A series over time: what is not known is a gap, times of trouble stand as a strip on the axis. Under the cursor, and by
 * the arrow keys, the value stands in the head. What is dragged over is shown alone.
 */
export function LineChart({ title, points, span, stepMs, trouble, format, now, side, onZoom }: ChartProps) {
  const { times } = useModel();
  const zone = useCell(times);
  const area = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState(-1);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const measured = new ResizeObserver(() => setWidth(element.clientWidth));
    measured.observe(element);
    return () => measured.disconnect();
  }, []);
  const grid = gridValues(Math.max(0, ...points.map(({ value }) => value ?? 0)));
  const top = grid.at(-1) ?? 1;
  const [wide, high] = [Math.max(1, width - LEFT - RIGHT), HIGH - ABOVE - BELOW];
  const place = placeIn(span, top, wide, high);
  const long = span.to - span.from > 2 * DAY_MS;
  const label = (time: number) => (long ? zone.weekday(time) : zone.minute(time));
  const one = points[at];
  const momentAt = (event: PointerEvent) => {
    const x = event.clientX - (area.current?.getBoundingClientRect().left ?? 0) - LEFT;
    return span.from + (Math.min(wide, Math.max(0, x)) / wide) * (span.to - span.from);
  };
  const end = () => {
    if (drag === null) return;
    const [from, to] = [Math.min(...drag), Math.max(...drag)];
    setDrag(null);
    if (place.x(to) - place.x(from) >= LEAST_DRAG) onZoom({ from: Math.floor(from), to: Math.ceil(to) });
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    let next = at === -1 ? points.length - 1 : at + by;
    while (points[next]?.value === null) next += by;
    if (points[next] !== undefined) setAt(next);
  };
  const said = one ? `${one.value === null ? 'no data' : format(one.value)} at ${zone.until(one.at, now)}` : '';
  const rows = points.filter(({ value }) => value !== null);
  if (rows.length === 0) {
    return (
      <Panel title={title} side={side}>
        <Empty icon="clock" title="Nothing is known of this time" />
      </Panel>
    );
  }
  return (
    <Panel title={title} count={<span aria-live="polite">{said}</span>} side={side}>
      <div class="chart" ref={area} tabIndex={0} role="group" aria-label={`${title}, ${said}`} onKeyDown={press}>
        <svg
          width={width}
          height={HIGH}
          aria-hidden="true"
          onPointerDown={(event) => event.button === 0 && setDrag([momentAt(event), momentAt(event)])}
          onPointerMove={(event) => {
            const time = momentAt(event);
            setAt(nearestPoint(points, time));
            if (drag !== null) setDrag([drag[0], time]);
          }}
          onPointerUp={end}
          onPointerLeave={() => {
            setAt(-1);
            setDrag(null);
          }}
        >
          <g transform={`translate(${LEFT} ${ABOVE})`}>
            {grid.map((value) => (
              <g key={value} transform={`translate(0 ${Math.round(place.y(value)) + 0.5})`}>
                <path class="grid" d={`M0 0h${wide}`} />
                <text class="axis" x={-8} y={4} text-anchor="end">
                  {format(value)}
                </text>
              </g>
            ))}
            {timeTicks(span, width < 500 ? 3 : 5).map((time, index, all) => (
              <text
                key={time}
                class="axis"
                x={place.x(time)}
                y={high + 17}
                text-anchor={index === 0 ? 'start' : index === all.length - 1 ? 'end' : 'middle'}
              >
                {label(time)}
              </text>
            ))}
            {trouble.map(({ from, to }) => (
              <rect
                key={from}
                class="trouble"
                x={place.x(from)}
                y={high - 3}
                width={Math.max(2, place.x(to) - place.x(from))}
                height={3}
              />
            ))}
            <path class="line" d={linePath(runsOf(points, stepMs), place)} />
            {drag !== null && (
              <rect
                class="dragged"
                x={Math.min(place.x(drag[0]), place.x(drag[1]))}
                y={0}
                width={Math.abs(place.x(drag[1]) - place.x(drag[0]))}
                height={high}
              />
            )}
            {one !== undefined && one.value !== null && (
              <>
                <path class="cursor" d={`M${Math.round(place.x(one.at)) + 0.5} 0v${high}`} />
                <circle class="dot" cx={place.x(one.at)} cy={place.y(one.value)} r={3} />
              </>
            )}
          </g>
        </svg>
      </div>
      <details class="as-table">
        <summary>Show as table</summary>
        <div class="scroll-y" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <table>
            <thead>
              <tr>
                <th>Time</th>
                <th class="num">{title}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ at: time, value }) => (
                <tr key={time}>
                  <td>{zone.clockOrDay(time, now)}</td>
                  <td class="num">{format(value ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Panel>
  );
}

interface ChartProps {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  readonly span: ChartSpan;
  readonly stepMs: number;
  /** When it was down, for example. */
  readonly trouble: readonly ChartSpan[];
  readonly format: (value: number) => string;
  readonly now: number;
  readonly side?: ComponentChildren;
  readonly onZoom: (span: ChartSpan) => void;
}
