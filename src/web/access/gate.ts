import type { IncomingMessage } from 'node:http';
import type { OpenSession, Token } from '../../core/access/account.ts';
import type { Confinement } from '../../core/access/confinement.ts';
import { type AccessQuestion, type Credential, decideAccess } from '../../core/access/decide.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { AccessRole } from '../../core/access/role.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import { isHashOf, tokenParts } from '../../lib/crypto/token.ts';
import type { AccessReads } from '../../stores/contract/access.ts';
import type { IsLocal } from '../address.ts';
import { failure, type Reply } from '../reply.ts';
import type { Caller, ReadCaller } from './caller.ts';
import { CSRF_HEADER, judgeCsrf } from './csrf.ts';
import type { ReadProxy } from './proxy.ts';
import { refusalReply } from './refusal.ts';
import { isSigned, type ProveBody, proofOf, type SignedRequests, type Signer, signerOf } from './signed.ts';

/** Who is let in, or the answer to who is not. */
export type Admission =
  | {
      readonly principal: Principal;
      readonly caller: Caller;
      readonly confinement: Confinement | null;
      /** Asked again of what goes on for long: whether the same would still be let in. It counts as no use. */
      readonly isGranted: () => Promise<boolean>;
      /** Of a request that is signed: to be asked of its body before that is read; then the signature is used up. */
      readonly proveBody?: ProveBody;
    }
  | { readonly refused: Reply };

/**
 * Whose clients a route is made for, where they have customs of their own. Those of an Alerta show tokens in its ways and
 * read errors in its form; they and `peers` may sign in the manner of Hawk.
 */
export type RouteClients = 'alerta' | 'alertmanager' | 'peers';

/** What a route wants of who asks. */
export interface Wanted {
  readonly role: AccessRole;
  readonly isChange: boolean;
  readonly isConfinable: boolean;
  readonly clients?: RouteClients | undefined;
}

/** The one door of every route that is not open to all: decides who asks, and whether they may. Rejects when the store cannot be read. */
export interface Gate {
  admit(request: IncomingMessage, wanted: Wanted): Promise<Admission>;
  /** What is known of who asks of a route that is open to all. A page of another site is refused what changes something. */
  receive(request: IncomingMessage, isChange: boolean): { readonly caller: Caller } | { readonly refused: Reply };
}

/** What the gate decides by. */
export interface GateParts {
  /** MONITOR_API_TOKEN. */
  readonly token: Secret | undefined;
  readonly isLocal: IsLocal;
  readonly readCaller: ReadCaller;
  readonly readProxy: ReadProxy;
  readonly reads: Pick<AccessReads, 'findToken' | 'findSession'>;
  readonly signed: SignedRequests;
  /** Says that a token was used or a session seen; it waits for nothing. */
  readonly touch: (what: 'token' | 'session', id: string, at: number) => void;
  readonly idleMs: number;
  readonly now: () => number;
}

// How old the time of the last use may get: it is written no more often.
const TOUCH_MS = 60_000;

/** Makes the gate. */
export function createGate(parts: GateParts): Gate {
  const { readCaller, readProxy, idleMs, now } = parts;
  const admit: Gate['admit'] = async (request, wanted) => {
    const caller = readCaller(request);
    const arrivedAt = now();
    const shown: Shown = { request, caller, proxied: readProxy(request), clients: wanted.clients, arrivedAt };
    const judge = async () => {
      const question: AccessQuestion = {
        needs: wanted,
        credential: await credentialOf(shown, parts),
        origin: caller.origin,
        hasConfiguredToken: parts.token !== undefined,
      };
      return { ...decideAccess(question, { idleMs }, now()), credential: question.credential };
    };
    const verdict = await judge();
    if (verdict.outcome === 'refused')
      return { refused: refusalReply(verdict.reason, verdict.principal, wanted, caller) };
    const { principal, credential } = verdict;
    noteUse(credential, parts, now());
    const { confinement } = principal;
    const key = JSON.stringify(confinement);
    // Who is confined otherwise by now is not the same.
    const isGranted = async () => {
      const again = await judge();
      return again.outcome === 'granted' && JSON.stringify(again.principal.confinement) === key;
    };
    const signer = credential.scheme === 'hawk' && isSigner(credential.found) ? credential.found : null;
    const proof = signer === null ? {} : { proveBody: proofOf(request, signer, parts.signed.claim) };
    return { principal, caller, confinement, isGranted, ...proof };
  };
  return {
    admit,
    receive: (request, isChange) => {
      const caller = readCaller(request);
      if (isChange && caller.origin === 'foreign') return { refused: failure(403, FOREIGN) };
      return { caller };
    },
  };
}

