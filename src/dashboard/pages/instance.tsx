import { useState } from 'preact/hooks';
import { hrefOf, queryText } from '../model/address.ts';
import { messageOf } from '../model/alert-row.ts';
import { useDocument, useKeys, useModel, usePageTitle, useRole } from '../model/hooks.ts';
import { figuresOf, newestVersion } from '../model/instances.ts';
import { Glyph } from '../parts/glyph.tsx';
import { Icon } from '../parts/icon.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { OutsideText, PageLink } from '../parts/link.tsx';
import { FiguresPanel } from '../parts/metrics.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { Seen } from '../parts/seen.tsx';
import { SilenceDialog } from '../parts/silence-dialog.tsx';
import { Age, Moment } from '../parts/time.tsx';
import type { Alert, Incident, Instance, Page } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { alertBadness, BADNESS_CLASSES, BADNESS_WORDS, incidentBadness, worst } from '../words/severity.ts';
import { clockText } from './instances.tsx';

/** One instance: since when, and what is wrong with it. */
export function InstancePage({ id }: { readonly id: string }) {
  const instances = useDocument<Page<Instance>>('/api/v1/instances?limit=500');
  const ofInstance = { instance_id: id };
  const alerts = useDocument<Page<Alert>>(
    `/api/v1/alerts${queryText({ ...ofInstance, limit: '200', sort: 'attention' })}`,
  );
  const incidents = useDocument<Page<Incident>>(
    `/api/v1/incidents${queryText({ ...ofInstance, status: 'open,acknowledged', limit: '50', sort: 'attention' })}`,
  );
  const instance = instances.value?.items.find((one) => one.instance_id === id);
  return (
    <Loaded of={alerts} what="this instance" rows={6}>
      {({ items }) =>
        instance === undefined && items.length === 0 && instances.value !== undefined ? (
          <Empty icon="search" isPage title={`No instance ${shown(id)} here`}>
            <p>It has never pushed to this hub, or was forgotten.</p>
          </Empty>
        ) : (
          <Shown
            id={id}
            instance={instance}
            alerts={items}
            open={incidents.value?.items ?? []}
            newest={newestVersion(instances.value?.items ?? [])}
          />
        )
      }
    </Loaded>
  );
}

interface ShownProps {
  readonly id: string;
  /** Undefined for a machine of which only other tools tell. */
  readonly instance: Instance | undefined;
  readonly alerts: readonly Alert[];
  readonly open: readonly Incident[];
  readonly newest: string;
}

function Shown({ id, instance, alerts, open, newest }: ShownProps) {
  const { go } = useModel();
  const canWrite = useRole('write');
  const [dialog, setDialog] = useState<'silence' | 'window' | null>(null);
  const name = shown(id);
  usePageTitle(name);
  const isSilent = instance?.status === 'silent';
  const badness = isSilent ? 'unknown' : worst(open.map(incidentBadness));
  useKeys({ Escape: () => go(hrefOf('instances')), ...(canWrite && { s: () => setDialog('silence') }) });
  return (
    <>
      <PageHead
        badness={badness}
        word={isSilent ? 'Silent' : undefined}
        title={name}
        isMono
        actions={
          canWrite && (
            <div class="acts">
              <button type="button" class="btn" onClick={() => setDialog('silence')}>
                <Icon name="mute" size={14} />
                Silence <kbd>s</kbd>
              </button>
              <button type="button" class="btn" onClick={() => setDialog('window')}>
                <Icon name="calendar" size={14} />
                Maintenance
              </button>
            </div>
          )
        }
      >
        {isSilent && (
          <span>
            last values are from <Moment at={instance.last_seen_at} />
          </span>
        )}
        {instance?.hostname && instance.hostname !== id && <span class="mono">{shown(instance.hostname)}</span>}
      </PageHead>
      {instance && <InstanceFacts instance={instance} newest={newest} />}
      <div class="stack">
        {open.length > 0 && (
          <Panel title="Open incidents" count={open.length}>
            <IncidentList incidents={open} name={`Open incidents of ${name}`} />
          </Panel>
        )}
        <FiguresPanel figures={figuresOf(alerts)} isOld={isSilent} />
        <Checks alerts={alerts} id={id} />
      </div>
      {dialog !== null && (
        <SilenceDialog what={`instance_id=${id}`} isWindow={dialog === 'window'} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

function InstanceFacts({ instance, newest }: { readonly instance: Instance; readonly newest: string }) {
  const offset = clockText(instance.clock_offset_ms);
  return (
    <dl class="panel facts four">
      <div>
        <dt>Seen</dt>
        <dd>
          <Seen at={instance.last_seen_at} />
          <small>
            <Moment at={instance.last_seen_at} />
          </small>
        </dd>
      </div>
      <div>
        <dt>Known for</dt>
        <dd>
          <Age at={instance.first_seen_at} />
          <small>
            <Moment at={instance.first_seen_at} />
          </small>
        </dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>
          {shown(instance.version ?? '') || '—'}
          <small>{newest !== '' && instance.version !== newest ? `the newest here is ${shown(newest)}` : ''}</small>
        </dd>
      </div>
      <div>
        <dt>Clock</dt>
        <dd>
          {offset === '' ? 'Right' : offset}
          <small>{offset === '' ? 'to within 1.5 s' : 'against the hub'}</small>
        </dd>
      </div>
    </dl>
  );
}

function Checks({ alerts, id }: { readonly alerts: readonly Alert[]; readonly id: string }) {
  const side = (
    <PageLink class="link" href={hrefOf('alerts', null, { instance_id: id })}>
      Open as table
    </PageLink>
  );
  return (
    <Panel title="Alerts" count={alerts.length} side={side}>
      {alerts.length === 0 ? (
        <Empty icon="check" title="Nothing has ever fired here" />
      ) : (
        <div class="scroll-x">
          <table>
            <thead>
              <tr>
                <th>Result</th>
                <th>Alert</th>
                <th class="hide-s">Message</th>
                <th class="num">Since</th>
              </tr>
            </thead>
            <tbody>
              {alerts.map((alert) => {
                const badness = alertBadness(alert);
                return (
                  <tr key={alert.id}>
                    <td>
                      <span class={`with-glyph s-${BADNESS_CLASSES[badness]}`}>
                        <Glyph badness={badness} size={14} />
                        {badness === 'ok' ? 'Resolved' : BADNESS_WORDS[badness]}
                      </span>
                    </td>
                    <td class="wrap">
                      <PageLink class="strong" href={hrefOf('alerts', alert.id)}>
                        {shown(alert.name)}
                      </PageLink>
                    </td>
                    <td class="t2 wrap hide-s">
                      <OutsideText text={messageOf(alert)} />
                    </td>
                    <td class="num">
                      <Age at={alert.ended_at ?? alert.started_at} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
