import { useState } from 'preact/hooks';
import { changed, queryText } from '../model/address.ts';
import { useCell, useKeptDocument, useModel, useReading } from '../model/hooks.ts';
import {
  OPENED_RANGES,
  type Openings,
  openedRange,
  openedText,
  type StackedBar,
  stackedBars,
} from '../model/opened.ts';
import { Loaded, Panel } from './panel.tsx';

const OPENED = '/api/v1/events/opened';
const EVERY_MS = 60_000;
const STEP = 10;
const WIDE = 8;
const HIGH = 56;

/** How many alerts opened over time: whether what is wrong now is more than usual. */
export function OpenedPanel() {
  const { address, filter, clock, times } = useModel();
  const query = useCell(address)?.query ?? {};
  const zone = useCell(times);
  const range = openedRange(query);
  const path = `${OPENED}${queryText({ subject: 'alert', from: range })}`;
  const opened = useKeptDocument<Openings>(path, true);
  useReading(OPENED, EVERY_MS);
  const [at, setAt] = useState<number | null>(null);
  const bars = opened.value ? stackedBars(opened.value) : [];
  const one = at === null ? undefined : bars[at];
  const total = opened.value && openedText(bars, opened.value.is_cut);
  const said = one ? `${one.text}, ${zone.until(one.at, clock.now())}` : total;
  const side = (
    <fieldset class="seg small" aria-label="Span">
      {OPENED_RANGES.map((word) => (
        <button
          type="button"
          key={word}
          aria-pressed={word === range}
          onClick={() => filter(changed(query, { range: word === '24h' ? null : word }))}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(Math.min(bars.length - 1, Math.max(0, (at ?? bars.length) + by)));
  };
  const point = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    setAt(Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length))));
  };
  return (
    <Panel title="Alerts opened" count={<span aria-live="polite">{said}</span>} side={side}>
      <Loaded of={opened} what="what opened" rows={1} height={94}>
        {({ from }) => (
          <div class="stacked">
            <div
              tabIndex={0}
              role="group"
              aria-label={`Alerts opened over ${range}: ${said}`}
              onKeyDown={press}
              onBlur={() => setAt(null)}
            >
              <svg
                viewBox={`0 0 ${bars.length * STEP} ${HIGH}`}
                preserveAspectRatio="none"
                aria-hidden="true"
                onPointerMove={point}
                onPointerLeave={() => setAt(null)}
              >
                {at !== null && <path class="cur" d={`M${at * STEP} 0h${STEP}v${HIGH}h-${STEP}z`} />}
                {(['crit', 'warn', 'info'] as const).map((kind) => (
                  <path key={kind} class={kind} d={pathOf(bars, kind)} />
                ))}
                <path class="base" d={`M0 ${HIGH - 0.5}h${bars.length * STEP}`} />
              </svg>
            </div>
            <p class="ends t3">
              <span>{zone.until(Date.parse(from), clock.now())}</span>
              <span>now</span>
            </p>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function pathOf(bars: readonly StackedBar[], kind: StackedBar['parts'][number]['kind']): string {
  return bars
    .flatMap(({ parts }, index) =>
      parts
        .filter((part) => part.kind === kind)
        .map(({ from, to }) => {
          const top = HIGH - to * HIGH;
          return `M${index * STEP + 1} ${top.toFixed(1)}h${WIDE}v${((to - from) * HIGH).toFixed(1)}h-${WIDE}z`;
        }),
    )
    .join('');
}
