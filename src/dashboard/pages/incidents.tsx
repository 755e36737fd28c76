import { useState } from 'preact/hooks';
import { changed, hrefOf, type Query, queryText, valueIn } from '../model/address.ts';
import { useCell, useDocument, useModel } from '../model/hooks.ts';
import { IncidentList, type Waiting, WaitingButton } from '../parts/incident-list.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import type { Incident, Page } from '../wire/documents.ts';
import { totalText } from '../words/numbers.ts';
import { byAttention, incidentBadness } from '../words/severity.ts';

const STATUSES = [
  { word: 'Open', status: null, asked: ['open', 'acknowledged'] },
  { word: 'Acknowledged', status: 'acknowledged', asked: ['acknowledged'] },
  { word: 'Resolved', status: 'resolved', asked: ['resolved', 'closed'] },
  { word: 'All', status: 'all', asked: [] },
] as const;

const MOST = 200;

/** Every incident, by state. */
export function IncidentsPage() {
  const { address, filter, go } = useModel();
  const query = useCell(address)?.query ?? {};
  const given = valueIn(query, 'status');
  const chosen = STATUSES.find(({ status }) => status === given) ?? STATUSES[0];
  const isOver = chosen.status === 'resolved' || chosen.status === 'all';
  const severity = valueIn(query, 'severity');
  const path = (asked: readonly string[], more: Readonly<Record<string, string>>) =>
    `/api/v1/incidents${queryText({ status: asked, severity, instance_id: query.instance_id, ...more })}`;
  const incidents = useDocument<Page<Incident>>(
    path(chosen.asked, { limit: String(MOST), count: 'true', sort: isOver ? 'id' : 'attention' }),
  );
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const rows = (incidents.value?.items ?? []).filter((one) => fits(one, query));
  const shownRows = isOver ? rows : [...rows].sort(byAttention);
  const text = valueIn(query, 'q') ?? '';
  return (
    <>
      <div class="filters">
        <Segments
          query={query}
          name="status"
          label="State"
          choices={STATUSES.map(({ word, status: value }) => ({ word, value }))}
        />
        <input
          type="text"
          class="field"
          data-filter
          aria-label="Filter incidents"
          aria-keyshortcuts="/"
          placeholder="Title or key"
          value={text}
          onInput={(event) => filter(changed(query, { q: event.currentTarget.value || null }), 'replace')}
        />
        {(['ack', 'state', 'severity', 'assignee', 'instance_id'] as const).flatMap((name) => {
          const value = valueIn(query, name);
          if (value === undefined) return [];
          return (
            <button type="button" class="btn sm" key={name} onClick={() => filter(changed(query, { [name]: null }))}>
              Without {name}={value} ×
            </button>
          );
        })}
      </div>
      <Panel
        title={chosen.word === 'All' ? 'Incidents' : `${chosen.word} incidents`}
        count={incidents.value && totalText(incidents.value.total, incidents.value.total_is_more)}
        side={
          <>
            <WaitingButton waiting={waiting} />
            <span class="t3 only-l">{isOver ? 'newest first' : 'severity, then unacknowledged first'}</span>
          </>
        }
      >
        <Loaded of={incidents} what="incidents" rows={8}>
          {() =>
            shownRows.length === 0 ? (
              <Empty
                icon="check"
                title={
                  rows.length === 0 && (incidents.value?.items.length ?? 0) > 0
                    ? 'No incident matches'
                    : chosen.status === 'resolved'
                      ? 'Nothing has been resolved yet'
                      : 'No open incidents'
                }
              >
                <p>
                  <button type="button" class="btn" onClick={() => go(hrefOf('incidents', null, { status: 'all' }))}>
                    Show all incidents
                  </button>
                </p>
              </Empty>
            ) : (
              <IncidentList
                key={path(chosen.asked, {})}
                incidents={shownRows}
                onWaiting={setWaiting}
                name="Incidents"
              />
            )
          }
        </Loaded>
        {incidents.value?.next_cursor != null && (
          <p class="more t3">The first {MOST} are shown. Filter to see others.</p>
        )}
      </Panel>
    </>
  );
}

/** What the API does not filter. */
function fits(incident: Incident, query: Query): boolean {
  const text = (valueIn(query, 'q') ?? '').toLowerCase();
  const ack = valueIn(query, 'ack');
  const state = valueIn(query, 'state');
  const assignee = valueIn(query, 'assignee');
  return (
    (text === '' || `${incident.title} ${incident.key}`.toLowerCase().includes(text)) &&
    (ack === undefined || (ack === 'yes') === (incident.status === 'acknowledged')) &&
    (ack !== 'no' || !incident.muted) &&
    (assignee === undefined || incident.assignee === assignee) &&
    (state !== 'muted' || Boolean(incident.muted)) &&
    (state !== 'flapping' || incident.flapping === true) &&
    (state !== 'unknown' || incidentBadness(incident) === 'unknown')
  );
}
