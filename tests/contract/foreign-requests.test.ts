import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCESS_ROLES } from '../../src/core/access/role.ts';
import { DRIVERS, enabledDrivers } from '../../src/drivers/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIsLocal } from '../../src/web/address.ts';
import { createHttpServer, type Server } from '../../src/web/server.ts';
import { createAuthenticate, createProveHead } from '../../src/web/webhook/credentials.ts';
import type { Outcome } from '../../src/web/webhook/outcome.ts';
import { makeGate } from '../support/access.ts';
import { API_ROUTES, NOTHING_BEHIND } from '../support/api-routes.ts';
import { firingBody } from '../support/payloads.ts';

// Every route there is, each asked by everybody who is not a program on this machine: without a token and secrets, the
// hub answers nobody else. A new route, driver or API of a vendor is tested by being registered.

const COUNTS = { alertsCreated: 1, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };
const ACCEPTED: Outcome = { outcome: 'accepted', answer: { outcome: 'committed', counts: COUNTS, errors: [] } };

let server: Server;
let taken = 0;
beforeAll(async () => {
  const isLocal = createIsLocal([]);
  const onFailure = (error: unknown) => {
    throw error;
  };
  const credentials = { secrets: {}, sharedSecret: true, insecure: false, withoutAuth: [], isLocal };
  const api = { ...NOTHING_BEHIND, version: '1', instanceId: 'own' };
  server = createHttpServer({
    ...{ host: '127.0.0.1', port: 0, bounds: { perAddress: 10, all: 100, isShared: () => true } },
    onConnectionRefused: onFailure,
    api: { ...api, clock: systemClock, gate: makeGate({ isLocal }), onFailure },
    webhook: {
      drivers: enabledDrivers({ clusterEnabled: true, sources: { mytool: {} } }),
      authenticate: createAuthenticate({
        ...credentials,
        policy: { requireV2: false },
        findKey: async () => undefined,
      }),
      proveHead: createProveHead({ secrets: {}, isLocal }),
      intake: async () => {
        taken += 1;
        return ACCEPTED;
      },
      ...{ now: () => 0, addressOf: () => '', onOutcome: () => {}, onFailure },
    },
  });
  await server.start();
});
afterAll(() => server.stop());

/** Status of the answer to a request that is written by hand. */
function ask(method: string, path: string, body: string, { version = '1.1', headers = {} }: Asked): Promise<number> {
  const all = { Host: `127.0.0.1:${server.address().port}`, 'Content-Type': 'application/json', ...headers };
  const lines = Object.entries({ ...all, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  return new Promise((resolve, reject) => {
    const socket = createConnection(server.address().port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part) => {
      text += part;
    });
    socket.once('error', reject).once('close', () => resolve(Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0)));
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`${method} ${path} HTTP/${version}\r\n${head}\r\n${body}`);
  });
}

interface Asked {
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const FOREIGN: Readonly<Record<string, Asked>> = {
  'a page of another site': { headers: { 'Sec-Fetch-Site': 'cross-site' } },
  'a page of another host of this site': { headers: { 'Sec-Fetch-Site': 'same-site' } },
  'a page that says where it is from': { headers: { Origin: 'http://evil.example.com' } },
  'a page that has no origin': { headers: { Origin: 'null' } },
  'a page of an older browser': { headers: { Referer: 'http://evil.example.com/' } },
  'a page whose name was made to point here': {
    headers: { Host: 'rebound.example.com:8080', 'Sec-Fetch-Site': 'same-origin' },
  },
  'a proxy that names the sender': { headers: { 'X-Forwarded-For': '192.0.2.1' } },
  'a proxy that says it is this machine': { headers: { 'X-Forwarded-For': '127.0.0.1' } },
  'a proxy by the standard': { headers: { Forwarded: 'for=192.0.2.1' } },
  'a proxy that names itself': { headers: { Via: '1.1 proxy' } },
  'a proxy that hides itself and speaks HTTP/1.0': { version: '1.0' },
  'a proxy that hides itself behind a public name': { headers: { Host: 'hub.example.com' } },
};

// All others are open to all, or want a secret of their own from everybody.
const api = API_ROUTES.filter(({ role }) => (ACCESS_ROLES as readonly string[]).includes(role)).map(
  ({ method, path }) => [method, path.replaceAll(/:\w+/g, 'x'), method === 'GET' ? '' : '{}'] as const,
);
const writing = DRIVERS.flatMap((driver) => {
  const body = firingBody(driver);
  const paths = ['', 'a-secret/', ...(driver.api?.paths ?? []).map((path) => path.slice(1))];
  const own = paths.map((behind) => `/alerts/webhook/${driver.name}/${behind}`);
  return [...own, ...(driver.api?.paths ?? [])].map((path) => ['POST', path, body] as const);
});
const detecting = [['POST', '/alerts/webhook/', firingBody(DRIVERS[0] as never)]] as const;
const named = [['POST', '/alerts/webhook/mytool/', '{"title":"t"}']] as const;

describe.each([...api, ...writing, ...detecting, ...named])('%s %s', (method, path, body) => {
  test('is answered to a program on this machine', async () => {
    // Alerta has no first page of nothing.
    expect([200, 202, 400, 404, 416, 422]).toContain(await ask(method, path, body, {}));
  });

  test('is answered to nobody else', async () => {
    taken = 0;
    const answered: string[] = [];
    for (const [who, how] of Object.entries(FOREIGN)) {
      const status = await ask(method, path, body, how);
      if (status !== 401 && status !== 403) answered.push(`${who}: ${status}`);
    }
    expect(answered).toEqual([]);
    expect(taken).toBe(0);
  });
});
