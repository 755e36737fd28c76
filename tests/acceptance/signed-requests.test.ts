import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HawkTarget, hawkTarget, signHawk } from '../../src/lib/crypto/hawk.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const TOKEN = 'a-token-of-this-test-only';
const JSON_TYPE = 'application/json';
const key = { id: 'hub-b', secret: new Secret('a secret of two hubs'.replaceAll(' ', '-')) };

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_API_TOKEN: TOKEN, SECRET_OF_B: key.secret.reveal() });
  appendFileSync(
    join(home.folder, 'monitor.yaml'),
    'peer_keys:\n  - {key: hub-b, secret: "env:SECRET_OF_B", name: b}\n  - {key: other, secret: 0123456789abcdef}\n',
  );
  hub = await home.serve();
});
afterAll(() => home?.remove());

let count = 0;
interface Signing {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly key?: typeof key;
  readonly target?: Partial<HawkTarget>;
  /** What is signed in place of the body. */
  readonly signed?: string | null;
  readonly ageS?: number;
  readonly nonce?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const BODY = JSON.stringify({
  ...{ resource: 'db1', event: 'Slow', environment: 'Production', severity: 'major', service: ['DB'] },
});

async function call({ method = 'POST', path = '/alert', body = BODY, ...how }: Signing = {}) {
  const url = new URL(path, hub.url);
  count += 1;
  const authorization = signHawk(
    how.key ?? key,
    { ...hawkTarget(method, url), ...how.target },
    how.signed === null ? null : { type: JSON_TYPE, body: how.signed ?? body },
    { timestamp: Math.floor(Date.now() / 1000) - (how.ageS ?? 0), nonce: how.nonce ?? `n${process.pid}-${count}` },
  );
  const { status, json, headers } = await request(url.href, {
    method,
    headers: { 'content-type': JSON_TYPE, authorization, ...how.headers },
    ...(body !== '' && { body }),
  });
  return { status, json: json as Readonly<Record<string, unknown>>, headers };
}

const own = (path: string) => request(`${hub.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });

describe('a signed request', () => {
  test('is taken at the root and below /alerta, with any verb, as the word of its peer', async () => {
    const { status, json } = await call();
    expect(status).toBe(201);
    const path = `/alert/${json.id}/action`;
    expect((await call({ method: 'PUT', path, body: JSON.stringify({ action: 'ack' }) })).status).toBe(200);
    const alert = await call({ method: 'GET', path: `/alerta/alert/${json.id}?x=1`, body: '' });
    expect(alert.json.alert).toMatchObject({ status: 'ack', history: [{ user: 'peer:b' }, { type: 'new' }] });
    // A client that signs no empty body.
    const list = { method: 'GET', path: '/alerta/alerts', body: '', signed: null };
    expect((await call(list)).status).toBe(200);
    expect((await call({ method: 'DELETE', path: `/alert/${json.id}`, body: '' })).status).toBe(200);
  });

  test.each<[string, Signing, RegExp]>([
    ['of an unknown key', { key: { ...key, id: 'hub-c' } }, /no key of peer_keys/],
    ['by another secret', { key: { ...key, secret: new Secret('0123456789abcdef') } }, /not that of this request/],
    ['that is old', { ageS: 301 }, /more than 300 s off/],
    ['from the future', { ageS: -302 }, /more than 300 s off/],
    ['of another body', { signed: '{}' }, /the body is not/],
    ['of no body', { signed: null }, /the body is not/],
    ['for another path', { target: { path: '/alerta/alert' } }, /not that of this request/],
    ['for another port', { target: { port: 9 } }, /not that of this request/],
    ['for another host', { target: { host: 'hub.example' } }, /not that of this request/],
    ['for another verb', { target: { method: 'PUT' } }, /not that of this request/],
    ['beside a wrong token', { headers: { 'x-api-key': 'wrong-token-of-this-test' } }, /bearer token/],
  ])('%s is refused, and nothing is kept', async (_, how, message) => {
    const before = (await own('/alerta/alerts/count')).json as { readonly total: number };
    const { status, json, headers } = await call(how);
    expect([status, json.status]).toEqual([401, 'error']);
    expect(headers['www-authenticate']).toMatch(/^(?:Hawk|Bearer)$/);
    expect(json.message).toMatch(message);
    expect((await own('/alerta/alerts/count')).json).toMatchObject({ total: before.total });
  });

  test('counts once, also after a restart of the hub', async () => {
    const first = { nonce: 'the-same-nonce', body: BODY.replace('db1', 'db2') };
    expect((await call(first)).status).toBe(201);
    expect(await call(first)).toMatchObject({ status: 401, json: { message: /nonce .* was used before/ } });
    expect((await call({ ...first, method: 'GET', path: '/alerta/alerts', body: '' })).status).toBe(401);
    await hub.kill();
    hub = await home.serve();
    expect((await call(first)).status).toBe(401);
    // Those of another key are its own.
    expect((await call({ ...first, key: { id: 'other', secret: new Secret('0123456789abcdef') } })).status).toBe(201);
  });

  test('is no way to what only people and tokens do', async () => {
    for (const path of ['/api/v1/alerts', '/api/v1/tokens', '/api/v2/alerts'])
      expect((await call({ method: 'GET', path, body: '' })).status).toBe(401);
  });
});

test('what no route answers is told in the form of its clients', async () => {
  const [alerta, alertmanager, others] = await Promise.all(['/alerta/nothing', '/api/v2/nothing', '/nothing'].map(own));
  expect(alerta).toMatchObject({ status: 404, json: { status: 'error', code: 404 } });
  expect([alertmanager, others].map((one) => one?.headers['content-type'])).toEqual([
    expect.stringMatching(/^application\/json/),
    expect.stringMatching(/^application\/problem\+json/),
  ]);
});
