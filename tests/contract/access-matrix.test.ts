import { Agent, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenSession, Token } from '../../src/core/access/account.ts';
import { ACCESS_ROLES, type AccessRole, includesRole } from '../../src/core/access/role.ts';
import { enabledDrivers } from '../../src/drivers/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { sha256 } from '../../src/lib/crypto/digest.ts';
import { randomSecret } from '../../src/lib/crypto/ids.ts';
import { newToken } from '../../src/lib/crypto/token.ts';
import { csrfToken } from '../../src/web/access/csrf.ts';
import { createReadProxy } from '../../src/web/access/proxy.ts';
import type { Route } from '../../src/web/api/route.ts';
import { createHttpServer, type Server } from '../../src/web/server.ts';
import { makeGate } from '../support/access.ts';
import { API_ROUTES, NOTHING_BEHIND } from '../support/api-routes.ts';

// Every route there is, by every method, asked by every role, confined or not, with each scheme by which somebody can be
// known; by nobody, by who was revoked, and by pages of other sites. What is expected follows from what the route
// declares: a new one is tested by being registered.

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const WEB = [{ name: 'team', values: ['web'], isNot: false }];
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

type Headers = Readonly<Record<string, string>>;

/** Somebody with a role, and what their requests carry. */
interface Asker {
  readonly who: string;
  readonly role: AccessRole;
  readonly isConfined: boolean;
  readonly headers: Headers;
}

const grants = ACCESS_ROLES.flatMap((role) => [null, WEB].map((confinement) => ({ role, confinement })));
const tokens = grants.map(({ role, confinement }) => {
  const { id, hash, text } = newToken();
  const times = { createdAt: 0, createdBy: '', expiresAt: null, lastUsedAt: 0 };
  const token: Token = { id, hash, name: role, role, confinement, ...times };
  return { token, text };
});
const sessions = grants.map(({ role, confinement }, index) => {
  const secret = randomSecret();
  const id = `person-${index}`;
  const times = { createdAt: 0, lastSeenAt: 0, expiresAt: 1000 };
  const open: OpenSession = {
    session: { id: sha256(secret), personId: id, ...times, address: '', agent: '' },
    person: { id, name: id, password: '', subject: null, role, confinement, createdAt: 0, createdBy: '' },
  };
  return { open, secret };
});
const sessionHeaders = (secret: string, csrf = csrfToken(secret)) => ({
  ...{ cookie: `monitor=${secret}`, 'x-csrf-token': csrf, ...OWN_PAGE },
});
const ASKERS: readonly Asker[] = [
  ...tokens.map(({ token: { role, confinement }, text }) => ({
    ...{ who: `token ${role}`, role, isConfined: confinement !== null, headers: { authorization: `Bearer ${text}` } },
  })),
  ...sessions.map(({ open: { person }, secret }) => ({
    ...{ who: `session ${person.role}`, role: person.role, isConfined: person.confinement !== null },
    headers: sessionHeaders(secret),
  })),
  ...ACCESS_ROLES.map((role) => ({
    ...{ who: `proxy ${role}`, role, isConfined: false },
    headers: { 'remote-user': 'jo', 'remote-groups': `x,${role}s`, ...OWN_PAGE },
  })),
];
const revoked = { token: newToken().text, session: randomSecret() };
/** Who is nobody, and the answer where that is not for all. */
const NOBODY: readonly (readonly [who: string, headers: Headers, status: 401 | 403])[] = [
  ['nobody', {}, 403],
  ['a revoked token', { authorization: `Bearer ${revoked.token}` }, 401],
  ['half a token', { authorization: 'Bearer mon_' }, 401],
  ['the hash of a token', { authorization: `Bearer ${tokens[0]?.token.hash}` }, 401],
  ['a revoked session', sessionHeaders(revoked.session), 401],
  ['the id of a session', sessionHeaders(sessions[0]?.open.session.id ?? ''), 401],
  // The first scheme that is shown counts, and its failure is final.
  [
    ...([
      'a revoked token beside a session',
      { ...sessionHeaders(sessions[4]?.secret ?? ''), authorization: `Bearer ${revoked.token}` },
      401,
    ] as const),
  ],
  ['a revoked session behind a proxy', { ...ASKERS.at(-1)?.headers, ...sessionHeaders(revoked.session) }, 401],
  ['a proxy that names no group with a role', { 'remote-user': 'jo', 'remote-groups': 'x', ...OWN_PAGE }, 403],
  ['a proxy that names two people', { 'remote-user': 'jo, ann', 'remote-groups': 'admins', ...OWN_PAGE }, 403],
  ['a proxy of another kind', { 'x-forwarded-user': 'jo', 'x-forwarded-groups': 'admins', ...OWN_PAGE }, 403],
];

/** What a page of another site has a browser send with what it adds by itself, and what knows too little. */
const FORGED: Readonly<Record<string, (csrf: Headers) => Headers>> = {
  'another site': (csrf) => ({ ...csrf, 'sec-fetch-site': 'cross-site' }),
  'another host of this site': (csrf) => ({ ...csrf, 'sec-fetch-site': 'same-site' }),
  'another origin': (csrf) => ({ ...csrf, origin: 'http://evil.example.com' }),
  'no origin': (csrf) => ({ ...csrf, origin: 'null' }),
  'an older browser': (csrf) => ({ ...csrf, referer: 'http://evil.example.com/' }),
  'a page that says nothing': (csrf) => csrf,
  'a name that was made to point here': (csrf) => ({
    ...csrf,
    host: 'rebound.example.com',
    origin: 'http://evil.example.com',
  }),
};
const admin = sessions.find(({ open: { person } }) => person.role === 'admin' && person.confinement === null);
const FORGERIES: readonly (readonly [string, Headers])[] = [
  ...Object.entries(FORGED).flatMap(([what, how]) => [
    [
      `session, ${what}`,
      { cookie: `monitor=${admin?.secret}`, ...how({ 'x-csrf-token': csrfToken(admin?.secret ?? '') }) },
    ] as const,
    [`proxy, ${what}`, { 'remote-user': 'jo', 'remote-groups': 'admins', ...how({}) }] as const,
  ]),
  ['session without its word', { cookie: `monitor=${admin?.secret}`, ...OWN_PAGE }],
  ['session with the word of another', sessionHeaders(admin?.secret ?? '', csrfToken(sessions[0]?.secret ?? ''))],
];

