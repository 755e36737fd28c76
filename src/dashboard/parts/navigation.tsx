import type { ComponentChildren } from 'preact';
import { hrefOf, type PageName } from '../model/address.ts';
import { PROBES } from '../model/endpoints.ts';
import { useCell, useDocument, useModel, useReading } from '../model/hooks.ts';
import { probeHealth } from '../model/probes.ts';
import { mayOpen } from '../model/session.ts';
import type { Incident, Page } from '../wire/documents.ts';
import type { Probe } from '../wire/endpoints.ts';
import type { IconName } from '../words/icons.ts';
import { incidentBadness } from '../words/severity.ts';
import { AccountButton } from './account.tsx';
import { Icon } from './icon.tsx';
import { PageLink } from './link.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

interface Entry {
  readonly page: PageName;
  readonly word: string;
  readonly icon: IconName;
}

/** Pages by group, as they stand in the sidebar. */
export const NAVIGATION: readonly { readonly group: string | null; readonly entries: readonly Entry[] }[] = [
  {
    group: null,
    entries: [
      { page: 'now', word: 'Now', icon: 'pulse' },
      { page: 'incidents', word: 'Incidents', icon: 'triangle' },
      { page: 'alerts', word: 'Alerts', icon: 'lines' },
      { page: 'instances', word: 'Instances', icon: 'host' },
      { page: 'endpoints', word: 'Endpoints', icon: 'globe' },
    ],
  },
  {
    group: 'Notices',
    entries: [
      { page: 'silences', word: 'Silences and windows', icon: 'mute' },
      { page: 'channels', word: 'Channels', icon: 'send' },
    ],
  },
  {
    group: 'Setup',
    entries: [
      { page: 'sources', word: 'Sources', icon: 'inbox' },
      { page: 'rules', word: 'Rules', icon: 'sliders' },
      { page: 'probes', word: 'Probes', icon: 'radio' },
      { page: 'peers', word: 'Peers', icon: 'peers' },
    ],
  },
  {
    group: 'Access',
    entries: [
      { page: 'people', word: 'People and tokens', icon: 'people' },
      { page: 'audit', word: 'Audit', icon: 'file' },
    ],
  },
];

const ENTRIES = NAVIGATION.flatMap(({ entries }) => entries);

/** The word of a page. */
export function wordOf(page: PageName): string {
  return ENTRIES.find((entry) => entry.page === page)?.word ?? page;
}

/** The open incidents that want attention first, which the frame counts and Now shows. */
export const OPEN_INCIDENTS =
  '/api/v1/incidents?status=open,acknowledged&sort=attention&limit=100&count=true&counts=severity';

/** The open incidents; undefined until they are read, and to whom they are not shown. */
export function useOpenIncidents(): Page<Incident> | undefined {
  const session = useCell(useModel().signIn.session);
  return useDocument<Page<Incident>>(mayOpen(session, 'incidents') ? OPEN_INCIDENTS : null).value;
}

/** How many critical incidents are open. */
export function useCriticalCount(): number {
  const value = useOpenIncidents();
  const { items = [], counts } = value ?? {};
  return counts?.critical ?? items.filter((incident) => incidentBadness(incident) === 'critical').length;
}

/** The pages that who looks may open, by group. */
export function usePages(): typeof NAVIGATION {
  const { signIn } = useModel();
  const session = useCell(signIn.session);
  return NAVIGATION.flatMap(({ group, entries }) => {
    const open = entries.filter(({ page }) => mayOpen(session, page));
    return open.length === 0 ? [] : [{ group, entries: open }];
  });
}

/** Whether a probe that has been heard says nothing now. */
function useStaleProbe(): boolean {
  const session = useCell(useModel().signIn.session);
  const isShown = mayOpen(session, 'probes');
  const probes = useDocument<{ readonly items: readonly Probe[] }>(isShown ? PROBES : null);
  useReading(PROBES, STALE_EVERY_MS);
  return (probes.value?.items ?? []).some((probe) => probeHealth(probe) === 'stale');
}

// It takes two minutes of silence to be stale.
const STALE_EVERY_MS = 60_000;

/** The pages, at the left. */
export function Sidebar({ here }: { readonly here: PageName | null }) {
  const critical = useCriticalCount();
  const isStale = useStaleProbe();
  const groups = usePages();
  return (
    <nav class="side" aria-label="Pages">
      <PageLink class="brand" href="/" aria-label="monitor, to Now">
        <span class="logo">
          <Icon name="pulse" size={18} />
        </span>
        <span class="word">monitor</span>
      </PageLink>
      {groups.map(({ group, entries }) => (
        <div key={group ?? ''} class="group">
          {group !== null && <h2>{group}</h2>}
          {entries.map(({ page, word, icon }) => (
            <PageLink key={page} href={hrefOf(page)} title={word} {...(page === here && { 'aria-current': 'page' })}>
              <Icon name={icon} />
              <span class="word">{word}</span>
              {page === 'probes' && isStale && (
                <span class="dot">
                  <span class="vh"> needs attention</span>
                </span>
              )}
              {page === 'incidents' && critical > 0 && (
                <span class="n crit">
                  {critical}
                  <span class="vh"> critical</span>
                </span>
              )}
            </PageLink>
          ))}
        </div>
      ))}
      <div class="me">
        <AccountButton />
        <ThemeSwitch />
      </div>
    </nav>
  );
}

const TABS: readonly PageName[] = ['now', 'incidents', 'alerts', 'instances'];

/** The pages on a phone, at the lower edge. */
export function TabBar({ here, onMore }: { readonly here: PageName | null; readonly onMore: () => void }) {
  const critical = useCriticalCount();
  const entries = usePages().flatMap((group) => group.entries);
  const tab = (word: string, icon: IconName, more?: ComponentChildren) => (
    <>
      <Icon name={icon} size={20} />
      <span>{word}</span>
      {more}
    </>
  );
  return (
    <nav class="tabbar" aria-label="Pages">
      {entries
        .filter(({ page }) => TABS.includes(page))
        .map(({ page, word, icon }) => (
          <PageLink key={page} href={hrefOf(page)} {...(page === here && { 'aria-current': 'page' })}>
            {tab(word, icon, page === 'incidents' && critical > 0 && <span class="n">{critical}</span>)}
          </PageLink>
        ))}
      <button type="button" onClick={onMore} aria-haspopup="dialog">
        {tab('More', 'dots')}
      </button>
    </nav>
  );
}
