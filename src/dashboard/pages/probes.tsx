import { hrefOf } from '../model/address.ts';
import { LOOKS_EVERY_MS, PROBES } from '../model/endpoints.ts';
import { useCell, useDocument, useModel, useReading } from '../model/hooks.ts';
import { type ProbeHealth, probeHealth, probeRows, regionsOf } from '../model/probes.ts';
import { Glyph } from '../parts/glyph.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ROW, useRowKeys } from '../parts/row-keys.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Seen } from '../parts/seen.tsx';
import { Segments } from '../parts/segments.tsx';
import type { Probe } from '../wire/endpoints.ts';
import { countText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { clockText } from './instances.tsx';

const STATES = [
  { word: 'All', value: null },
  { word: 'Stale', value: 'stale' },
  { word: 'Never came', value: 'never' },
  { word: 'Healthy', value: 'healthy' },
] as const;

const WORDS = {
  healthy: { badness: 'ok', word: 'Healthy', tone: 's-ok' },
  stale: { badness: 'critical', word: 'Stale', tone: 's-crit' },
  never: { badness: 'unknown', word: 'Never came', tone: 's-unk' },
} as const satisfies Record<ProbeHealth, object>;

/** The nodes that look at endpoints, and whether they are heard. */
export function ProbesPage() {
  const { address } = useModel();
  const query = useCell(address)?.query ?? {};
  const probes = useDocument<{ readonly items: readonly Probe[] }>(PROBES);
  useReading(PROBES, LOOKS_EVERY_MS);
  const all = probes.value?.items ?? [];
  const rows = probeRows(all, query);
  const regions = regionsOf(all);
  const current = useRowKeys(rows.map(({ id }) => hrefOf('endpoints', null, { probe: id })));
  return (
    <>
      {all.length > 0 && (
        <div class="filters">
          <Segments
            query={query}
            name="state"
            label="State"
            choices={STATES}
            countOf={(state) => probeRows(all, state === null ? {} : { state: [state] }).length}
          />
        </div>
      )}
      <Panel
        title="Probes"
        count={probes.value && countText(rows.length)}
        side={
          regions.length > 1 && (
            <span class="t3 only-l">
              {regions
                .map(({ region, healthy, all: of }) => `${shown(region) || 'no region'} ${healthy} of ${of}`)
                .join(' · ')}
            </span>
          )
        }
      >
        <Loaded of={probes} what="probes" rows={4} height={32}>
          {() =>
            all.length === 0 ? (
              <Nothing />
            ) : rows.length === 0 ? (
              <Empty icon="check" title="No probe is in this state" />
            ) : (
              <ScrollTable
                label="Probes"
                heads={
                  <>
                    <th>State</th>
                    <th>Probe</th>
                    <th>Region</th>
                    <th class="num">Seen</th>
                    <th class="num">Endpoints</th>
                    <th class="num">Clock</th>
                    <th>Version</th>
                  </>
                }
              >
                {rows.map((probe, index) => (
                  <Row key={probe.id} probe={probe} isCurrent={index === current} />
                ))}
              </ScrollTable>
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}

function Row({ probe, isCurrent }: { readonly probe: Probe; readonly isCurrent: boolean }) {
  const { badness, word, tone } = WORDS[probeHealth(probe)];
  const isOff = clockText(probe.clock_offset_ms) !== '' && probe.clock_offset_ms !== null;
  return (
    <tr class={isCurrent ? 'cur' : ''}>
      <td>
        <span class={`with-glyph ${tone}`}>
          <Glyph badness={badness} size={14} />
          {word}
        </span>
      </td>
      <td>
        <PageLink
          class="strong"
          href={hrefOf('endpoints', null, { probe: probe.id })}
          title={`Endpoints that ${shown(probe.name)} looks at`}
          {...ROW}
        >
          {shown(probe.name)}
        </PageLink>
        {probe.name !== probe.id && <span class="t3 mono"> {shown(probe.id)}</span>}
      </td>
      <td class="t2">{shown(probe.region) || '—'}</td>
      <td class={`num ${probe.is_stale ? tone : 't2'}`}>
        {probe.last_seen_at === null ? 'never' : <Seen at={probe.last_seen_at} />}
      </td>
      <td class="num">{countText(probe.assigned)}</td>
      <td class={`num ${isOff ? 's-warn' : 't3'}`}>{clockText(probe.clock_offset_ms) || 'right'}</td>
      <td class="mono t3">{shown(probe.version) || '—'}</td>
    </tr>
  );
}

function Nothing() {
  return (
    <Empty icon="radio" title="No probes are configured">
      <p>A probe looks at endpoints from another place, so that a broken line is not taken for a broken site.</p>
      <pre>
        {
          'probes:\n  - {id: fra, name: Frankfurt, region: eu, token: "…"}\nendpoints:\n  - {name: web, url: "https://www.example.com/", monitored_by: [local, fra]}'
        }
      </pre>
    </Empty>
  );
}
