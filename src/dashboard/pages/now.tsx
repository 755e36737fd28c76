import { useState } from 'preact/hooks';
import { hrefOf } from '../model/address.ts';
import { useDocument } from '../model/hooks.ts';
import { IncidentList, type Waiting, WaitingButton } from '../parts/incident-list.tsx';
import { InstanceMap } from '../parts/instance-map.tsx';
import { PageLink } from '../parts/link.tsx';
import { OPEN_INCIDENTS } from '../parts/navigation.tsx';
import { ChangesPanel, MutedPanel, StuckPanel, useStuck } from '../parts/now-aside.tsx';
import { OpenedPanel } from '../parts/opened-panel.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { Age, Moment } from '../parts/time.tsx';
import type { Incident, Instance, Page } from '../wire/documents.ts';
import { nextWord } from '../words/next.ts';
import { countText, totalText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { byAttention, incidentBadness, wantsAttention } from '../words/severity.ts';
import { verdictText } from '../words/verdict.ts';

const MOST = 25;

/** What is wrong now. */
export function NowPage() {
  const incidents = useDocument<Page<Incident>>(OPEN_INCIDENTS);
  const instances = useDocument<Page<Instance>>('/api/v1/instances?limit=500');
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const open = [...(incidents.value?.items ?? [])].sort(byAttention);
  const total = incidents.value?.total ?? open.length;
  const machines = instances.value?.items ?? [];
  return (
    <>
      {incidents.value !== undefined && instances.value !== undefined ? (
        <Verdict open={open} counts={incidents.value.counts} instances={machines} />
      ) : (
        <div class="verdict">
          <h2>&nbsp;</h2>
        </div>
      )}
      <div class="cols">
        <div class="stack">
          <Panel
            title="Open incidents"
            count={incidents.value && totalText(total, incidents.value.total_is_more)}
            side={
              <>
                <WaitingButton waiting={waiting} />
                <span class="t3 only-l">severity, then unacknowledged first</span>
              </>
            }
          >
            <Loaded of={incidents} what="incidents" rows={6}>
              {() =>
                open.length === 0 ? (
                  <NothingOpen instances={machines.length} />
                ) : (
                  <IncidentList incidents={open.slice(0, MOST)} onWaiting={setWaiting} name="Open incidents" />
                )
              }
            </Loaded>
            {open.length > MOST && (
              <p class="more">
                <PageLink class="link" href={hrefOf('incidents')}>
                  All {totalText(total, incidents.value?.total_is_more)}
                </PageLink>
              </p>
            )}
          </Panel>
          <InstanceMap of={instances} open={open} />
          <OpenedPanel />
        </div>
        <div class="stack">
          <MutedPanel />
          <StuckPanel />
          <ChangesPanel />
        </div>
      </div>
    </>
  );
}

function Verdict({ open, counts: bySeverity, instances }: VerdictProps) {
  const stuck = useStuck();
  const first = open.find((one) => incidentBadness(one) === 'critical' && wantsAttention(one));
  const isCritical = open.some((one) => incidentBadness(one) === 'critical');
  const silent = instances.filter(({ status }) => status === 'silent').length;
  const count = (test: (one: Incident) => boolean) => open.filter(test).length;
  const counts: readonly (readonly [string, number | null, string])[] = [
    ['Unacknowledged', count(wantsAttention), hrefOf('incidents', null, { ack: 'no' })],
    ['Silenced', count(({ muted }) => Boolean(muted)), hrefOf('incidents', null, { state: 'muted' })],
    ['Unknown', count((one) => incidentBadness(one) === 'unknown'), hrefOf('alerts', null, { status: 'unknown' })],
    ['Stuck', stuck.count, hrefOf('channels', null, { dead: '1' })],
  ];
  return (
    <div class="verdict">
      <div>
        <h2>{verdictText(open, bySeverity, instances.length)}</h2>
        <p>
          {first !== undefined ? (
            <>
              {'Not acknowledged: '}
              <PageLink class="link" href={hrefOf('incidents', first.id)}>
                {shown(first.title)}
              </PageLink>
              {', '}
              <Age at={first.opened_at} />
              {first.next && (
                <>
                  . {nextWord(first.next)}
                  {first.next.channel && ` to ${shown(first.next.channel)}`} at <Moment at={first.next.at} />
                </>
              )}
            </>
          ) : isCritical ? (
            'All critical incidents are acknowledged or muted.'
          ) : instances.length === 0 && open.length === 0 ? (
            `This hub takes pushes at ${location.origin}.`
          ) : silent > 0 ? (
            `${silent} of ${instances.length} instances have stopped reporting.`
          ) : (
            `${instances.length} of ${instances.length} instances report.`
          )}
        </p>
      </div>
      <div class="counts">
        {counts.map(([word, number, href]) => (
          <PageLink key={word} href={href}>
            <b class={number === 0 ? 'zero' : ''}>{countText(number)}</b>
            <span>{word}</span>
          </PageLink>
        ))}
      </div>
    </div>
  );
}

interface VerdictProps {
  readonly open: readonly Incident[];
  readonly counts: Page<Incident>['counts'];
  readonly instances: readonly Instance[];
}

function NothingOpen({ instances }: { readonly instances: number }) {
  if (instances > 0) {
    return (
      <Empty icon="check" title="No open incidents">
        <p>
          <PageLink class="link" href={hrefOf('incidents', null, { status: 'resolved' })}>
            Show resolved incidents
          </PageLink>
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon="host" title="Add the first instance">
      <p>Run this on a machine. It checks the machine once and sends the results here.</p>
      <pre>{`export HUB_URL=${location.origin}\nexport WEBHOOK_SECRET_CLUSTER=…\nmonitor push-to-hub`}</pre>
      <p class="t3">This page changes when the first push arrives.</p>
    </Empty>
  );
}
