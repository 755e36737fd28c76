import type { Session } from '../../core/access/account.ts';
import { confinementText } from '../../core/access/confinement.ts';
import type { Principal } from '../../core/access/principal.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { randomSecret } from '../../lib/crypto/ids.ts';
import type { Caller } from './caller.ts';
import { cookieFor } from './cookies.ts';
import { csrfToken } from './csrf.ts';

/** A session that is begun: what is kept, and the secret that only the browser has. */
export interface NewSession {
  readonly session: Session;
  readonly secret: string;
}

/** Makes one for somebody, always with a secret of its own: what a browser showed before never becomes a session. */
export function newSession(personId: string, { address, agent }: Caller, now: number, lifetimeMs: number): NewSession {
  const secret = randomSecret();
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + lifetimeMs };
  return { secret, session: { id: sha256(secret), personId, ...times, address, agent } };
}

/** The hash of what a browser showed when it logged in; null for nothing. */
export function replacedBy({ session }: Caller): string | null {
  return session === null ? null : sha256(session);
}

/** The header that gives a browser its session. */
export function sessionHeader({ session, secret }: NewSession, { isSecure }: Caller): string {
  return cookieFor(secret, Math.floor((session.expiresAt - session.createdAt) / 1000), isSecure);
}

/** Who somebody is, as the API tells it, and what their requests carry that change something. */
export function principalJson(principal: Principal, secret: string | null) {
  const { kind, role, confinement } = principal;
  return {
    kind,
    name: 'name' in principal ? principal.name : null,
    role,
    confined_to: confinement === null ? null : confinementText(confinement),
    csrf_token: kind === 'person' && secret !== null ? csrfToken(secret) : null,
  };
}
