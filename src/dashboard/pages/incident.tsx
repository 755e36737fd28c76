import { useEffect } from 'preact/hooks';
import { hrefOf } from '../model/address.ts';
import { useCell, useDocument, useModel, usePageTitle } from '../model/hooks.ts';
import {
  alertsFact,
  type Fact,
  mutedBy,
  nextFact,
  notifiedFact,
  seenBefore,
  sharedLabels,
  stateFact,
} from '../model/incident-facts.ts';
import { StateChips } from '../parts/chips.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { IncidentActions } from '../parts/incident-actions.tsx';
import { IncidentAlerts } from '../parts/incident-alerts.tsx';
import { Labels } from '../parts/labels.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { Age, Moment } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Told } from '../parts/told.tsx';
import type { Explanation, Incident, IncidentDetail, Notice, Page } from '../wire/documents.ts';
import { afterText } from '../words/ages.ts';
import { shortId, shown } from '../words/outside.ts';
import { incidentBadness } from '../words/severity.ts';

/** One incident: why, and who knows. */
export function IncidentPage({ id }: { readonly id: string }) {
  const { go } = useModel();
  const incident = useDocument<IncidentDetail>(`/api/v1/incidents/${encodeURIComponent(id)}`);
  const whole = incident.value?.id;
  useEffect(() => {
    if (whole !== undefined && whole !== id) go(hrefOf('incidents', whole), 'replace');
  }, [whole, id]);
  if (incident.failure?.status === 404) {
    return (
      <Empty icon="search" isPage title={`No incident ${shown(id)} here`}>
        <p>It may have been deleted, or belong to another hub.</p>
      </Empty>
    );
  }
  return (
    <Loaded of={incident} what="this incident" rows={6}>
      {(value) => <Shown incident={value} />}
    </Loaded>
  );
}

function Shown({ incident }: { readonly incident: IncidentDetail }) {
  const { say } = useModel();
  const explanation = useDocument<Explanation>(`/api/v1/explanations/${incident.id}`);
  const notices = useDocument<Page<Notice>>(`/api/v1/notices?incident_id=${incident.id}&limit=50`);
  const badness = incidentBadness(incident);
  const severity = badness === 'ok' ? incident.severity : badness;
  const name = shown(incident.title);
  usePageTitle(name);
  const copy = () => void navigator.clipboard?.writeText(incident.id).then(() => say({ text: 'Id copied' }));
  return (
    <>
      <PageHead {...{ badness, severity }} title={name} actions={<IncidentActions incident={incident} />}>
        <button type="button" class="mono id" title="Copy the whole id" onClick={copy}>
          {shortId(incident.id)}
        </button>
        <span class="mono t3 trunc">{shown(incident.key)}</span>
        <StateChips of={{ ...incident, muted: mutedBy(incident) }} isOver={badness === 'ok'} />
      </PageHead>
      <dl class="panel facts">
        <FactCell fact={stateFact(incident)} />
        <div>
          <dt>Since</dt>
          <dd>
            {incident.resolved_at === null ? (
              <Age at={incident.opened_at} />
            ) : (
              afterText(incident.opened_at, incident.resolved_at)
            )}
            <small>
              <Moment at={incident.opened_at} />
            </small>
          </dd>
        </div>
        <FactCell fact={alertsFact(incident)} />
        <FactCell fact={notifiedFact(explanation.value)} />
        <FactCell fact={nextFact(incident, notices.value?.items ?? [])} />
      </dl>
      <div class="cols">
        <div class="stack">
          <IncidentAlerts incident={incident} />
          <Loaded of={explanation} what="the time line" rows={5}>
            {({ steps, cut }) => <Timeline steps={steps} isCut={cut} />}
          </Loaded>
        </div>
        <div class="stack">
          <Told explanation={explanation} notices={notices.value?.items ?? []} />
          <Labels title="Labels" labels={sharedLabels(incident.alerts)} />
          <Before incident={incident} />
        </div>
      </div>
    </>
  );
}

function FactCell({ fact: { name, value, detail, at } }: { readonly fact: Fact }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="trunc" title={shown(value)}>
          {shown(value)}
        </span>
        <small class="trunc" title={shown(detail)}>
          {shown(detail)} {at != null && <Moment at={at} />}
        </small>
      </dd>
    </div>
  );
}

const PREFIX = 'instance:';

/** The same before: how often, and how the last one ended. */
function Before({ incident }: { readonly incident: Incident }) {
  const { clock } = useModel();
  const instance = incident.key.startsWith(PREFIX) ? incident.key.slice(PREFIX.length) : null;
  const path = `/api/v1/incidents?status=resolved,closed&since=90d&limit=100&instance_id=${encodeURIComponent(instance ?? '')}`;
  const others = useDocument<Page<Incident>>(instance === null ? null : path);
  const { count, last } = seenBefore(incident, others.value?.items ?? []);
  const zone = useCell(useModel().times);
  if (last === undefined) return null;
  return (
    <Panel title="Seen before">
      <ul class="list">
        <li class="li">
          <Glyph badness="ok" />
          <div>
            <b>
              {count} {count === 1 ? 'time' : 'times'} in 90 days
            </b>
            <p>
              <a class="link" href={hrefOf('incidents', last.id)}>
                last {zone.clockOrDay(Date.parse(last.opened_at), clock.now())}
              </a>
              , {afterText(last.opened_at, last.resolved_at)}
            </p>
          </div>
        </li>
      </ul>
    </Panel>
  );
}
