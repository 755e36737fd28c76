import { type Address, hrefOf, valueIn } from './model/address.ts';
import { useCell, useModel } from './model/hooks.ts';
import { mayOpen, type Session } from './model/session.ts';
import { AlertPage } from './pages/alert.tsx';
import { AlertsPage } from './pages/alerts.tsx';
import { AuditPage } from './pages/audit.tsx';
import { ChannelPage } from './pages/channel.tsx';
import { ChannelsPage } from './pages/channels.tsx';
import { EndpointPage } from './pages/endpoint.tsx';
import { EndpointsPage } from './pages/endpoints.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { IncidentsPage } from './pages/incidents.tsx';
import { InstancePage } from './pages/instance.tsx';
import { InstancesPage } from './pages/instances.tsx';
import { NowPage } from './pages/now.tsx';
import { PeoplePage } from './pages/people.tsx';
import { ProbesPage } from './pages/probes.tsx';
import { SilencesPage } from './pages/silences.tsx';
import { SoonPage } from './pages/soon.tsx';
import { SourcesPage } from './pages/sources.tsx';
import { Frame } from './parts/frame.tsx';
import { PageLink } from './parts/link.tsx';
import { Empty } from './parts/panel.tsx';
import { shown } from './words/outside.ts';

/** The frame, and in it the page that the address means. */
export function App() {
  const { address, title, signIn } = useModel();
  const here = useCell(address);
  const session = useCell(signIn.session);
  const place = `${here?.page}/${here?.item}`;
  return (
    <Frame page={here?.page ?? null} title={useCell(title) ?? undefined}>
      {here === null || mayOpen(session, here.page, valueIn(here.query, 'tab')) ? (
        <PageOf key={place} here={here} />
      ) : (
        <NotForYou session={session} />
      )}
    </Frame>
  );
}

function NotForYou({ session }: { readonly session: Session | null }) {
  const { name = null, kind = '', role = '', confined_to: confined = null } = session ?? {};
  return (
    <Empty
      icon="key"
      title={confined === null ? 'You need the role admin to see this' : 'You are shown a part of this hub'}
    >
      <p>
        You are signed in as {shown(name ?? kind)} ({role})
        {confined !== null && (
          <>
            , for <span class="mono">{shown(confined)}</span>
          </>
        )}
        .
      </p>
      <p>
        <PageLink class="link" href={hrefOf('now')}>
          To Now
        </PageLink>
      </p>
    </Empty>
  );
}

function PageOf({ here }: { readonly here: Address | null }) {
  if (here?.page === 'now') return <NowPage />;
  if (here?.page === 'incidents') return here.item === null ? <IncidentsPage /> : <IncidentPage id={here.item} />;
  if (here?.page === 'alerts') return here.item === null ? <AlertsPage /> : <AlertPage id={here.item} />;
  if (here?.page === 'instances') return here.item === null ? <InstancesPage /> : <InstancePage id={here.item} />;
  if (here?.page === 'endpoints') return here.item === null ? <EndpointsPage /> : <EndpointPage id={here.item} />;
  if (here?.page === 'probes') return <ProbesPage />;
  if (here?.page === 'silences') return <SilencesPage id={here.item} />;
  if (here?.page === 'channels') return here.item === null ? <ChannelsPage /> : <ChannelPage name={here.item} />;
  if (here?.page === 'sources') return <SourcesPage />;
  if (here?.page === 'people') return <PeoplePage />;
  if (here?.page === 'audit') return <AuditPage />;
  if (here !== null) return <SoonPage page={here.page} />;
  return (
    <Empty icon="search" title="No such page">
      <p>
        <PageLink class="link" href="/">
          To Now
        </PageLink>
      </p>
    </Empty>
  );
}
