import * as z from 'zod';
import { personName } from '../../core/access/account.ts';
import type { AccessChange, AccessResult } from '../../core/access/change.ts';
import { type Passwords, PasswordsBusyError } from '../../lib/crypto/password.ts';
import type { AccessReads } from '../../stores/contract/access.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type Route, route } from '../api/route.ts';
import { failure, later, type Reply } from '../reply.ts';
import type { Attempts } from './attempts.ts';
import type { Caller } from './caller.ts';
import { noCookie } from './cookies.ts';
import { loginPage } from './page.ts';
import { ANSWERS } from './schemas.ts';
import { newSession, principalJson, replacedBy, sessionHeader } from './sessions.ts';

/** What logging in needs. */
export interface LoginParts {
  readonly accounts: Pick<AccessReads, 'findPerson'> & {
    /** Changes who has access; rejects when it could not be committed. */
    readonly change: (change: AccessChange) => Promise<AccessResult>;
  };
  readonly passwords: Pick<Passwords, 'matches'>;
  readonly attempts: Attempts;
  readonly sessionLifetimeMs: number;
  /** What the page offers beside passwords; null for nothing. */
  readonly singleSignOn: object | null;
  readonly now: () => number;
}

const WAIT_S = 30;
/** One text for all that can go wrong, so that nobody learns from it who there is. */
export const LOGIN_FAILED = `Name or password is wrong, or too many tries. Wait ${WAIT_S} s.`;

const LOGIN = z.strictObject({
  name: z.string('must be a text').max(200, 'is longer than 200 characters'),
  password: z.string('must be a text').max(1024, 'is longer than 1024 characters'),
});
const FORM = z.object({ ...LOGIN.shape, next: z.string().max(2000).catch('/') });
const LOGOUT = z.strictObject({ everywhere: z.boolean('must be true or false').default(false) });

type LoggedIn =
  | { readonly ok: true; readonly reply: Pick<Reply, 'body' | 'headers'> }
  | { readonly ok: false; readonly reply: Reply };

/** Logging in and out, by the API and by a page that needs no script. */
export function loginRoutes(parts: LoginParts): readonly Route[] {
  const { accounts, now } = parts;
  const hasSingleSignOn = parts.singleSignOn !== null;
  return [
    route({
      ...{ method: 'GET', path: '/login', role: 'public', summary: 'The page for logging in' },
      answer: async ({ query }) => loginPage(200, nextOf(query), null, hasSingleSignOn),
    }),
    route({
      ...{ method: 'POST', path: '/login', role: 'public', takesForm: true, summary: 'Log in from that page' },
      answer: async ({ body, caller }) => {
        const form = FORM.safeParse(body);
        const next = form.success ? pathOf(form.data.next) : '/';
        const { name = '', password = '' } = form.success ? form.data : {};
        const done = await logIn(parts, name, password, caller);
        if (!done.ok) return loginPage(done.reply.status, next, LOGIN_FAILED, hasSingleSignOn, done.reply.headers);
        return { status: 303, body: undefined, headers: { ...done.reply.headers, Location: next } };
      },
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/login', role: 'public', summary: 'Log in with name and password' },
      ...{ query: NO_PARAMETERS, body: LOGIN, answers: { 200: ANSWERS.principal } },
      answer: async ({ body: { name, password }, caller }) => {
        const done = await logIn(parts, name, password, caller);
        return done.ok ? { status: 200, ...done.reply } : done.reply;
      },
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/logout', role: 'read', isConfinable: true },
      summary: 'Log out, here or everywhere',
      ...{ query: NO_PARAMETERS, body: LOGOUT, answers: { 200: ANSWERS.endedSessions } },
      answer: async ({ body: { everywhere }, principal, caller }) => {
        // Whoever has no session is logged out already.
        if (principal?.kind !== 'person') return { status: 200, body: { ended_sessions: 0 } };
        const { name, sessionId } = principal;
        const ended = await accounts.change(
          everywhere
            ? { actor: `person:${name}`, type: 'end_sessions', name }
            : { actor: `person:${name}`, type: 'log_out', sessionId },
        );
        const count = ended.outcome === 'done' ? ended.endedSessions : 0;
        return { status: 200, body: { ended_sessions: count }, headers: { 'Set-Cookie': noCookie(caller.isSecure) } };
      },
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/session', role: 'read', isConfinable: true },
      summary: 'Who asks, and what they may do',
      ...{ query: NO_PARAMETERS, answers: { 200: ANSWERS.principal } },
      answer: async ({ principal, caller }) =>
        principal === null
          ? failure(401, 'log in at /login')
          : { status: 200, body: principalJson(principal, caller.session) },
    }),
  ];

  async function logIn({ passwords }: LoginParts, given: string, password: string, caller: Caller): Promise<LoggedIn> {
    const name = personName(given);
    if (!parts.attempts.begin(name, caller.address, now()))
      return { ok: false, reply: later(429, LOGIN_FAILED, WAIT_S) };
    const wrong = { ok: false, reply: failure(401, LOGIN_FAILED) } as const;
    try {
      const person = await accounts.findPerson(name);
      // As much work for a name that nobody has.
      if (!(await passwords.matches(password, person?.password ?? null)) || person === undefined) return wrong;
      const begun = newSession(person.id, caller, now(), parts.sessionLifetimeMs);
      const { outcome } = await accounts.change({
        ...{ actor: `person:${name}`, type: 'log_in', name, password: person.password, session: begun.session },
        replaces: replacedBy(caller),
      });
      if (outcome === 'refused') return wrong;
      parts.attempts.succeeded(name, caller.address, now());
      const { role, confinement } = person;
      const principal = {
        kind: 'person',
        id: person.id,
        name,
        sessionId: begun.session.id,
        role,
        confinement,
      } as const;
      const headers = { 'Set-Cookie': sessionHeader(begun, caller) };
      return { ok: true, reply: { body: principalJson(principal, begun.secret), headers } };
    } catch (error) {
      if (error instanceof PasswordsBusyError) return { ok: false, reply: later(429, LOGIN_FAILED, WAIT_S) };
      throw error;
    }
  }
}

function nextOf(query: unknown): string {
  const next = (query as { readonly next?: unknown }).next;
  return typeof next === 'string' ? pathOf(next) : '/';
}

/** A path of this hub; anything else is its first page. */
export function pathOf(next: string): string {
  // A browser reads a backslash as a slash, and drops tabs and line breaks.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next)) return '/';
  return new URL(next, 'http://hub.invalid').host === 'hub.invalid' ? next : '/';
}
