import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { paintFavicon } from '../browser/favicon.ts';
import type { PageName } from '../model/address.ts';
import { hrefOf } from '../model/address.ts';
import { useCell, useKeys, useModel } from '../model/hooks.ts';
import { shortId, shown } from '../words/outside.ts';
import { tabTitle } from '../words/verdict.ts';
import { Announcements } from './announcer.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { MoreDialog } from './more-dialog.tsx';
import { Sidebar, TabBar, useCriticalCount, wordOf } from './navigation.tsx';
import { SearchDialog } from './search-dialog.tsx';
import { ToastArea } from './toast.tsx';
import { TopBar } from './top-bar.tsx';

const GO_KEYS: Readonly<Record<string, PageName>> = {
  ...{ n: 'now', i: 'incidents', a: 'alerts', h: 'instances', e: 'endpoints', s: 'silences', c: 'channels' },
};
const GO_WAIT_MS = 1500;
// Its end tells one from others; a name stands there as it is.
const UUID = /^[\da-f]{8}-[\da-f-]{27}$/i;

/** What stands around every page. */
export function Frame({ page, title, children }: FrameProps) {
  const { live, clock, go, address } = useModel();
  const here = useCell(address);
  const critical = useCriticalCount();
  const isLive = useCell(live.state).mode !== 'lost';
  const [dialog, setDialog] = useState<'search' | 'keys' | 'more' | null>(null);
  const main = useRef<HTMLElement>(null);
  const goKey = useRef<() => void>();

  const name = page === null ? 'No such page' : wordOf(page);
  useEffect(() => {
    document.title = tabTitle(critical, title ?? name);
    paintFavicon(isLive, critical > 0);
  }, [critical, isLive, title, name]);

  const place = `${here?.page}/${here?.item}`;
  const before = useRef(place);
  // At once: later it would take the focus from a field that a key has opened meanwhile.
  useLayoutEffect(() => {
    if (before.current === place) return;
    before.current = place;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [place]);

  useKeys({
    '?': () => setDialog('keys'),
    '/': () => {
      const filter = document.querySelector<HTMLInputElement>('[data-filter]');
      if (filter === null) setDialog('search');
      else filter.focus();
    },
    g: () => {
      goKey.current?.();
      const press = (event: KeyboardEvent) => {
        end();
        const target = Object.hasOwn(GO_KEYS, event.key) ? GO_KEYS[event.key] : undefined;
        if (target === undefined) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        go(hrefOf(target));
      };
      const end = () => document.removeEventListener('keydown', press, true);
      document.addEventListener('keydown', press, true);
      goKey.current = end;
      clock.after(GO_WAIT_MS, end);
    },
  });

  const isItem = here !== null && here.item !== null;
  const heading = isItem ? (
    <div class="crumb">
      <a
        href={hrefOf(here.page)}
        onClick={(event) => {
          event.preventDefault();
          go(hrefOf(here.page));
        }}
      >
        {name}
      </a>
      <span aria-hidden="true">/</span>
      <b class="mono trunc">{shown(UUID.test(here.item) ? shortId(here.item) : here.item)}</b>
    </div>
  ) : (
    <h1>{name}</h1>
  );
  return (
    <div class="app">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Sidebar here={page} />
      <div class="body">
        <TopBar title={heading} onSearch={() => setDialog('search')} />
        <main id="main" class="page" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <TabBar here={page} onMore={() => setDialog('more')} />
      <ToastArea />
      <Announcements />
      {dialog === 'search' && <SearchDialog onClose={() => setDialog(null)} />}
      {dialog === 'keys' && <KeysDialog onClose={() => setDialog(null)} />}
      {dialog === 'more' && <MoreDialog here={page} onClose={() => setDialog(null)} />}
    </div>
  );
}

interface FrameProps {
  readonly page: PageName | null;
  /** Of the tab; the page's word where left out. */
  readonly title?: string | undefined;
  readonly children?: ComponentChildren;
}
