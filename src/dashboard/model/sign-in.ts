import type { Answer } from '../wire/answer.ts';
import { type Cell, createCell } from './cell.ts';
import { readSession, type Session } from './session.ts';

/** Why the hub does not answer who looks, and what to do. */
export interface SignedOut {
  readonly text: string;
  /** Whether logging in helps. */
  readonly canLogIn: boolean;
}

/** Who looks, and whether the hub still knows them. */
export interface SignIn {
  /** Null while it is not known, and where the hub does not say. */
  readonly session: Cell<Session | null>;
  /** Null while the hub answers. */
  readonly signedOut: Cell<SignedOut | null>;
  /** The login page, which leads back to what is shown now. */
  loginHref(): string;
  /** The hub wants a login. */
  refused(): void;
  /** Asks who looks; whether requests carry another token now than before, so that one that was refused is worth another try. */
  renew(): Promise<boolean>;
  /** Asks again who is signed out: they may have logged in in another tab. */
  returned(): Promise<void>;
}

/** What it stands on. */
export interface SignInParts {
  readonly ask: () => Promise<Answer>;
  /** Path and query of what is shown. */
  readonly here: () => string;
  /** Whether the page was reached from the login page. */
  readonly isFromLogin: () => boolean;
  /** Leaves the page for another address. */
  readonly leave: (href: string) => void;
  /** Called when somebody who was signed out is known again. */
  readonly onReturn: () => void;
}

const ENDED: SignedOut = { text: 'Signed out.', canLogIn: true };
const NOT_KEPT: SignedOut = {
  text: 'Logged in, but this browser did not keep the session. Allow cookies for this address.',
  canLogIn: true,
};

/** Keeps it. Whom the hub never knew is led to the login page; who was known stays where they are, and is told. */
export function createSignIn({ ask, here, isFromLogin, leave, onReturn }: SignInParts): SignIn {
  const session = createCell<Session | null>(null);
  const signedOut = createCell<SignedOut | null>(null);
  const loginHref = () => `/login?next=${encodeURIComponent(here())}`;
  let wasKnown = false;
  let isLeaving = false;
  const refused = () => {
    if (signedOut.get() !== null || isLeaving) return;
    if (wasKnown) signedOut.set(ENDED);
    else if (isFromLogin()) signedOut.set(NOT_KEPT);
    else {
      isLeaving = true;
      leave(loginHref());
    }
  };
  const renew = async () => {
    const answer = await ask();
    if (answer.kind === 'failed' && answer.failure.status === 403)
      signedOut.set({ text: answer.failure.text, canLogIn: answer.failure.text.includes('/login') });
    if (answer.kind !== 'value') return false;
    const before = session.get()?.csrf_token;
    const found = readSession(answer.value);
    wasKnown = true;
    session.set(found);
    if (signedOut.get() !== null) {
      signedOut.set(null);
      onReturn();
    }
    return found?.csrf_token !== before;
  };
  return {
    ...{ session, signedOut, loginHref, refused, renew },
    returned: async () => {
      if (signedOut.get() !== null) await renew();
    },
  };
}