const FOREIGN = 'this request comes from a page of another site';

/** What is looked at to find out who asks. */
interface Shown {
  readonly request: IncomingMessage;
  readonly caller: Caller;
  readonly proxied: ReturnType<ReadProxy>;
  readonly clients: RouteClients | undefined;
  /** UTC milliseconds. */
  readonly arrivedAt: number;
}

function isSigner(found: unknown): found is Exclude<Signer, string> {
  return typeof found === 'object' && found !== null && 'header' in found;
}

/** One scheme, by what is shown: a token before a signature, that before a session, a session before the word of a proxy. */
async function credentialOf(
  { request, caller, proxied, clients, arrivedAt }: Shown,
  { token, isLocal, reads, signed }: GateParts,
): Promise<Credential> {
  const bearer = shownToken(request, clients === 'alerta');
  if (bearer !== undefined) return { scheme: 'bearer', found: await findBearer(bearer, token, reads) };
  if (isSigned(request)) {
    const isTaken = clients === 'alerta' || clients === 'peers';
    return { scheme: 'hawk', found: isTaken ? signerOf(request, caller, signed.find, arrivedAt) : 'not_for_signed' };
  }
  // A word that is none of ours, such as Basic of a proxy, shows nothing.
  if (caller.session !== null) {
    const csrf = judgeCsrf(caller.session, headerText(request, CSRF_HEADER));
    return { scheme: 'session', found: await findSession(caller.session, reads), csrf };
  }
  if (proxied.outcome === 'person') return { scheme: 'proxy', name: proxied.name, role: proxied.role };
  return { scheme: 'none', isLocal: proxied.outcome === 'elsewhere' && isLocal(request) };
}

/** The token that a request shows: as a bearer; of a client of Alerta also as its key, as a password, or in the query. */
function shownToken(request: IncomingMessage, isOfAlerta: boolean): string | undefined {
  const { authorization = '' } = request.headers;
  const [, scheme = '', word] = /^(Bearer|Key) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return word;
  if (!isOfAlerta) return undefined;
  const [, query = ''] = (request.url ?? '').split('?', 2);
  const basic = /^Basic +([\w+/=-]+) *$/i.exec(authorization)?.[1];
  const password = basic === undefined ? undefined : /:(.*)$/s.exec(Buffer.from(basic, 'base64').toString())?.[1];
  return word ?? headerText(request, 'x-api-key') ?? new URLSearchParams(query).get('api-key') ?? password;
}

async function findBearer(
  given: string,
  configured: Secret | undefined,
  reads: GateParts['reads'],
): Promise<'configured' | 'unknown' | Token> {
  if (configured?.equals(given) === true) return 'configured';
  const parts = tokenParts(given);
  const found = parts === null ? undefined : await reads.findToken(parts.id);
  return found !== undefined && parts !== null && isHashOf(found.hash, parts.secret) ? found : 'unknown';
}

async function findSession(secret: string, reads: GateParts['reads']): Promise<OpenSession | undefined> {
  return reads.findSession(sha256(secret));
}

function noteUse(credential: Credential, { touch }: GateParts, at: number): void {
  if (credential.scheme === 'bearer' && typeof credential.found === 'object') {
    const { id, lastUsedAt } = credential.found;
    if (lastUsedAt === null || at - lastUsedAt >= TOUCH_MS) touch('token', id, at);
  }
  if (credential.scheme === 'session' && credential.found !== undefined) {
    const { id, lastSeenAt } = credential.found.session;
    if (at - lastSeenAt >= TOUCH_MS) touch('session', id, at);
  }
}

function headerText({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
