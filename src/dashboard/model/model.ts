import { createContext } from 'preact';
import { type Clock, createClock } from '../browser/clock.ts';
import { createHttp, type Http } from '../browser/http.ts';
import { type Preferences, readPreferences, writePreference } from '../browser/storage.ts';
import { paintTheme, watchSystemTheme } from '../browser/theme.ts';
import { createTimes, type Times } from '../words/times.ts';
import { type Address, parseAddress, type Query, queryText } from './address.ts';
import { type Cell, createCell } from './cell.ts';
import { createDocuments, type Documents } from './documents.ts';
import { createLive, type Live } from './live.ts';
import { createSignIn, type SignIn } from './sign-in.ts';

/** What is told at the lower edge for a while. */
export interface Toast {
  readonly text: string;
  /** What the button does, and its word. */
  readonly action?: { readonly word: string; readonly call: () => void };
  /** Errors stay until they are closed. */
  readonly isError?: boolean;
}

/** Everything that pages share. */
export interface Model {
  readonly clock: Clock;
  readonly http: Http;
  readonly live: Live;
  readonly documents: Documents;
  readonly address: Cell<Address | null>;
  readonly preferences: Cell<Preferences>;
  readonly times: Cell<Times>;
  readonly toast: Cell<Toast | null>;
  /** What the tab is called; null for the word of the page. */
  readonly title: Cell<string | null>;
  /** What a screen reader is told. */
  readonly spoken: Cell<string>;
  readonly signIn: SignIn;
  /** The incidents of the list that was open last, for the keys `[` and `]`. */
  readonly lastList: Cell<readonly string[]>;
  prefer<K extends keyof Preferences>(name: K, value: Preferences[K]): void;
  go(href: string, how?: 'push' | 'replace'): void;
  /** The same page with other filters. */
  filter(query: Query, how?: 'push' | 'replace'): void;
  say(toast: Toast): void;
  /** Asks who looks, and begins to follow the hub. */
  start(): void;
}

/** Puts it together; the listeners that it sets live as long as the page. */
export function createModel(): Model {
  const clock = createClock();
  const http: Http = createHttp({
    clock,
    onSignedOut: () => signIn.refused(),
    csrfToken: () => signIn.session.get()?.csrf_token ?? null,
    onForbidden: () => signIn.renew(),
  });
  const signIn: SignIn = createSignIn({
    ask: () => http.get('/api/v1/session'),
    here: () => `${location.pathname}${location.search}`,
    isFromLogin,
    leave: (href) => location.replace(href),
    onReturn: () => {
      live.resume();
      documents.refresh();
    },
  });
  const live = createLive(http, clock, () => signIn.refused());
  const documents = createDocuments(http, clock, live);
  const preferences = createCell(readPreferences());
  const times = createCell(createTimes(preferences.get().zone));
  const here = () => parseAddress(location.pathname, location.search);
  const address = createCell(here());
  const toast = createCell<Toast | null>(null);
  window.addEventListener('popstate', () => address.set(here()));
  watchSystemTheme(() => paintTheme(preferences.get().theme));
  const go = (href: string, how: 'push' | 'replace' = 'push') => {
    if (how === 'push') history.pushState(null, '', href);
    else history.replaceState(null, '', href);
    address.set(here());
  };
  return {
    ...{ clock, http, live, address, preferences, times, toast, signIn, documents, go },
    title: createCell<string | null>(null),
    spoken: createCell(''),
    lastList: createCell<readonly string[]>([]),
    prefer: (name, value) => {
      writePreference(name, value);
      preferences.set({ ...preferences.get(), [name]: value });
      if (name === 'theme') paintTheme(preferences.get().theme);
      if (name === 'zone') times.set(createTimes(preferences.get().zone));
    },
    filter: (query, how) => go(`${location.pathname}${queryText(query)}`, how),
    say: (told) => toast.set(told),
    start: () => {
      void signIn.renew();
      live.start();
      // What broke off may have been the end of a session: somebody else may look by now.
      let { mode } = live.state.get();
      live.state.listen(() => {
        const before = mode;
        mode = live.state.get().mode;
        if (mode === 'live' && before === 'lost') void signIn.renew();
      });
      for (const sign of ['visibilitychange', 'focus'])
        window.addEventListener(sign, () => document.visibilityState === 'visible' && void signIn.returned(), true);
    },
  };
}

/** Whether the page comes right after a login. */
function isFromLogin(): boolean {
  return URL.canParse(document.referrer) && new URL(document.referrer).pathname === '/login';
}

/** Where components find it. */
export const ModelContext = createContext<Model | null>(null);
