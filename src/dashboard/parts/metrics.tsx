import type { Figure } from '../model/instances.ts';
import { metricText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { Panel } from './panel.tsx';
import { Moment } from './time.tsx';

/** The figures that came with a result, as they were then. */
export function MetricsPanel({
  metrics,
  at,
}: {
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly at: string;
}) {
  const figures = Object.entries(metrics);
  if (figures.length === 0) return null;
  const side = (
    <span class="t3">
      as of <Moment at={at} />
    </span>
  );
  return (
    <Panel title="Figures" side={side}>
      <dl class="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt class="trunc" title={shown(name)}>
              {shown(name.replaceAll('_', ' '))}
            </dt>
            <dd class="trunc">{valueText(name, value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function valueText(name: string, value: unknown): string {
  if (typeof value === 'number') return metricText(name, value);
  return shown(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The newest figures of an instance, each with the check that it comes from. Of a silent one they are what they were. */
export function FiguresPanel({ figures, isOld }: { readonly figures: readonly Figure[]; readonly isOld: boolean }) {
  if (figures.length === 0) return null;
  const side = (
    <span class="t3 only-l">{isOld ? 'as they were when it was last heard' : 'as of their last result'}</span>
  );
  return (
    <Panel title="Figures" count={figures.length} side={side}>
      <dl class={`figures${isOld ? ' old' : ''}`}>
        {figures.map(({ name, value, check, at }) => (
          <div key={name}>
            <dt class="trunc" title={shown(`${name}, of ${check}`)}>
              {shown(name.replaceAll('_', ' '))}
            </dt>
            <dd class="trunc">
              {valueText(name, value)}
              <small>
                <Moment at={at} />
              </small>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
