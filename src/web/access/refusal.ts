import type { AccessRefusal } from '../../core/access/decide.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { AccessRole } from '../../core/access/role.ts';
import { failure, type Reply } from '../reply.ts';
import type { Caller } from './caller.ts';
import { noCookie } from './cookies.ts';

const STATUS: Readonly<Record<AccessRefusal, 401 | 403>> = {
  ...{ nothing_shown: 401, unknown_token: 401, expired_token: 401 },
  ...{ malformed_signature: 401, unknown_key: 401, wrong_clock: 401, wrong_signature: 401, not_for_signed: 401 },
  ...{ unknown_session: 401, expired_session: 401, idle_session: 401 },
  ...{ not_local: 403, no_role: 403, foreign_page: 403, csrf_missing: 403, csrf_wrong: 403 },
  ...{ role_too_low: 403, confined: 403 },
};

const SIGNED: ReadonlySet<AccessRefusal> = new Set([
  ...(['malformed_signature', 'unknown_key', 'wrong_clock', 'wrong_signature'] as const),
]);

/** The answer to who is not let in. It says what to do, and nothing of who or what there is. */
export function refusalReply(
  reason: AccessRefusal,
  principal: Principal | null,
  { role }: { readonly role: AccessRole },
  { isSecure, session }: Caller,
): Reply {
  const status = STATUS[reason];
  const reply = failure(status, textOf(reason, principal, role));
  if (status === 403) return reply;
  const isOver = session !== null && reason.endsWith('_session');
  return {
    ...reply,
    headers: {
      'WWW-Authenticate': SIGNED.has(reason) ? 'Hawk' : 'Bearer',
      ...(isOver && { 'Set-Cookie': noCookie(isSecure) }),
    },
  };
}

function textOf(reason: AccessRefusal, principal: Principal | null, role: AccessRole): string {
  switch (reason) {
    case 'nothing_shown':
      return 'log in at /login, or send a token or MONITOR_API_TOKEN as a bearer token';
    case 'not_local':
      return 'this hub has no MONITOR_API_TOKEN, so its API answers only programs on the same machine: log in at /login, send a token, or set one on the hub';
    case 'unknown_token':
      return 'this bearer token is not known here: it is no token of this hub, nor its MONITOR_API_TOKEN, if it has one';
    case 'malformed_signature':
      return 'the header Authorization is no signature of Hawk: it needs id, ts, nonce and mac, each once and in quotes';
    case 'unknown_key':
      return 'no key of peer_keys has this id';
    case 'wrong_clock':
      return 'the time of the signature is more than 300 s off: correct the clock of the sender, or of the hub';
    case 'wrong_signature':
      return 'the signature is not that of this request: the secret, or its method, path, host or port, is another';
    case 'not_for_signed':
      return 'this path is not for requests signed with Hawk: send a token';
    case 'expired_token':
      return 'this bearer token has expired: monitor tokens create makes a new one';
    case 'unknown_session':
    case 'expired_session':
    case 'idle_session':
      return 'this session has ended: log in again at /login';
    case 'no_role':
      return 'none of your groups has a role here: see MONITOR_GROUP_ROLES';
    case 'foreign_page':
      return 'this request does not come from a page of this hub';
    case 'csrf_missing':
      return 'the header X-CSRF-Token is missing: GET /api/v1/session gives it';
    case 'csrf_wrong':
      return 'the header X-CSRF-Token is not that of this session';
    case 'role_too_low':
      return `you need the role ${role} for this; you are ${nameOf(principal)} (${principal?.role})`;
    case 'confined':
      return `this is about the whole hub, and ${nameOf(principal)} is confined to a part of it`;
  }
}

function nameOf(principal: Principal | null): string {
  if (principal === null) return 'nobody';
  return 'name' in principal ? principal.name : 'a program of this machine';
}
