import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useCell, useModel } from '../model/hooks.ts';
import type { LiveState } from '../model/live.ts';
import type { SignedOut } from '../model/sign-in.ts';
import { spanText } from '../words/ages.ts';
import { shown } from '../words/outside.ts';
import { Icon } from './icon.tsx';

/** The title of the page, the search, and whether what is shown is what the hub holds. */
export function TopBar({ title, onSearch }: { readonly title: ComponentChildren; readonly onSearch: () => void }) {
  const { live, signIn } = useModel();
  const isLost = useCell(live.state).mode === 'lost';
  const signedOut = useCell(signIn.signedOut);
  const confinedTo = useCell(signIn.session)?.confined_to ?? null;
  return (
    <header class={`top${isLost || signedOut !== null ? ' lost' : ''}`}>
      <div class="title">{title}</div>
      {signedOut !== null ? (
        <SignedOutBar signedOut={signedOut} />
      ) : isLost ? (
        <Lost />
      ) : (
        <button type="button" class="search" onClick={onSearch} aria-keyshortcuts="/">
          <Icon name="search" />
          <span>Search incidents, alerts, instances</span>
          <kbd aria-hidden="true">/</kbd>
        </button>
      )}
      {confinedTo !== null && (
        <span class="confined trunc" title={`Showing ${shown(confinedTo)} only`}>
          <span class="only-l">Showing </span>
          <b class="mono">{shown(confinedTo)}</b> only
        </span>
      )}
      <LiveMark />
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

function SignedOutBar({ signedOut: { text, canLogIn } }: { readonly signedOut: SignedOut }) {
  const { signIn, live, times } = useModel();
  const { heardAt } = useCell(live.state);
  const zone = useCell(times);
  return (
    <div class="lostmsg">
      <Icon name="key" />
      <span>
        <b role="alert">{shown(text)}</b>
        <span class="only-l"> Showing data from {zone.clock(heardAt)}.</span>
      </span>
      {canLogIn && (
        <a class="btn sm" href={signIn.loginHref()}>
          Log in again
        </a>
      )}
    </div>
  );
}

const WORDS: Readonly<Record<LiveState['mode'], string>> = {
  ...{ connecting: 'Connecting', live: 'Live', polling: 'Live', lost: 'Not live', signed_out: 'Signed out' },
};

function LiveMark() {
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
    <div
      class={`live${mode === 'lost' || mode === 'signed_out' ? ' off' : ''}`}
      title={title.filter(Boolean).join(' ')}
    >
      <i class={mode === 'signed_out' ? 'lost' : mode} />
      <span>{WORDS[mode]}</span>
      <span class="only-l clock">
        {zone.clock(now)} {zone.zone === 'UTC' ? 'UTC' : ''}
      </span>
    </div>
  );
}
