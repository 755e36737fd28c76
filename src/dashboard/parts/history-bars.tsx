import { useState } from 'preact/hooks';
import { barsText, type HistoryBar } from '../model/endpoints.ts';
import { shown } from '../words/outside.ts';

const STEP = 5;
const HIGH = 20;

/** What was, as bars: trouble is tall, and told by height as much as by colour. */
export function HistoryBars({ bars, what, isWide = false, isCut = false }: BarsProps) {
  const [at, setAt] = useState<number | null>(null);
  const one = at === null ? undefined : bars[at];
  const point = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    setAt(Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length))));
  };
  const text = barsText(bars, what);
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(Math.min(bars.length - 1, Math.max(0, (at ?? bars.length) + by)));
  };
  const drawn = (
    <svg
      class="bars"
      viewBox={`0 0 ${bars.length * STEP - 1} ${HIGH}`}
      preserveAspectRatio={isCut ? 'xMaxYMid slice' : 'none'}
      aria-hidden="true"
      onPointerMove={point}
      onPointerLeave={() => setAt(null)}
    >
      {(['up', 'down', 'unknown', 'none'] as const).map((kind) => (
        <path key={kind} class={`b-${kind}`} d={pathOf(bars, kind)} />
      ))}
    </svg>
  );
  if (!isWide) {
    return (
      <span class="bars-of" title={shown(one?.text ?? text)}>
        {drawn}
        <span class="vh">{text}</span>
      </span>
    );
  }
  return (
    <div class="bars-of wide">
      <div tabIndex={0} role="group" aria-label={text} onKeyDown={press} onBlur={() => setAt(null)}>
        {drawn}
      </div>
      <p class="t3" aria-live="polite">
        {shown(one?.text ?? text)}
      </p>
    </div>
  );
}

interface BarsProps {
  readonly bars: readonly HistoryBar[];
  /** What one bar is: `look`, `day`. */
  readonly what: string;
  /** Over the whole width, and read one by one. */
  readonly isWide?: boolean;
  /** Where there is little room, as many as fit are shown, the newest of them. */
  readonly isCut?: boolean;
}

/** All bars of a kind as one path: a list of them has thousands. */
function pathOf(bars: readonly HistoryBar[], kind: HistoryBar['kind']): string {
  return bars
    .map((bar, index) => {
      if (bar.kind !== kind) return '';
      const height = Math.max(2, Math.round(bar.height * HIGH));
      // What is outlined is drawn half a pixel further in.
      const [x, y, wide, high] =
        kind === 'unknown'
          ? [index * STEP + 0.5, HIGH - height + 0.5, 3, height - 1]
          : [index * STEP, HIGH - height, 4, height];
      return `M${x} ${y}h${wide}v${high}h-${wide}z`;
    })
    .join('');
}

/** What the heights and colours of bars mean. */
export function BarsLegend() {
  return (
    <span class="legend bars-legend only-l">
      {(['up', 'down', 'unknown', 'none'] as const).map((kind) => (
        <span key={kind}>
          <i class={`b-${kind}`} />
          {kind === 'none' ? 'no data' : kind}
        </span>
      ))}
    </span>
  );
}
