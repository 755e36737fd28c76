import { changed, hrefOf, type Query, valueIn } from '../model/address.ts';
import { ENDPOINTS, endpointsPath, endpointTitle, LOOKS_EVERY_MS, lookBars } from '../model/endpoints.ts';
import { useCell, useKeptDocument, useModel, useReading } from '../model/hooks.ts';
import { CertificateDays, EndpointStateCell, monthText, replyText } from '../parts/endpoint-cells.tsx';
import { FilterInput, FilterSelect } from '../parts/filter-fields.tsx';
import { BarsLegend, HistoryBars } from '../parts/history-bars.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ProbeBadges } from '../parts/probe-badges.tsx';
import { ROW, useRowKeys } from '../parts/row-keys.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Segments } from '../parts/segments.tsx';
import type { Endpoint, EndpointList } from '../wire/endpoints.ts';
import { countText } from '../words/numbers.ts';
import { cutMiddle, shown } from '../words/outside.ts';

const STATES = [
  { word: 'All', value: null },
  { word: 'Down', value: 'down' },
  { word: 'Unknown', value: 'unknown' },
  { word: 'Up', value: 'up' },
] as const;
const VIEWS = [
  { word: 'Table', value: null },
  { word: 'Cards', value: 'cards' },
] as const;
const SHOWN = 45;

/** Every endpoint: what is found of it, by whom, and how it did. */
export function EndpointsPage() {
  const { address, filter } = useModel();
  const query = useCell(address)?.query ?? {};
  const endpoints = useKeptDocument<EndpointList>(endpointsPath(query));
  useReading(ENDPOINTS, LOOKS_EVERY_MS);
  const items = endpoints.value?.items ?? [];
  const isCards = valueIn(query, 'view') === 'cards';
  const current = useRowKeys(items.map(({ key }) => hrefOf('endpoints', key)));
  return (
    <>
      <Filters query={query} page={endpoints.value} />
      <Panel title="Endpoints" count={endpoints.value && countText(endpoints.value.total)} side={<BarsLegend />}>
        <Loaded of={endpoints} what="endpoints" rows={8} height={46}>
          {({ items, counts }) =>
            items.length === 0 ? (
              <Nothing
                isFiltered={Object.keys(query).some((name) => name !== 'view')}
                isAny={Object.values(counts).some((count) => count > 0)}
                onClear={() => filter(changed({}, { view: isCards ? 'cards' : null }))}
              />
            ) : isCards ? (
              <ul class="cards">
                {items.map((endpoint) => (
                  <Card key={endpoint.key} endpoint={endpoint} />
                ))}
              </ul>
            ) : (
              <Table items={items} current={current} />
            )
          }
        </Loaded>
        {endpoints.value?.next_cursor && (
          <p class="more t3">The first {items.length} are shown, what is down first. Filter to see the others.</p>
        )}
      </Panel>
    </>
  );
}

function Filters({ query, page }: { readonly query: Query; readonly page: EndpointList | undefined }) {
  const { filter } = useModel();
  const { counts, groups = [] } = page ?? {};
  const countOf = (name: keyof EndpointList['counts'] | null) =>
    counts && (name === null ? counts.up + counts.down + counts.unknown : counts[name]);
  return (
    <div class="filters">
      <Segments query={query} name="state" label="State" choices={STATES} countOf={countOf} />
      <FilterInput query={query} label="Filter endpoints" placeholder="Name, group, label or URL" />
      {groups.length > 1 && (
        <FilterSelect
          query={query}
          name="group"
          label="Group"
          all="All groups"
          options={groups.filter((group) => group !== '').map((group) => [group, shown(group)])}
        />
      )}
      <FilterSelect
        query={query}
        name="kind"
        label="Kind"
        all="All kinds"
        options={[
          ['active', 'Looked at'],
          ['push', 'Push'],
        ]}
      />
      {valueIn(query, 'probe') !== undefined && (
        <button type="button" class="btn" onClick={() => filter(changed(query, { probe: null }))}>
          Without probe={shown(valueIn(query, 'probe') ?? '')} ×
        </button>
      )}
      <span class="push" />
      <Segments query={query} name="view" label="View" choices={VIEWS} />
    </div>
  );
}

