import { changed, hrefOf, queryText } from '../model/address.ts';
import {
  alertText,
  certificateOf,
  dayBars,
  ENDPOINTS,
  endpointBadness,
  endpointTitle,
  endpointWord,
  LOOKS_EVERY_MS,
  outagesOf,
  phasesText,
  RANGES,
  rangeOf,
  verdictSentence,
  WITNESS_WORDS,
} from '../model/endpoints.ts';
import { useCell, useDocument, useKeptDocument, useKeys, useModel, usePageTitle, useReading } from '../model/hooks.ts';
import { Chip } from '../parts/chips.tsx';
import { CertificateDays, replyText } from '../parts/endpoint-cells.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { BarsLegend, HistoryBars } from '../parts/history-bars.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { OutsideText } from '../parts/link.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Seen } from '../parts/seen.tsx';
import { SeenList } from '../parts/seen-list.tsx';
import { Age, Moment } from '../parts/time.tsx';
import { TryNow } from '../parts/try-now.tsx';
import type { Incident, Page } from '../wire/documents.ts';
import type { EndpointDetail, EndpointHistory } from '../wire/endpoints.ts';
import { spanText } from '../words/ages.ts';
import { countText, uptimeText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_CLASSES, type Badness } from '../words/severity.ts';

const DAYS = 90;

/** One endpoint: whether it is up, who says so, and how it did. */
export function EndpointPage({ id }: { readonly id: string }) {
  const path = `${ENDPOINTS}/${encodeURIComponent(id)}`;
  const endpoint = useDocument<EndpointDetail>(path);
  useReading(path, LOOKS_EVERY_MS);
  if (endpoint.failure?.status === 404) {
    return (
      <Empty icon="search" isPage title={`No endpoint ${shown(id)} here`}>
        <p>It is not configured on this hub, or has another name by now.</p>
      </Empty>
    );
  }
  return (
    <Loaded of={endpoint} what="this endpoint" rows={6}>
      {(found) => <Shown endpoint={found} path={path} />}
    </Loaded>
  );
}

function Shown({ endpoint, path }: { readonly endpoint: EndpointDetail; readonly path: string }) {
  const { clock, go } = useModel();
  const title = shown(endpointTitle(endpoint));
  usePageTitle(title);
  useKeys({ Escape: () => go(hrefOf('endpoints')) });
  const incidents = useDocument<Page<Incident>>(
    `/api/v1/incidents${queryText({
      ...{ source: 'endpoint', label: `key=${endpoint.key}`, status: 'open,acknowledged', limit: '20' },
    })}`,
  );
  const open = incidents.value?.items ?? [];
  return (
    <>
      <PageHead badness={endpointBadness(endpoint, clock.now())} word={endpointWord(endpoint)} title={title}>
        {endpoint.url !== '' && (
          <span class="mono outside">
            <OutsideText text={endpoint.url} />
          </span>
        )}
        {endpoint.maintenance && <Chip tone="info" icon="calendar" text="Maintenance" />}
        {endpoint.description !== '' && <span class="outside">{shown(endpoint.description)}</span>}
      </PageHead>
      <p class="verdict-line">{verdictSentence(endpoint)}</p>
      <Facts endpoint={endpoint} />
      <div class="stack">
        {open.length > 0 && (
          <Panel title="Open incidents" count={open.length}>
            <IncidentList incidents={open} name={`Open incidents of ${title}`} />
          </Panel>
        )}
        {endpoint.kind === 'active' && <Times path={path} everyMs={endpoint.interval_ms ?? 0} />}
        {endpoint.kind === 'active' && <TryNow path={path} />}
        <Days path={path} />
        {endpoint.probes.length > 0 && <Probes endpoint={endpoint} />}
        <Looks endpoint={endpoint} />
      </div>
    </>
  );
}

