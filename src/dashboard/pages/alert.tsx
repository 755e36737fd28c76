import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { acknowledge } from '../model/actions.ts';
import { hrefOf } from '../model/address.ts';
import { messageOf, placeOf } from '../model/alert-row.ts';
import { useDocument, useKeys, useModel, usePageTitle, useRole } from '../model/hooks.ts';
import { fewestMatchers } from '../model/matchers.ts';
import { StateChips } from '../parts/chips.tsx';
import { Icon } from '../parts/icon.tsx';
import { Labels } from '../parts/labels.tsx';
import { OutsideText, PageLink } from '../parts/link.tsx';
import { MetricsPanel } from '../parts/metrics.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { SilenceDialog } from '../parts/silence-dialog.tsx';
import { Age, Moment } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';
import type { AlertDetail, Explanation, Incident } from '../wire/documents.ts';
import { afterText, spanText } from '../words/ages.ts';
import { countOf } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { alertBadness } from '../words/severity.ts';

/** One alert: what it says, since when, and what became of it. */
export function AlertPage({ id }: { readonly id: string }) {
  const alert = useDocument<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`);
  if (alert.failure?.status === 404) {
    return (
      <Empty icon="search" isPage title="No such alert here">
        <p>It may have been deleted, or belong to another hub.</p>
      </Empty>
    );
  }
  return (
    <Loaded of={alert} what="this alert" rows={6}>
      {(value) => <Shown alert={value} />}
    </Loaded>
  );
}

function Shown({ alert }: { readonly alert: AlertDetail }) {
  const model = useModel();
  const canWrite = useRole('write');
  const explanation = useDocument<Explanation>(`/api/v1/explanations/${alert.id}`);
  const incident = useDocument<Incident>(alert.incident_id === null ? null : `/api/v1/incidents/${alert.incident_id}`);
  const [isSilencing, setSilencing] = useState(false);
  const badness = alertBadness(alert);
  const severity = badness === 'ok' ? alert.severity : badness;
  const name = shown(alert.name);
  usePageTitle(name);
  const one = incident.value;
  const canAct = canWrite && alert.status !== 'resolved';
  useKeys({
    Escape: () => model.go(hrefOf('alerts')),
    ...(canAct && {
      ...(one && { a: () => void acknowledge(model, one) }),
      s: () => setSilencing(true),
    }),
  });
  const delay = Date.parse(alert.received_at) - Date.parse(alert.observed_at);
  const facts: readonly (readonly [string, ComponentChildren, ComponentChildren])[] = [
    [
      'State',
      alert.status === 'resolved' ? 'Resolved' : alert.status === 'unknown' ? 'Unknown' : 'Firing',
      alert.ended_at && afterText(alert.started_at, alert.ended_at),
    ],
    ['Since', <Age key="a" at={alert.started_at} />, <Moment key="m" at={alert.started_at} />],
    ['Seen', <Age key="a" at={alert.last_seen_at} />, <Moment key="m" at={alert.last_seen_at} />],
    [
      'Reported',
      countOf(alert.occurrences, 'time'),
      Math.abs(delay) > 5000
        ? `received ${spanText(Math.abs(delay))} ${delay > 0 ? 'after' : 'before'} it was seen`
        : '',
    ],
    ['Source', shown(alert.source), shown(alert.origin)],
  ];
  return (
    <>
      <PageHead
        {...{ badness, severity }}
        title={name}
        actions={
          canAct && (
            <div class="acts">
              {one && (
                <button
                  type="button"
                  class={`btn${one.status === 'acknowledged' ? '' : ' pri'}`}
                  onClick={() => void acknowledge(model, one)}
                >
                  {one.status === 'acknowledged' ? 'Unacknowledge' : 'Acknowledge'} <kbd>a</kbd>
                </button>
              )}
              <button type="button" class="btn" onClick={() => setSilencing(true)}>
                <Icon name="mute" size={14} />
                Silence <kbd>s</kbd>
              </button>
            </div>
          )
        }
      >
        {placeOf(alert) !== '' && (
          <PageLink class="link mono" href={hrefOf('instances', placeOf(alert))}>
            {shown(placeOf(alert))}
          </PageLink>
        )}
        {one && (
          <PageLink class="link trunc" href={hrefOf('incidents', one.id)}>
            Incident: {shown(one.title)}
          </PageLink>
        )}
        <StateChips of={alert} isOver={badness === 'ok'} />
      </PageHead>
      <dl class="panel facts">
        {facts.map(([word, value, detail]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>
              {value}
              <small class="trunc">{detail}</small>
            </dd>
          </div>
        ))}
      </dl>
      <div class="cols">
        <div class="stack">
          <Panel title="Message">
            <p class="say">
              <OutsideText text={messageOf(alert) || 'It says nothing.'} />
            </p>
          </Panel>
          <MetricsPanel metrics={alert.metrics} at={alert.observed_at} />
          <Loaded of={explanation} what="the time line" rows={3}>
            {({ steps, cut }) => <Timeline steps={steps} isCut={cut} />}
          </Loaded>
        </div>
        <div class="stack">
          <Labels title="Labels" labels={Object.entries(alert.labels)} />
          <Annotations annotations={alert.annotations} />
          <Panel title="Identity">
            <dl class="kv">
              <div>
                <dt>fingerprint</dt>
                <dd>{shown(alert.fingerprint)}</dd>
              </div>
              <div>
                <dt>id</dt>
                <dd>{alert.id}</dd>
              </div>
            </dl>
          </Panel>
        </div>
      </div>
      {isSilencing && (
        <SilenceDialog what={fewestMatchers({ key: '', alerts: [alert] })} onClose={() => setSilencing(false)} />
      )}
    </>
  );
}

function Annotations({ annotations }: { readonly annotations: AlertDetail['annotations'] }) {
  // The metrics stand there once more, for readers of the wire format.
  const shownOnes = Object.entries(annotations).filter(([name]) => name !== 'message' && name !== 'metrics');
  if (shownOnes.length === 0) return null;
  return (
    <Panel title="Annotations">
      <dl class="kv">
        {shownOnes.map(([name, value]) => (
          <div key={name}>
            <dt>{shown(name)}</dt>
            <dd>
              <OutsideText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
