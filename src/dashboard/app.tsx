import type { Address } from './model/address.ts';
import { useCell, useModel } from './model/hooks.ts';
import { AlertPage } from './pages/alert.tsx';
import { AlertsPage } from './pages/alerts.tsx';
import { AuditPage } from './pages/audit.tsx';
import { ChannelPage } from './pages/channel.tsx';
import { ChannelsPage } from './pages/channels.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { IncidentsPage } from './pages/incidents.tsx';
import { InstancePage } from './pages/instance.tsx';
import { InstancesPage } from './pages/instances.tsx';
import { NowPage } from './pages/now.tsx';
import { PeoplePage } from './pages/people.tsx';
import { SilencesPage } from './pages/silences.tsx';
import { SoonPage } from './pages/soon.tsx';
import { SourcesPage } from './pages/sources.tsx';
import { Frame } from './parts/frame.tsx';
import { PageLink } from './parts/link.tsx';
import { Empty } from './parts/panel.tsx';

/** The frame, and in it the page that the address means. */
export function App() {
  const { address, title } = useModel();
  const here = useCell(address);
  const place = `${here?.page}/${here?.item}`;
  return (
    <Frame page={here?.page ?? null} title={useCell(title) ?? undefined}>
      <PageOf key={place} here={here} />
    </Frame>
  );
}

function PageOf({ here }: { readonly here: Address | null }) {
  if (here?.page === 'now') return <NowPage />;
  if (here?.page === 'incidents') return here.item === null ? <IncidentsPage /> : <IncidentPage id={here.item} />;
  if (here?.page === 'alerts') return here.item === null ? <AlertsPage /> : <AlertPage id={here.item} />;
  if (here?.page === 'instances') return here.item === null ? <InstancesPage /> : <InstancePage id={here.item} />;
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
