import { useState } from 'preact/hooks';
import { changed, hrefOf, valueIn } from '../model/address.ts';
import { useCell, useDocument, useModel } from '../model/hooks.ts';
import { filterInstances, INSTANCE_TABS, type InstanceRow, instanceRows } from '../model/instances.ts';
import { Glyph } from '../parts/glyph.tsx';
import { PageLink } from '../parts/link.tsx';
import { OPEN_INCIDENTS } from '../parts/navigation.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ROW, useRowKeys } from '../parts/row-keys.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Seen } from '../parts/seen.tsx';
import { Segments } from '../parts/segments.tsx';
import type { Incident, Instance, Page } from '../wire/documents.ts';
import { countText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_CLASSES, BADNESS_WORDS } from '../words/severity.ts';

const STEP = 200;

/** Every instance: how it stands, and when it was heard. */
export function InstancesPage() {
  const { address, filter } = useModel();
  const query = useCell(address)?.query ?? {};
  const instances = useDocument<Page<Instance>>('/api/v1/instances?limit=500');
  const incidents = useDocument<Page<Incident>>(OPEN_INCIDENTS);
  const [most, setMost] = useState(STEP);
  const all = instanceRows(instances.value?.items ?? [], incidents.value?.items ?? []);
  const rows = filterInstances(all, query);
  const current = useRowKeys(rows.slice(0, most).map(({ instance }) => hrefOf('instances', instance.instance_id)));
  return (
    <>
      <div class="filters">
        <Segments
          query={query}
          name="state"
          label="State"
          choices={INSTANCE_TABS}
          countOf={(state) => filterInstances(all, state === null ? {} : { state: [state] }).length}
        />
        <input
          type="text"
          class="field"
          data-filter
          aria-label="Filter instances"
          aria-keyshortcuts="/"
          placeholder="Name or host name"
          value={valueIn(query, 'q') ?? ''}
          onInput={(event) => filter(changed(query, { q: event.currentTarget.value || null }), 'replace')}
        />
      </div>
      <Panel
        title="Instances"
        count={instances.value && `${countText(rows.length)}${instances.value.next_cursor ? '+' : ''}`}
      >
        <Loaded of={instances} what="instances" rows={10} height={32}>
          {() =>
            rows.length === 0 ? (
              <Nothing isFiltered={all.length > 0} />
            ) : (
              <ScrollTable
                label="Instances"
                heads={
                  <>
                    <th>State</th>
                    <th>Instance</th>
                    <th class="num">Seen</th>
                    <th class="hide-s">What is wrong</th>
                    <th class="num hide-s">Clock</th>
                    <th class="hide-s">Version</th>
                  </>
                }
              >
                {rows.slice(0, most).map((row, index) => (
                  <Row key={row.instance.instance_id} row={row} isCurrent={index === current} />
                ))}
              </ScrollTable>
            )
          }
        </Loaded>
        {rows.length > most && (
          <p class="more">
            <button type="button" class="btn" onClick={() => setMost(most + STEP)}>
              Show {countText(Math.min(STEP, rows.length - most))} more
            </button>
          </p>
        )}
        {instances.value?.next_cursor && <p class="more t3">The first 500 are shown. The search finds the others.</p>}
      </Panel>
    </>
  );
}

function Row({
  row: { instance, badness, isOld, incident },
  isCurrent,
}: {
  readonly row: InstanceRow;
  readonly isCurrent: boolean;
}) {
  const isSilent = instance.status === 'silent';
  const word = isSilent ? 'Silent' : BADNESS_WORDS[badness];
  const id = shown(instance.instance_id);
  return (
    <tr class={isCurrent ? 'cur' : ''}>
      <td>
        <span class={`with-glyph s-${BADNESS_CLASSES[badness]}`}>
          <Glyph badness={badness} size={14} />
          {word}
        </span>
      </td>
      <td class="mono">
        <PageLink
          class="trunc cut"
          href={hrefOf('instances', instance.instance_id)}
          title={id}
          aria-label={`${id}, ${word}`}
          {...ROW}
        >
          {id}
        </PageLink>
      </td>
      <td class={`num ${isSilent ? 's-unk' : 't2'}`}>
        <Seen at={instance.last_seen_at} />
      </td>
      <td class="hide-s">
        <div class="trunc cut">
          {incident ? (
            <PageLink class="link" href={hrefOf('incidents', incident.id)} title={shown(incident.title)}>
              {shown(incident.title)}
            </PageLink>
          ) : (
            isSilent && <span class="t3">has stopped reporting</span>
          )}
        </div>
      </td>
      <td class="num t3 hide-s">{clockText(instance.clock_offset_ms)}</td>
      <td class={`mono hide-s ${isOld ? 's-warn' : 't3'}`} title={isOld ? 'older than others' : undefined}>
        {shown(instance.version ?? '') || '—'}
      </td>
    </tr>
  );
}

/** By how much a clock is off; nothing where it does not matter. */
export function clockText(offset: number | null): string {
  if (offset === null) return '—';
  if (Math.abs(offset) < 1500) return '';
  return `${offset > 0 ? '+' : '−'}${(Math.abs(offset) / 1000).toFixed(1)} s`;
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="search" title="No instance matches" />;
  return (
    <Empty icon="host" title="Add the first instance">
      <p>An instance is a machine that checks itself and pushes what it finds to this hub. On the machine:</p>
      <pre>{`export HUB_URL=${location.origin}\nexport WEBHOOK_SECRET_CLUSTER=…\nmonitor push-to-hub`}</pre>
      <p class="t3">monitor keys create gives each machine a key of its own in place of the shared secret.</p>
    </Empty>
  );
}
