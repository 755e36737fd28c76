import { hrefOf } from '../model/address.ts';
import { shown } from '../words/outside.ts';
import { PageLink } from './link.tsx';
import { Panel } from './panel.tsx';

/** Labels: a press on one shows all alerts with it. */
export function Labels({
  title,
  labels,
}: {
  readonly title: string;
  readonly labels: readonly (readonly [string, string])[];
}) {
  if (labels.length === 0) return null;
  return (
    <Panel title={title}>
      <dl class="kv">
        {labels.map(([name, value]) => (
          <div key={name}>
            <dt>{shown(name)}</dt>
            <dd>
              <PageLink href={hrefOf('alerts', null, { label: `${name}=${value}` })} title="Alerts with this label">
                {shown(value) || '—'}
              </PageLink>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