function Table({ items, current }: { readonly items: readonly Endpoint[]; readonly current: number }) {
  return (
    <ScrollTable
      label="Endpoints"
      heads={
        <>
          <th>State</th>
          <th>Endpoint</th>
          <th class="hide-s">Probes</th>
          <th>
            <span class="only-l">Last {SHOWN} results</span>
            <span class="only-s">Results</span>
          </th>
          <th class="num hide-s">Reply</th>
          <th class="num">30 days</th>
          <th class="num hide-s">Cert.</th>
        </>
      }
    >
      {items.map((endpoint, index) => (
        <tr key={endpoint.key} class={`tall${index === current ? ' cur' : ''}`}>
          <td>
            <EndpointStateCell endpoint={endpoint} />
          </td>
          <td class="two-lines">
            <Name endpoint={endpoint} />
            <Where endpoint={endpoint} />
          </td>
          <td class="hide-s">
            <ProbeBadges probes={endpoint.probes} />
          </td>
          <td class="bars-cell">
            <Results endpoint={endpoint} isCut />
          </td>
          <td class="num hide-s">{replyText(endpoint)}</td>
          <td class="num">{monthText(endpoint)}</td>
          <td class="num hide-s">
            <CertificateDays endpoint={endpoint} />
          </td>
        </tr>
      ))}
    </ScrollTable>
  );
}

function Card({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <li class="card">
      <div class="head">
        <Name endpoint={endpoint} />
        <EndpointStateCell endpoint={endpoint} />
      </div>
      <Where endpoint={endpoint} />
      <Results endpoint={endpoint} />
      <div class="foot">
        <ProbeBadges probes={endpoint.probes} />
        <dl>
          <div>
            <dt>Reply</dt>
            <dd>{replyText(endpoint)}</dd>
          </div>
          <div>
            <dt>30 days</dt>
            <dd>{monthText(endpoint)}</dd>
          </div>
          {endpoint.certificate_ends_at !== null && (
            <div>
              <dt>Cert.</dt>
              <dd>
                <CertificateDays endpoint={endpoint} />
              </dd>
            </div>
          )}
        </dl>
      </div>
    </li>
  );
}

function Name({ endpoint }: { readonly endpoint: Endpoint }) {
  const title = shown(endpointTitle(endpoint));
  return (
    <PageLink class="strong trunc cut" href={hrefOf('endpoints', endpoint.key)} title={title} {...ROW}>
      {title}
    </PageLink>
  );
}

function Where({ endpoint: { url, kind, maintenance } }: { readonly endpoint: Endpoint }) {
  const text = kind === 'push' ? 'push' : url;
  return (
    <span class="where t3 trunc" title={shown(url)}>
      {maintenance && <b class="s-info">maintenance </b>}
      <span class="mono">{shown(cutMiddle(text, 60))}</span>
    </span>
  );
}

function Results({ endpoint, isCut = false }: { readonly endpoint: Endpoint; readonly isCut?: boolean }) {
  const { times } = useModel();
  const zone = useCell(times);
  return <HistoryBars bars={lookBars(endpoint.results, SHOWN, (at) => zone.clock(at))} what="look" isCut={isCut} />;
}

function Nothing({ isFiltered, isAny, onClear }: NothingProps) {
  if (isFiltered || isAny) {
    return (
      <Empty icon="search" title="No endpoint matches">
        <p>
          <button type="button" class="btn" onClick={onClear}>
            Clear the filters
          </button>
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon="globe" title="No endpoints are configured">
      <p>
        An endpoint is an address that has to answer: a site, a port, a certificate, or a job that has to call in time.
        In monitor.yaml:
      </p>
      <pre>
        {'endpoints:\n  - {name: web, url: "https://www.example.com/", interval: 1m, conditions: ["[STATUS] == 200"]}'}
      </pre>
      <p class="t3">monitor endpoints try URL looks at one at once and shows each condition.</p>
    </Empty>
  );
}

interface NothingProps {
  readonly isFiltered: boolean;
  readonly isAny: boolean;
  readonly onClear: () => void;
}