function Facts({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { clock } = useModel();
  const { uptime, since, certificate_ends_at: ends, strategy, votes } = endpoint;
  const certificate = certificateOf(ends, clock.now());
  return (
    <dl class={`panel facts${endpoint.kind === 'push' ? ' three' : ''}`}>
      <div>
        <dt>{since === null ? 'State' : `${endpointWord(endpoint)} for`}</dt>
        <dd>
          {since === null ? endpointWord(endpoint) : <Age at={since} />}
          <small>{since === null ? '' : <Moment at={since} />}</small>
        </dd>
      </div>
      <div>
        <dt>Uptime, 30 days</dt>
        <dd>
          {uptimeText(uptime['30d'])}
          <small>
            7 d {uptimeText(uptime['7d'])}, 24 h {uptimeText(uptime['24h'])}
          </small>
        </dd>
      </div>
      {endpoint.kind === 'active' && (
        <>
          <div>
            <dt>Reply, 24 h</dt>
            <dd>
              {replyText(endpoint)}
              <small>mean of good answers</small>
            </dd>
          </div>
          <div>
            <dt>Certificate</dt>
            <dd>
              {certificate === null ? '—' : <CertificateDays endpoint={endpoint} />}
              <small>{ends === null ? 'none seen' : <Moment at={ends} />}</small>
            </dd>
          </div>
        </>
      )}
      <div>
        <dt>{endpoint.kind === 'push' ? 'Last call' : 'Last look'}</dt>
        <dd>
          <Seen at={endpoint.last_look_at} />
          <small>
            {endpoint.interval_ms === null ? 'when it calls' : `every ${spanText(endpoint.interval_ms)}`}
            {votes.of > 1 && `, ${shown(strategy)}`}
          </small>
        </dd>
      </div>
    </dl>
  );
}

/** Times of answers over a span that the address names. */
function Times({ path, everyMs }: { readonly path: string; readonly everyMs: number }) {
  const { address, filter, clock } = useModel();
  const query = useCell(address)?.query ?? {};
  const { range, asked } = rangeOf(query);
  const history = useKeptDocument<EndpointHistory>(`${path}/history${queryText(asked)}`);
  const side = (
    <fieldset class="seg small" aria-label="Span">
      {RANGES.map((one) => (
        <button
          type="button"
          key={one}
          aria-pressed={one === range}
          onClick={() => filter(changed(query, { range: one === '24h' ? null : one, from: null, to: null }))}
        >
          {one}
        </button>
      ))}
    </fieldset>
  );
  return (
    <Loaded of={history} what="the history" rows={1} height={216}>
      {({ from, to, step_ms: stepMs, points, outages }) => (
        <LineChart
          title="Time of answers"
          // A step in which nobody looked tells nothing: it is no gap.
          points={points
            .filter(({ looks }) => looks > 0)
            .map(({ at, response_ms: value }) => ({ at: Date.parse(at), value }))}
          span={{ from: Date.parse(from), to: Date.parse(to) }}
          // Steps in which nobody was to look are no gaps.
          stepMs={Math.max(stepMs, everyMs)}
          trouble={outages.map((one) => ({
            from: Date.parse(one.started_at),
            to: one.ended_at === null ? clock.now() : Date.parse(one.ended_at),
          }))}
          format={(value) => `${countText(value)} ms`}
          now={clock.now()}
          side={side}
          onZoom={(span) =>
            filter(
              changed(query, {
                ...{ range: null, from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() },
              }),
            )
          }
        />
      )}
    </Loaded>
  );
}

/** The last 90 days as bars, and when it was down. */
function Days({ path }: { readonly path: string }) {
  const { clock, times } = useModel();
  const zone = useCell(times);
  const history = useDocument<EndpointHistory>(`${path}/history?from=${DAYS}d`);
  const { report } = history.value ?? {};
  return (
    <Panel
      title={`${DAYS} days`}
      count={
        report &&
        report.uptime !== null &&
        `${uptimeText(report.uptime)} up${report.down_ms > 0 ? `, ${spanText(report.down_ms)} down` : ''}`
      }
      side={<BarsLegend />}
    >
      <Loaded of={history} what="the history" rows={2} height={46}>
        {(found) => {
          const bars = dayBars(found, DAYS, clock.now(), (at) => zone.day(at));
          const outages = outagesOf(found, clock.now());
          return (
            <>
              <div class="days">
                <HistoryBars bars={bars} what="day" isWide />
                <p class="ends t3">
                  <span>{DAYS} days ago</span>
                  <span>today</span>
                </p>
              </div>
              {outages.length === 0 ? (
                <p class="more t3">
                  {found.points.length === 0 ? 'Nothing is known of this time.' : 'No outage in this time.'}
                </p>
              ) : (
                <ScrollTable
                  label="Outages"
                  heads={
                    <>
                      <th>Outage from</th>
                      <th>To</th>
                      <th class="num">Length</th>
                    </>
                  }
                >
                  {outages.slice(0, 20).map(({ from, to, lengthMs }) => (
                    <tr key={from}>
                      <td>
                        <Moment at={from} />
                      </td>
                      <td>{to === null ? <span class="s-crit">still down</span> : <Moment at={to} />}</td>
                      <td class="num">{to === null ? <Age at={from} /> : spanText(lengthMs)}</td>
                    </tr>
                  ))}
                </ScrollTable>
              )}
              {found.report.mttr_ms !== null && (
                <p class="more t3">
                  Up again after {spanText(found.report.mttr_ms)} in the mean
                  {found.report.mtbf_ms !== null && `, up for ${spanText(found.report.mtbf_ms)} between two outages`}.
                </p>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Probes({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const badness = (state: string): Badness => (state === 'up' ? 'ok' : state === 'down' ? 'critical' : 'unknown');
  return (
    <Panel title="Probes" count={endpoint.probes.length} side={<span class="t3 only-l">{alertText(endpoint)}</span>}>
      <ScrollTable
        label="Probes"
        heads={
          <>
            <th>Says</th>
            <th>Probe</th>
            <th class="hide-s">Region</th>
            <th class="num">Looked</th>
            <th class="num">Reply</th>
            <th>What it saw</th>
          </>
        }
      >
        {endpoint.probes.map((probe) => (
          <tr key={probe.id}>
            <td>
              <span class={`with-glyph s-${BADNESS_CLASSES[badness(probe.state)]}`}>
                <Glyph badness={badness(probe.state)} size={14} />
                {probe.state === 'abstains' ? 'cannot tell' : probe.state}
              </span>
            </td>
            <td class="strong">{shown(probe.name)}</td>
            <td class="t2 hide-s">{shown(probe.region) || '—'}</td>
            <td class="num t2">
              <Seen at={probe.seen_at} />
            </td>
            <td class="num">{probe.duration_ms === null ? '—' : `${countText(probe.duration_ms)} ms`}</td>
            <td class="wrap t2">
              {shown(probe.error) || (probe.state === 'up' ? '' : WITNESS_WORDS[probe.state])}
              {probe.failures > 1 && <span class="t3"> ({probe.failures} in a row)</span>}
            </td>
          </tr>
        ))}
      </ScrollTable>
    </Panel>
  );
}

/** The last looks, each condition with the value that was seen. */
function Looks({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { looks, conditions, probes, kind } = endpoint;
  const nameOf = (id: string) => probes.find((one) => one.id === id)?.name ?? id;
  return (
    <Panel title={kind === 'push' ? 'Last calls' : 'Last looks'} count={looks.length}>
      {looks.length === 0 ? (
        <Empty icon="clock" title={kind === 'push' ? 'It has not called yet' : 'Nobody has looked yet'}>
          {conditions.length > 0 && <p class="mono">{conditions.map((one) => shown(one)).join(', ')}</p>}
        </Empty>
      ) : (
        <ScrollTable
          label="Last looks"
          heads={
            <>
              <th>Result</th>
              <th>Time</th>
              <th class="hide-s">Probe</th>
              <th class="num">Reply</th>
              <th>Conditions with what was seen</th>
            </>
          }
        >
          {looks.map(({ at, probe, success, abstains, duration_ms: took, errors, conditions: results, phases }) => {
            const badness: Badness = abstains ? 'unknown' : success ? 'ok' : 'critical';
            return (
              <tr key={at + probe}>
                <td>
                  <span class={`with-glyph s-${BADNESS_CLASSES[badness]}`}>
                    <Glyph badness={badness} size={14} />
                    {abstains ? 'cannot tell' : success ? 'up' : 'down'}
                  </span>
                </td>
                <td class="t2">
                  <Moment at={at} />
                </td>
                <td class="t2 hide-s">{shown(nameOf(probe))}</td>
                <td class="num">
                  {countText(took)} ms
                  {phases !== null && <small class="phases t3">{phasesText(phases)}</small>}
                </td>
                <td class="wrap">
                  <SeenList conditions={results} errors={errors} />
                </td>
              </tr>
            );
          })}
        </ScrollTable>
      )}
    </Panel>
  );
}
