import type { OpenSession, Token } from './account.ts';
import type { Principal } from './principal.ts';
import { type AccessRole, includesRole } from './role.ts';

/** Why a signature does not count: the last one, on a route that takes none. */
export type SignatureFault =
  | 'malformed_signature'
  | 'unknown_key'
  | 'wrong_clock'
  | 'wrong_signature'
  | 'not_for_signed';

/** What a request shows of who sends it. One scheme is chosen by what is shown, and its failure is final. */
export type Credential =
  /** A signature by the key of a peer, or what is wrong with it. */
  | { readonly scheme: 'hawk'; readonly found: { readonly id: string; readonly name: string } | SignatureFault }
  | { readonly scheme: 'none'; readonly isLocal: boolean }
  /** A bearer token that is, or is not, MONITOR_API_TOKEN; a stored one that was found and whose secret is right, or not. */
  | { readonly scheme: 'bearer'; readonly found: 'configured' | 'unknown' | Token }
  | {
      readonly scheme: 'session';
      readonly found: OpenSession | undefined;
      readonly csrf: 'right' | 'wrong' | 'missing';
    }
  /** What a proxy in a trusted network says; the role is that of the person's groups, null where none has one. */
  | { readonly scheme: 'proxy'; readonly name: string; readonly role: AccessRole | null };

/** What a browser says of the page that asks: one of the hub's own, another one, or nothing, as programs do. */
export type PageOrigin = 'own' | 'foreign' | 'unsaid';

/** What a route wants of who asks. */
export interface Needs {
  readonly role: AccessRole;
  /** Whether something is changed. */
  readonly isChange: boolean;
  /** Whether it is answered to people who are confined: it keeps to their part of what there is. */
  readonly isConfinable: boolean;
}

/** How long a session lasts, in milliseconds. */
export interface SessionPolicy {
  readonly idleMs: number;
}

/** What a request is asked by. */
export interface AccessQuestion {
  readonly needs: Needs;
  readonly credential: Credential;
  readonly origin: PageOrigin;
  /** Whether there is a MONITOR_API_TOKEN: then nobody is let in for being on this machine. */
  readonly hasConfiguredToken: boolean;
}

/** Why a request is refused. */
export type AccessRefusal =
  /** Nothing was shown that says who asks. */
  | 'nothing_shown'
  /** Nothing was shown, there is no configured token, and it does not come from this machine. */
  | 'not_local'
  | 'unknown_token'
  | SignatureFault
  | 'expired_token'
  | 'unknown_session'
  | 'expired_session'
  | 'idle_session'
  /** The groups that a proxy tells have no role. */
  | 'no_role'
  /** A browser sends it for a page of another site, or does not say for which. */
  | 'foreign_page'
  | 'csrf_missing'
  | 'csrf_wrong'
  | 'role_too_low'
  /** The route tells of everything, and who asks is confined to a part. */
  | 'confined';

/** Whether a request is let in, and as whom. */
export type AccessVerdict =
  | { readonly outcome: 'granted'; readonly principal: Principal }
  | { readonly outcome: 'refused'; readonly reason: AccessRefusal; readonly principal: Principal | null };

/** Decides whether a request that shows a credential may do what a route does, at `now`. */
export function decideAccess(question: AccessQuestion, policy: SessionPolicy, now: number): AccessVerdict {
  const known = identify(question, policy, now);
  if (typeof known === 'string') return { outcome: 'refused', reason: known, principal: null };
  const { needs, credential, origin } = question;
  const reason =
    refuseForgery(credential, origin, needs.isChange) ??
    (includesRole(known.role, needs.role) ? null : 'role_too_low') ??
    (known.confinement === null || needs.isConfinable ? null : 'confined');
  return reason === null ? { outcome: 'granted', principal: known } : { outcome: 'refused', reason, principal: known };
}

function identify(
  { credential, hasConfiguredToken }: AccessQuestion,
  { idleMs }: SessionPolicy,
  now: number,
): Principal | AccessRefusal {
  switch (credential.scheme) {
    case 'none':
      if (hasConfiguredToken) return 'nothing_shown';
      return credential.isLocal ? { kind: 'local', role: 'admin', confinement: null } : 'not_local';
    case 'bearer': {
      const { found } = credential;
      if (found === 'configured') return { kind: 'configured_token', role: 'admin', confinement: null };
      if (found === 'unknown') return 'unknown_token';
      const { id, name, role, confinement, expiresAt } = found;
      return expiresAt !== null && expiresAt <= now ? 'expired_token' : { kind: 'token', id, name, role, confinement };
    }
    case 'hawk': {
      const { found } = credential;
      if (typeof found === 'string') return found;
      return { kind: 'peer', ...found, role: 'write', confinement: null };
    }
    case 'session': {
      if (credential.found === undefined) return 'unknown_session';
      const { session, person } = credential.found;
      if (session.expiresAt <= now) return 'expired_session';
      if (session.lastSeenAt + idleMs <= now) return 'idle_session';
      const { id, name, role, confinement } = person;
      return { kind: 'person', id, name, sessionId: session.id, role, confinement };
    }
    case 'proxy':
      if (credential.role === null) return 'no_role';
      return { kind: 'proxy', name: credential.name, role: credential.role, confinement: null };
  }
}

/**
 * What a browser adds to a request by itself, a cookie or the login of a proxy, it adds for pages of other sites, too. So
 * what is changed by that must come from a page of the hub's own; and with a cookie it must hold what only such a page
 * could read. A bearer token or a signature is never added by itself.
 */
function refuseForgery(credential: Credential, origin: PageOrigin, isChange: boolean): AccessRefusal | null {
  if (credential.scheme === 'bearer' || credential.scheme === 'hawk') return null;
  if (origin === 'foreign') return isChange ? 'foreign_page' : null;
  if (!isChange || credential.scheme === 'none') return null;
  if (origin !== 'own') return 'foreign_page';
  if (credential.scheme !== 'session' || credential.csrf === 'right') return null;
  return credential.csrf === 'missing' ? 'csrf_missing' : 'csrf_wrong';
}
