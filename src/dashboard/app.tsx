import { useEffect } from 'preact/hooks';
import type { Address } from './model/address.ts';
import { useCell, useModel } from './model/hooks.ts';
import { AlertsPage } from './pages/alerts.tsx';
import { IncidentsPage } from './pages/incidents.tsx';
import { NowPage } from './pages/now.tsx';
import { Frame } from './parts/frame.tsx';
import { PageLink } from './parts/link.tsx';
import { Empty } from './parts/panel.tsx';

/** The frame, and in it the page that the address means. */
export function App() {
  const { address, title } = useModel();
  const here = useCell(address);
  const place = `${here?.page}/${here?.item}`;
  // A page of one item sets the title anew once it knows its name.
  useEffect(() => title.set(null), [place, title]);
  return (
    <Frame page={here?.page ?? null} title={useCell(title) ?? undefined}>
      <PageOf key={place} here={here} />
    </Frame>
  );
}

function PageOf({ here }: { readonly here: Address | null }) {
  if (here?.page === 'now') return <NowPage />;
  if (here?.page === 'incidents' && here.item === null) return <IncidentsPage />;
  if (here?.page === 'alerts' && here.item === null) return <AlertsPage />;
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
