import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Token } from '../../src/core/access/account.ts';
import { ACCESS_ROLES, type AccessRole, includesRole } from '../../src/core/access/role.ts';
import { enabledDrivers } from '../../src/drivers/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { newToken } from '../../src/lib/crypto/token.ts';
import { createHttpServer, type Server } from '../../src/web/server.ts';
import { makeGate } from '../support/access.ts';
import { API_ROUTES, NOTHING_BEHIND } from '../support/api-routes.ts';

// Every route there is, by every method, asked by every role, confined or not, by nobody, and by who was revoked. What is
// expected follows from what the route declares: a new one is tested by being registered.

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const WEB = [{ name: 'team', values: ['web'], isNot: false }];
const made = ACCESS_ROLES.flatMap((role) =>
  [null, WEB].map((confinement) => {
    const { id, hash, text } = newToken();
    const times = { createdAt: 0, createdBy: '', expiresAt: null, lastUsedAt: 0 };
    const token: Token = { id, hash, name: role, role, confinement, ...times };
    return { token, text };
  }),
);
const revoked = newToken();

let server: Server;
beforeAll(async () => {
  const onFailure = (error: unknown) => {
    throw error;
  };
  const reads = {
    findToken: async (id: string) => made.find(({ token }) => token.id === id)?.token,
    findSession: async () => undefined,
  };
  server = createHttpServer({
    ...{ host: '127.0.0.1', port: 0, bounds: { perAddress: 100, all: 100, isShared: () => true } },
    onConnectionRefused: onFailure,
    api: {
      ...{ ...NOTHING_BEHIND, version: '1', instanceId: 'own' },
      ...{ clock: systemClock, gate: makeGate({ isLocal: () => false, reads }), onFailure },
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
afterAll(() => server.stop());

function ask(method: string, path: string, bearer: string | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
    const { port } = server.address();
    const asked = send({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    asked.once('error', reject).end(method === 'GET' || method === 'HEAD' ? undefined : '{}');
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
    const isOpen = route?.role === 'public' || route?.role === 'link';
    const isProbes = route?.role === 'probe';
    const wrong: string[] = [];
    for (const { token, text } of made) {
      const isLet =
        isOpen ||
        (!isProbes &&
          includesRole(token.role, route?.role as AccessRole) &&
          (token.confinement === null || route?.isConfinable === true));
      const status = await ask(method, asked, text);
      if ((status !== 401 && status !== 403) !== isLet && !(isOpen && status === 401 && path.endsWith('login')))
        wrong.push(`${token.role}${token.confinement === null ? '' : ' confined'}: ${status}`);
    }
    for (const bearer of [null, revoked.text, 'mon_', made[0]?.token.hash ?? '']) {
      const status = await ask(method, asked, bearer);
      const expected = bearer === null && !isProbes ? 403 : 401;
      if (!isOpen && status !== expected) wrong.push(`${bearer?.slice(0, 8)}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});

test('what is open to all is this, and nothing else', () => {
  const open = API_ROUTES.filter(({ role }) => role === 'public').map(({ method, path }) => `${method} ${path}`);
  expect(open.filter((one) => !/^GET \/(healthz|readyz|-\/healthy|-\/ready|api\/health|login)$/.test(one))).toEqual([
    ...['POST /login', 'POST /api/v1/login', 'GET /login/sso', 'GET /login/sso/callback'],
  ]);
});

test('what changes something is for more than reading, but your own session and password', () => {
  const changing = API_ROUTES.filter(({ method, role }) => method !== 'GET' && role === 'read');
  expect(changing.map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...['POST /api/v1/logout', 'DELETE /api/v1/sessions/:id', 'POST /api/v1/password'],
  ]);
});
