import * as z from 'zod';
import { PERSON_NAME, type Person, personName, type Session, type Token } from '../../core/access/account.ts';
import type { AccessChange, AccessResult } from '../../core/access/change.ts';
import { confinementText, parseConfinement } from '../../core/access/confinement.ts';
import { passwordFault } from '../../core/access/password.ts';
import { actorOf, type Principal } from '../../core/access/principal.ts';
import { ACCESS_ROLES } from '../../core/access/role.ts';
import { iso } from '../../core/iso-time.ts';
import { MatchersError } from '../../core/policy/matchers.ts';
import { uuidv7 } from '../../lib/crypto/ids.ts';
import { type Passwords, PasswordsBusyError } from '../../lib/crypto/password.ts';
import { newToken } from '../../lib/crypto/token.ts';
import type { AccessReads } from '../../stores/contract/access.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { nameField, timeField, WriteError } from '../api/write.ts';
import { failure, later, type Reply } from '../reply.ts';
import type { Attempts } from './attempts.ts';
import { ANSWERS } from './schemas.ts';

/** What the routes of tokens, people and sessions need. */
export interface AccountParts {
  readonly accounts: Pick<AccessReads, 'listTokens' | 'listPeople' | 'listSessions' | 'findPerson'> & {
    /** Changes who has access; rejects when it could not be committed. */
    readonly change: (change: AccessChange) => Promise<AccessResult>;
  };
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly now: () => number;
}