const agent = new Agent({ keepAlive: true });
let server: Server;
beforeAll(async () => {
  const onFailure = (error: unknown) => {
    throw error;
  };
  const reads = {
    findToken: async (id: string) => tokens.find(({ token }) => token.id === id)?.token,
    findSession: async (id: string) => sessions.find(({ open }) => open.session.id === id)?.open,
  };
  const readProxy = createReadProxy({
    ...{ kind: 'authelia', networks: ['127.0.0.1/32'] },
    groupRoles: ACCESS_ROLES.map((role) => ({ group: `${role}s`, role })),
  });
  server = createHttpServer({
    ...{ host: '127.0.0.1', port: 0, bounds: { perAddress: 100, all: 100, isShared: () => true } },
    onConnectionRefused: onFailure,
    api: {
      ...{ ...NOTHING_BEHIND, version: '1', instanceId: 'own' },
      ...{ clock: systemClock, gate: makeGate({ isLocal: () => false, reads, readProxy }), onFailure },
    },
    webhook: {
      drivers: enabledDrivers({ clusterEnabled: false }),
      authenticate: async () => ({ ok: false, reason: 'no' }),
      proveHead: () => 'none',
      intake: async () => onFailure(new Error('a webhook was taken')),
      ...{ now: () => 0, addressOf: () => '', onOutcome: () => {}, onFailure },
    },
  });
  await server.start();
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
});

function ask(method: string, path: string, headers: Headers): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = server.address();
    const all = { 'content-type': 'application/json', ...headers };
    const asked = send({ agent, host: '127.0.0.1', port, method, path, headers: all }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('error', reject).end(['POST', 'PUT', 'PATCH'].includes(method) ? '{}' : undefined);
  });
}

const paths = [...new Set(API_ROUTES.map(({ path }) => path))].map((path) => [path] as const);

describe.each(paths)('%s', (path) => {
  const own = API_ROUTES.filter((route) => route.path === path);
  const asked = path.replaceAll(/:\w+/g, 'x');
  // What is posted at the path of a vendor's API is a webhook, which has its own proofs.
  const methods = METHODS.filter(
    (method) => !(method !== 'GET' && method !== 'HEAD' && own.some((one) => one.isPosted)),
  );
  const routeOf = (method: string) => own.find((one) => one.method === (method === 'HEAD' ? 'GET' : method)) ?? own[0];

  test.each(methods)('%s is answered to whom the route declares, and to nobody else', async (method) => {
    const route = routeOf(method);
    // Of a link the path is the credential; who calls a push endpoint with a wrong secret does not learn that it is wrong.
    const isOpen = ['public', 'link', 'push'].includes(route?.role ?? '');
    const isProbes = route?.role === 'probe';
    const wrong: string[] = [];
    for (const { who, role, isConfined, headers } of ASKERS) {
      const isLet =
        isOpen ||
        (!isProbes && includesRole(role, route?.role as AccessRole) && (!isConfined || route?.isConfinable === true));
      const status = await ask(method, asked, headers);
      if ((status !== 401 && status !== 403) !== isLet && !(isOpen && status === 401 && path.endsWith('login')))
        wrong.push(`${who}${isConfined ? ' confined' : ''}: ${status}`);
    }
    for (const [who, headers, expected] of NOBODY) {
      const status = await ask(method, asked, headers);
      if (!isOpen && status !== (isProbes ? 401 : expected)) wrong.push(`${who}: ${status}`);
    }
    if (method !== 'GET' && method !== 'HEAD' && isForgeable(route)) {
      for (const [what, headers] of FORGERIES) {
        const status = await ask(method, asked, headers);
        if (status !== 403) wrong.push(`forged, ${what}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Whether something that browsers add by themselves lets somebody in. */
function isForgeable(route: Route | undefined): boolean {
  return route !== undefined && (ACCESS_ROLES as readonly string[]).includes(route.role);
}

test('what is open to all is this, and nothing else', () => {
  const open = API_ROUTES.filter(({ role }) => role === 'public').map(({ method, path }) => `${method} ${path}`);
  const own = /^GET \/(healthz|readyz|-\/healthy|-\/ready|api\/health|login|status|api\/v1\/status-page)$/;
  expect(open.filter((one) => !own.test(one))).toEqual([
    ...['GET /alerta/config', 'POST /login', 'POST /api/v1/login', 'GET /login/sso', 'GET /login/sso/callback'],
  ]);
});

test('what changes something is for more than reading, but your own session and password', () => {
  const changing = API_ROUTES.filter(({ method, role }) => method !== 'GET' && role === 'read');
  expect(changing.map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...['POST /api/v1/logout', 'DELETE /api/v1/sessions/:id', 'POST /api/v1/password'],
  ]);
});

test('what is open to all and changes something is not for pages of other sites', async () => {
  const open = API_ROUTES.filter(({ method, role }) => method !== 'GET' && role === 'public');
  expect(open.length).toBeGreaterThan(0);
  for (const { method, path } of open) {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'http://evil.example.com' },
      { origin: 'null' },
    ])
      expect([path, headers, await ask(method, path, headers)]).toEqual([path, headers, 403]);
  }
});
