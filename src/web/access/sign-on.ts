import { type Claims, decideSignOn, type SignOnRules } from '../../core/access/single-sign-on.ts';
import { uuidv7 } from '../../lib/crypto/ids.ts';
import type { OidcChecks } from '../../lib/oidc/client.ts';
import { type Route, route } from '../api/route.ts';
import { createLimiter } from '../limits.ts';
import type { Reply } from '../reply.ts';
import type { Caller } from './caller.ts';
import { flowCookieFor } from './cookies.ts';
import { type LoginParts, pathOf } from './login.ts';
import { loginPage } from './page.ts';
import { newSession, replacedBy, sessionHeader } from './sessions.ts';

/** Single sign-on, as its routes need it. */
export interface SingleSignOn {
  readonly issuer: string;
  readonly rules: SignOnRules;
  /** Where to send a browser, and what it must bring back; rejects while the issuer cannot be asked. */
  begin(): Promise<{ readonly url: URL; readonly checks: OidcChecks }>;
  /** What the issuer says of who comes back; rejects for whom it does not vouch. */
  finish(parameters: URLSearchParams, checks: OidcChecks): Promise<Claims>;
  /** Told why somebody was not let in; what they are shown says less. */
  readonly onRefused: (reason: string, error?: unknown) => void;
}

/** What these routes need. */
export interface SignOnParts extends Pick<LoginParts, 'sessionLifetimeMs' | 'now'> {
  readonly accounts: Pick<LoginParts['accounts'], 'change'>;
  /** null where there is none. */
  readonly singleSignOn: SingleSignOn | null;
}

const FLOW_S = 600;
// A page is opened by hand; each may have the hub ask the issuer.
const LIMIT = { perSecond: 1 / 2, burst: 20 };

const UNREACHABLE = 'Single sign-on cannot be reached now. Try again in a minute, or log in with a password.';
const BEGUN_ELSEWHERE = 'This login was not begun in this browser, or it took too long. Log in once more.';
const FAILED = 'Single sign-on did not succeed. Log in once more, or ask whoever looks after this hub.';
const NOT_LET_IN = 'You are not let in here by single sign-on. Ask whoever looks after this hub.';
const TOO_MANY = 'Too many logins from here. Wait a minute.';
const NOT_OFFERED = 'There is no single sign-on here.';

/** To the issuer and back; for browsers alone, without scripts. */
export function signOnRoutes(parts: SignOnParts): readonly Route[] {
  const { singleSignOn: sso, now } = parts;
  const limit = createLimiter(LIMIT);
  const isOffered = sso !== null;
  const problem = (status: number, text: string, next = '/', headers: Reply['headers'] = {}) =>
    loginPage(status, next, text, isOffered, headers);
  return [
    route({
      ...{ method: 'GET', path: '/login/sso', role: 'public', summary: 'To the issuer of single sign-on' },
      answer: async ({ query, caller }) => {
        const next = pathOf(textOf(query, 'next') || '/');
        if (sso === null) return problem(404, NOT_OFFERED, next);
        if (limit(caller.address, now()) > 0) return problem(429, TOO_MANY, next);
        try {
          const { url, checks } = await sso.begin();
          const cookie = flowCookieFor(flowText({ ...checks, next }), FLOW_S, caller.isSecure);
          return redirect(url.href, cookie);
        } catch (error) {
          sso.onRefused('unreachable', error);
          return problem(503, UNREACHABLE, next, { 'Retry-After': '60' });
        }
      },
    }),
    route({
      ...{ method: 'GET', path: '/login/sso/callback', role: 'public', summary: 'Back from the issuer' },
      answer: async ({ query, caller }) => {
        if (sso === null) return problem(404, NOT_OFFERED);
        const flow = flowOf(caller.signOn);
        const state = textOf(query, 'state');
        // Whoever was sent here by another page has no such cookie, or one of another login.
        if (flow === null || state === '' || state !== flow.state) return problem(400, BEGUN_ELSEWHERE, flow?.next);
        if (limit(caller.address, now()) > 0) return problem(429, TOO_MANY, flow.next);
        let claims: Claims;
        try {
          claims = await sso.finish(parametersOf(query), flow);
        } catch (error) {
          sso.onRefused('not_vouched_for', error);
          return problem(401, FAILED, flow.next);
        }
        const verdict = decideSignOn(sso.issuer, claims, sso.rules);
        if (verdict.outcome === 'refused') {
          sso.onRefused(verdict.reason);
          return problem(403, NOT_LET_IN, flow.next);
        }
        const done = await signOn(parts, verdict, caller);
        if (done === null) {
          sso.onRefused('name_of_another');
          return problem(403, NOT_LET_IN, flow.next);
        }
        return redirect(flow.next, done);
      },
    }),
  ];
}

/** The cookie of a new session; null where the name is somebody else's. */
async function signOn(
  { accounts, now, sessionLifetimeMs }: SignOnParts,
  { name, subject, role }: Extract<ReturnType<typeof decideSignOn>, { outcome: 'person' }>,
  caller: Caller,
): Promise<string | null> {
  const actor = `person:${name}`;
  const id = uuidv7(now());
  const begun = newSession(id, caller, now(), sessionLifetimeMs);
  const { outcome } = await accounts.change({
    ...{ actor, type: 'sign_on', session: begun.session, replaces: replacedBy(caller) },
    person: {
      id,
      name,
      password: null,
      subject,
      role,
      confinement: null,
      createdAt: now(),
      createdBy: 'single sign-on',
    },
  });
  return outcome === 'done' ? sessionHeader(begun, caller) : null;
}

function redirect(to: string, cookie: string): Reply {
  const headers = { Location: to, 'Set-Cookie': cookie, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };
  return { status: 303, body: undefined, headers };
}

type Flow = OidcChecks & { readonly next: string };

/** Nothing of it is secret from the person whose browser keeps it, and nothing of it is of use to anybody else. */
function flowText({ state, nonce, verifier, next }: Flow): string {
  return [state, nonce, verifier, Buffer.from(next).toString('base64url')].join('.');
}

function flowOf(cookie: string | null): Flow | null {
  const [, state, nonce, verifier, next] =
    /^([\w-]{20,200})\.([\w-]{20,200})\.([\w-]{43,128})\.([\w-]{0,4000})$/.exec(cookie ?? '') ?? [];
  if (state === undefined || nonce === undefined || verifier === undefined) return null;
  return { state, nonce, verifier, next: pathOf(Buffer.from(next ?? '', 'base64url').toString()) };
}

function textOf(query: unknown, name: string): string {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}

/** What came back, each parameter as often as it came: the check of the answer refuses what came twice. */
function parametersOf(query: unknown): URLSearchParams {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query as Readonly<Record<string, unknown>>)) {
    for (const one of Array.isArray(value) ? value : [value]) if (typeof one === 'string') found.append(name, one);
  }
  return found;
}