const role = z.enum(ACCESS_ROLES, `must be one of ${ACCESS_ROLES.join(', ')}`);
const confinedTo = z
  .string('must be matchers such as team="web", or null')
  .max(4000, 'is longer than 4000 characters')
  .nullable()
  .transform((text, context) => {
    try {
      return parseConfinement(text ?? '');
    } catch (error) {
      if (!(error instanceof MatchersError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
const password = z.string('must be a text').max(1024, 'is longer than 1024 characters');
const NEW_TOKEN = z.strictObject({
  name: nameField(100).refine((text) => text !== '', 'must not be empty'),
  role: role.default('read'),
  confined_to: confinedTo.default(null),
  expires_at: timeField.nullable().default(null),
});
const NEW_PERSON = z.strictObject({
  name: z
    .string('must be a text')
    .transform(personName)
    .refine((name) => PERSON_NAME.test(name), 'must have 1 to 100 letters, digits or any of ._@+-'),
  ...{ password, role: role.default('read'), confined_to: confinedTo.default(null) },
});
const CHANGES = z.strictObject({
  ...{ role: role.optional(), confined_to: confinedTo.optional(), password: password.optional() },
});
const NOTHING = z.strictObject({});
const NEW_PASSWORD = z.strictObject({ password, new_password: password });

/** Tokens, people and their sessions. All but one's own password and sessions is for admins. */
export function accountRoutes(parts: AccountParts): readonly Route[] {
  const { accounts, now } = parts;
  const change = (principal: Principal | null, asked: ChangeOf) =>
    accounts.change({ actor: principal === null ? 'api' : actorOf(principal), ...asked } as AccessChange);
  const nameOf = ({ params }: Pick<RouteRequest, 'params'>) => personName(params.name ?? '');
  return [
    route({
      ...{ method: 'GET', path: '/api/v1/tokens', role: 'admin', summary: 'The tokens, without their secrets' },
      query: NO_PARAMETERS,
      ...{ answers: { 200: ANSWERS.tokens } },
      answer: async () => list((await accounts.listTokens()).map((token) => tokenJson(token, now()))),
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/tokens', role: 'admin', summary: 'A new token; it is shown this once' },
      ...{ body: NEW_TOKEN, answers: { 201: ANSWERS.newToken } },
      answer: async ({ body, principal }) => {
        const { name, role, confined_to: confinement, expires_at: end } = body;
        const expiresAt = end === null ? null : Date.parse(end);
        if (expiresAt !== null && expiresAt <= now())
          throw new WriteError([{ path: 'expires_at', message: 'has passed already' }]);
        const { id, hash, text } = newToken();
        const createdBy = principal === null ? 'api' : actorOf(principal);
        const grant = { role, confinement, expiresAt };
        const token: Token = { id, name, hash, ...grant, createdAt: now(), createdBy, lastUsedAt: null };
        await change(principal, { type: 'create_token', token });
        return { status: 201, body: { ...tokenJson(token, now()), token: text } };
      },
    }),
    route({
      ...{ method: 'DELETE', path: '/api/v1/tokens/:id', role: 'admin', summary: 'End a token at once' },
      ...{ answers: { 200: ANSWERS.ended } },
      answer: async ({ params: { id = '' }, principal }) =>
        outcome(await change(principal, { type: 'revoke_token', id }), { id, status: 'revoked' }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/people', role: 'admin', summary: 'Who may log in' },
      query: NO_PARAMETERS,
      ...{ answers: { 200: ANSWERS.people } },
      answer: async () => {
        const [people, sessions] = await Promise.all([accounts.listPeople(), accounts.listSessions()]);
        return list(people.map((person) => personJson(person, sessions, now())));
      },
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/people', role: 'admin', summary: 'Let somebody log in' },
      ...{ body: NEW_PERSON, answers: { 201: ANSWERS.person } },
      answer: async ({ body, principal }) => {
        const { name, role, confined_to: confinement, password } = body;
        const hash = await hashed(parts, 'password', password, name);
        if (typeof hash !== 'string') return hash;
        const createdBy = principal === null ? 'api' : actorOf(principal);
        const made = { id: uuidv7(now()), name, password: hash, subject: null, createdAt: now(), createdBy };
        const person: Person = { ...made, role, confinement };
        const result = await change(principal, { type: 'add_person', person });
        return outcome(result, personJson(person, [], now()), 201);
      },
    }),
    route({
      ...{ method: 'PATCH', path: '/api/v1/people/:name', role: 'admin' },
      summary: 'Change what somebody may do, or their password, which ends their sessions',
      ...{ body: CHANGES, answers: { 200: ANSWERS.changedPerson } },
      answer: async (request) => {
        const { password, confined_to: confinement, role } = request.body;
        const name = nameOf(request);
        const hash = password === undefined ? undefined : await hashed(parts, 'password', password, name);
        if (hash !== undefined && typeof hash !== 'string') return hash;
        const changes = {
          ...(role !== undefined && { role }),
          ...(confinement !== undefined && { confinement }),
          ...(hash !== undefined && { password: hash }),
        };
        const result = await change(request.principal, { type: 'change_person', name, changes });
        return outcome(result, { name, ended_sessions: endedBy(result) });
      },
    }),
    route({
      ...{ method: 'DELETE', path: '/api/v1/people/:name', role: 'admin' },
      summary: 'Remove somebody, with all their sessions',
      ...{ answers: { 200: ANSWERS.changedPerson } },
      answer: async (request) => {
        const name = nameOf(request);
        const result = await change(request.principal, { type: 'remove_person', name });
        return outcome(result, { name, ended_sessions: endedBy(result) });
      },
    }),
    route({
      ...{
        method: 'POST',
        path: '/api/v1/people/:name/logout',
        role: 'admin',
        summary: 'End all sessions of somebody',
      },
      ...{ body: NOTHING, answers: { 200: ANSWERS.changedPerson } },
      answer: async (request) => {
        const name = nameOf(request);
        const result = await change(request.principal, { type: 'end_sessions', name });
        return outcome(result, { name, ended_sessions: endedBy(result) });
      },
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/sessions', role: 'read', isConfinable: true, query: NO_PARAMETERS },
      summary: 'Where you are logged in; to admins, where everybody is',
      ...{ answers: { 200: ANSWERS.sessions } },
      answer: async ({ principal }) => {
        const isAdmin = principal?.role === 'admin' && principal.confinement === null;
        const own = principal?.kind === 'person' ? principal : null;
        if (!isAdmin && own === null) return list([]);
        const sessions = await accounts.listSessions(isAdmin ? undefined : own?.id);
        const people = isAdmin ? new Map((await accounts.listPeople()).map(({ id, name }) => [id, name])) : null;
        const name = (id: string) => people?.get(id) ?? own?.name ?? '';
        const live = sessions.filter(({ expiresAt }) => expiresAt > now());
        return list(live.map((session) => sessionJson(session, name(session.personId), own?.sessionId)));
      },
    }),
    route({
      ...{ method: 'DELETE', path: '/api/v1/sessions/:id', role: 'read', isConfinable: true },
      summary: 'End a session of your own; admins end any',
      ...{ answers: { 200: ANSWERS.ended } },
      answer: async ({ params: { id = '' }, principal }) => {
        const isAdmin = principal?.role === 'admin' && principal.confinement === null;
        const own = principal?.kind === 'person' ? await accounts.listSessions(principal.id) : [];
        if (!isAdmin && !own.some((session) => session.id === id)) return NOT_FOUND;
        return outcome(await change(principal, { type: 'log_out', sessionId: id }), { id, status: 'ended' });
      },
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/password', role: 'read', isConfinable: true },
      summary: 'Change your own password, which ends your other sessions',
      ...{ body: NEW_PASSWORD, answers: { 200: ANSWERS.changedPerson } },
      answer: async ({ body, principal, caller }) => {
        const { password, new_password: wanted } = body;
        if (principal?.kind !== 'person') return failure(409, 'there is no password to change: nobody has logged in');
        const { name, sessionId } = principal;
        if (!parts.attempts.begin(name, caller.address, now())) return later(429, 'too many tries', 30);
        const person = await accounts.findPerson(name);
        const isRight = await busyAs(() => parts.passwords.matches(password, person?.password ?? null));
        if (typeof isRight !== 'boolean') return isRight;
        if (!isRight) throw new WriteError([{ path: 'password', message: 'is not the present one' }]);
        parts.attempts.succeeded(name, caller.address, now());
        const hash = await hashed(parts, 'new_password', wanted, name);
        if (typeof hash !== 'string') return hash;
        const asked = { type: 'change_person', name, changes: { password: hash }, exceptSession: sessionId } as const;
        const result = await change(principal, asked);
        return outcome(result, { name, ended_sessions: endedBy(result) });
      },
    }),
  ];
}

type ChangeOf = AccessChange extends infer C
  ? C extends { readonly actor: string }
    ? Omit<C, 'actor'>
    : never
  : never;

const NOT_FOUND = failure(404, 'there is nothing with this id or name');

/** A list that is short enough to be one page. */
function list(items: readonly unknown[]): Reply {
  return { status: 200, body: { items, next_cursor: null } };
}

function outcome(result: AccessResult, body: object, status = 200): Reply {
  if (result.outcome === 'done') return { status, body };
  switch (result.reason) {
    case 'not_found':
      return NOT_FOUND;
    case 'name_taken':
    case 'other_way':
    case 'changed_meanwhile':
      return failure(409, 'there is somebody of this name already');
    case 'no_password':
      return failure(409, 'they come by single sign-on, and have no password here');
  }
}

function endedBy(result: AccessResult): number {
  return result.outcome === 'done' ? result.endedSessions : 0;
}

async function hashed({ passwords }: AccountParts, path: string, password: string, name: string) {
  const fault = passwordFault(password, name);
  if (fault !== null) throw new WriteError([{ path, message: `is refused: ${fault}` }]);
  return busyAs(() => passwords.hash(password));
}

async function busyAs<T>(work: () => Promise<T>): Promise<T | Reply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PasswordsBusyError) return later(429, 'too many passwords are being checked', 5);
    throw error;
  }
}

function grantJson({ role, confinement }: Pick<Person, 'role' | 'confinement'>) {
  return { role, confined_to: confinement === null ? null : confinementText(confinement) };
}

function tokenJson(token: Token, now: number) {
  return {
    ...{ id: token.id, name: token.name, ...grantJson(token) },
    status: token.expiresAt !== null && token.expiresAt <= now ? 'ended' : 'active',
    ...{ created_at: iso(token.createdAt), created_by: token.createdBy },
    ...{ last_used_at: iso(token.lastUsedAt), expires_at: iso(token.expiresAt) },
  };
}

function personJson(person: Person, sessions: readonly Session[], now: number) {
  const own = sessions.filter(({ personId, expiresAt }) => personId === person.id && expiresAt > now);
  return {
    ...{ name: person.name, ...grantJson(person), by: person.subject === null ? 'password' : 'single_sign_on' },
    ...{ sessions: own.length, last_seen_at: iso(own[0]?.lastSeenAt ?? null) },
    ...{ created_at: iso(person.createdAt), created_by: person.createdBy },
  };
}

function sessionJson({ id, createdAt, lastSeenAt, expiresAt, address, agent }: Session, name: string, own?: string) {
  return {
    ...{ id, name, is_this: id === own, address, agent },
    ...{ created_at: iso(createdAt), last_seen_at: iso(lastSeenAt), expires_at: iso(expiresAt) },
  };
}
