import type { PageName } from '../model/address.ts';
import { PageLink } from '../parts/link.tsx';
import { wordOf } from '../parts/navigation.tsx';
import { Empty, Panel } from '../parts/panel.tsx';
import type { IconName } from '../words/icons.ts';

interface Said {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly begin: string;
}

const SAID: Readonly<Partial<Record<PageName, Said>>> = {
  rules: {
    icon: 'sliders',
    title: 'No rules are set up',
    text: 'A rule decides from figures over time when something is wrong. This hub has none of its own yet.',
    begin: 'Thresholds of checks stand in monitor.yaml; rules of Prometheus arrive through its Alertmanager.',
  },
  peers: {
    icon: 'peers',
    title: 'This hub has no peers',
    text: 'Peers are hubs that tell one another what they know, each with a store of its own. Several hubs on one PostgreSQL are one hub, and need none.',
    begin: 'Hubs share a store by DATABASE_URL.',
  },
};

/** The place of something that this hub does not do yet: what it is, and how to begin. */
export function SoonPage({ page }: { readonly page: PageName }) {
  const said = SAID[page];
  if (said === undefined) return null;
  return (
    <Panel title={wordOf(page)}>
      <Empty icon={said.icon} title={said.title}>
        <p>{said.text}</p>
        <p class="t3">{said.begin}</p>
        <p>
          <PageLink class="link" href="/sources">
            Sources that send to this hub
          </PageLink>
        </p>
      </Empty>
    </Panel>
  );
}
