import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useCell, useModel } from '../model/hooks.ts';
import { spanText } from '../words/ages.ts';
import { Icon } from './icon.tsx';

/** The title of the page, the search, and whether what is shown is what the hub holds. */
export function TopBar({ title, onSearch }: { readonly title: ComponentChildren; readonly onSearch: () => void }) {
  const { live, isSignedOut } = useModel();
  const isLost = useCell(live.state).mode === 'lost';
  const isOut = useCell(isSignedOut);
  return (
    <header class={`top${isLost || isOut ? ' lost' : ''}`}>
      <div class="title">{title}</div>
      {isOut ? (
        <SignedOut />
      ) : isLost ? (
        <Lost />
      ) : (
        <button type="button" class="search" onClick={onSearch} aria-keyshortcuts="/">
          <Icon name="search" />
          <span>Search incidents, alerts, instances</span>
          <kbd aria-hidden="true">/</kbd>
        </button>
      )}
      <LiveState />
    </header>
  );
}

/** Draws again each second. */
function useSeconds(): number {
  const { clock } = useModel();
  const [now, setNow] = useState(clock.now());
  useEffect(() => clock.every(1000, () => setNow(clock.now())), [clock]);
  return now;
}

function Lost() {
  const { live, times } = useModel();
  const { heardAt, retryAt } = useCell(live.state);
  const zone = useCell(times);
  const now = useSeconds();
  const wait = retryAt === null ? null : Math.max(0, retryAt - now);
  return (
    <div class="lostmsg">
      <Icon name="triangle" />
      <span>
        <b role="alert">Connection lost.</b> Showing data from {zone.clock(heardAt)}, {spanText(now - heardAt)} ago.
        {wait !== null && <span class="only-l"> Retrying in {spanText(wait)}.</span>}
      </span>
      <button type="button" class="btn sm" onClick={live.retryNow}>
        Retry now
      </button>
    </div>
  );
}

function SignedOut() {
  return (
    <div class="lostmsg">
      <Icon name="key" />
      <span>
        <b role="alert">Signed out.</b>
      </span>
      <a class="btn sm" href={`/login?next=${encodeURIComponent(location.pathname + location.search)}`}>
        Log in again
      </a>
    </div>
  );
}

const WORDS = { connecting: 'Connecting', live: 'Live', polling: 'Live', lost: 'Not live' } as const;

function LiveState() {
  const { live, clock, times } = useModel();
  const { mode } = useCell(live.state);
  const zone = useCell(times);
  const now = useSeconds();
  const off = clock.offset();
  const title = [
    mode === 'polling' ? 'This hub is asked every 5 s.' : '',
    off === 0 ? '' : `The clock of this browser is off by ${spanText(Math.abs(off))}; times are the hub's.`,
    `Times are in ${zone.zone}.`,
  ];
  return (
    <div class={`live${mode === 'lost' ? ' off' : ''}`} title={title.filter(Boolean).join(' ')}>
      <i class={mode} />
      <span>{WORDS[mode]}</span>
      <span class="only-l clock">
        {zone.clock(now)} {zone.zone === 'UTC' ? 'UTC' : ''}
      </span>
    </div>
  );
}
