import { Agent, type IncomingHttpHeaders, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enabledDrivers } from '../../src/drivers/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { methodsOf } from '../../src/web/api/route.ts';
import { SCHEMAS } from '../../src/web/api/schemas.ts';
import { createHttpServer, type Server } from '../../src/web/server.ts';
import { makeGate } from '../support/access.ts';
import { API_ROUTES, NOTHING_BEHIND } from '../support/api-routes.ts';

// Whatever is wrong with a request, every route under /api/v1 says so in one form. A new one is tested by being registered.

const LINES = 'application/x-ndjson';
const agent = new Agent({ keepAlive: true });
let server: Server;
beforeAll(async () => {
  const onFailure = (error: unknown) => {
    throw error;
  };
  server = createHttpServer({
    ...{ host: '127.0.0.1', port: 0, bounds: { perAddress: 100, all: 100, isShared: () => true } },
    onConnectionRefused: onFailure,
    api: { ...{ ...NOTHING_BEHIND, version: '1', instanceId: 'own' }, clock: systemClock, gate: makeGate(), onFailure },
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

interface Asked {
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function answerOf(method: string, path: string, { type = 'application/json', body, headers = {} }: Asked) {
  return new Promise<{ status: number; text: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const { port } = server.address();
    const options = { agent, host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } };
    const asked = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    asked.once('error', reject).end(body);
  });
}

/** Asks, and holds an error against its form: its status, its `type`, `Allow`, and the paths of its `errors`. */
async function ask(method: string, path: string, asked: Asked = {}) {
  const { status, text, headers } = await answerOf(method, path, asked);
  if (status < 400) return { status, kind: '', allow: undefined, paths: [] };
  const problem = 'application/problem+json; charset=utf-8';
  expect([method, path, status, headers['content-type']]).toEqual([method, path, status, problem]);
  const told = SCHEMAS.Problem.parse(JSON.parse(text));
  expect(told.status).toBe(status);
  const paths = (told.errors ?? []).map((one) => one.path);
  return { status, kind: told.type.split(':').at(-1), allow: headers.allow, paths };
}

// Who shows no secret of a probe or of a push endpoint is not told what it could do, and is answered in its words.
const served = API_ROUTES.filter(
  ({ path, role }) => path.startsWith('/api/v1/') && role !== 'probe' && role !== 'push',
);
const paths = [...new Set(served.map(({ path }) => path))].map((path) => [path] as const);
const here = (path: string) => path.replaceAll(/:\w+/g, 'x');

test.each(paths)('%s names the methods that it answers to all others', async (path) => {
  const own = served.filter((route) => route.path === path);
  const answered = methodsOf(own);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((one) => !answered.includes(one))) {
    const { status, kind, allow } = await ask(method, here(path));
    expect([method, status, kind, allow]).toEqual([method, 405, 'method-not-allowed', answered.join(', ')]);
  }
});

const reading = served.filter(({ method, query }) => method === 'GET' && query.type === 'object');
test.each(reading.map(({ path }) => [path] as const))(
  'GET %s refuses a parameter that it does not know',
  async (path) => {
    const { status, kind, paths: named } = await ask('GET', `${here(path)}?nonsense=1`);
    expect([status, kind]).toEqual([400, 'invalid-request']);
    expect(named).toContain('nonsense');
  },
);

const written = served.filter(({ method, body }) => method !== 'GET' && body !== null);
describe.each(written.map((one) => [one.method, one.path, one] as const))('%s %s refuses', (method, path, one) => {
  test.each<[string, Asked, number, string]>([
    ['what is no JSON', { body: '{"a":' }, 400, 'invalid-request'],
    ['bytes that are no text', { body: '{"a":"\u0000"}' }, 400, 'invalid-request'],
    ['a form', { body: 'a=b', type: 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['a text', { body: '{}', type: 'text/plain' }, 415, 'unsupported-media-type'],
    ['too much', { body: `{"a":"${'a'.repeat(Math.max(70_000, one.bodyBytes ?? 0))}"}` }, 413, 'too-large'],
    ['a key that is none', { body: '{}', headers: { 'idempotency-key': 'a b' } }, 400, 'invalid-request'],
  ])('%s', async (_, asked, status, kind) => {
    const answer = await ask(method, here(path), asked);
    expect([answer.status, answer.kind]).toEqual([status, kind]);
  });

  // Of many each is judged by itself, and an empty list is none of them.
  if (one.mostLines === undefined)
    test('a list', async () => {
      const answer = await ask(method, here(path), { body: '[]' });
      expect([answer.status, answer.kind]).toEqual([422, 'invalid-body']);
    });

  // A hub takes what later versions of hubs tell, as far as it knows it.
  if (one.clients === 'peers') return;
  if (one.mostLines !== undefined) {
    test('more than it may have', async () => {
      const body = `[${Array(one.mostLines ?? 0)
        .fill('1')
        .join(',')},1]`;
      const answers = [await ask(method, here(path), { body })];
      answers.push(await ask(method, here(path), { body: body.slice(1, -1).replaceAll(',', '\n'), type: LINES }));
      for (const { status, kind } of answers) expect([status, kind]).toEqual([413, 'too-large']);
    });
    return;
  }
  test('a field that it does not know', async () => {
    const answer = await ask(method, here(path), { body: '{"nonsense":1}' });
    expect([answer.status, answer.kind]).toEqual([422, 'invalid-body']);
    expect(answer.paths).toContain('nonsense');
  });
});

test.each([
  ...[
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/alerts/x/y',
    '/api/v3/alerts',
    '/api/v1//alerts',
  ],
  ...['/api/v1/incidents/x/nothing', '/api/v1/__proto__', '/api/v1/constructor'],
])('there is nothing at %s', async (path) => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const { status, kind } = await ask(method, path);
    expect([method, status, kind]).toEqual([method, 404, 'not-found']);
  }
});

test('a path that is not well-formed is told so', async () => {
  expect(await ask('GET', '/api/v1/alerts/%ff')).toMatchObject({ status: 400, kind: 'invalid-request' });
});
