import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// Paths of other APIs, and what is not taken at them.
const TOKEN = 'an-api-token-of-the-operator';
const SECRET = 'a-secret-of-the-senders-of-alerts';
const home: HubHome = makeHubHome({
  ...{ MONITOR_API_TOKEN: TOKEN, WEBHOOK_SECRET_PROMETHEUS: SECRET, WEBHOOK_SECRET_GENERIC: SECRET },
  MONITOR_CHECKERS: '',
});
let hub: Hub;
beforeAll(async () => {
  hub = await home.serve();
});
afterAll(async () => {
  await hub.stop();
  await home.remove();
});

const BEARER = { authorization: `Bearer ${TOKEN}` };
const ask = async (method: string, path: string, headers: Record<string, string> = BEARER) => {
  const response = await fetch(`${hub.url}${path}`, { method, headers });
  return { status: response.status, allow: response.headers.get('allow'), text: await response.text() };
};

test.each([
  ['OPTIONS', '/api/v2/alerts', 405, 'GET, HEAD, POST'],
  ['DELETE', '/api/v2/alerts/', 405, 'GET, HEAD, POST'],
  ['GET', '/v2/enqueue', 405, 'POST'],
  ['GET', '/v2/enqueue/', 405, 'POST'],
  ['PUT', '/v2/enqueue', 405, 'POST'],
  ['GET', '/generic/2010-04-15/create_event.json', 405, 'POST'],
  ['GET', `/alerts/webhook/prometheus/${SECRET}/api/v2/alerts`, 405, 'POST'],
  ['GET', '/alerts/webhook/generic/?title=nightly&status=down', 405, 'GET, HEAD, POST'],
  ['GET', '/alerts/webhook/?title=nightly', 405, 'GET, HEAD, POST'],
  ['GET', '/alerts/webhook/generic/', 200, null],
  ['GET', '/api/v2/alerts/', 200, null],
  ['GET', '/-/healthy', 200, null],
  ['GET', '/-/ready', 200, null],
])('%s %s is %d', async (method, path, status, allow) => {
  expect(await ask(method, path)).toMatchObject({ status, allow });
});

test('one credential adds and queries, as amtool has it', async () => {
  const body = JSON.stringify([{ labels: { alertname: 'ByHand', severity: 'info' } }]);
  for (const path of ['/api/v2/alerts', '/api/v2/alerts/']) {
    expect((await request(`${hub.url}${path}`, { body, headers: BEARER })).status).toBe(200);
    expect((await ask('GET', path)).text).toContain('ByHand');
  }
  // It reads and adds there; it is no secret of any driver.
  for (const path of ['/alerts/webhook/prometheus/', '/alerts/webhook/generic/'])
    expect((await request(`${hub.url}${path}`, { body, headers: BEARER })).status).toBe(403);
  const wrong = { authorization: `Bearer ${TOKEN}x` };
  expect((await request(`${hub.url}/api/v2/alerts`, { body, headers: wrong })).status).toBe(403);
  expect((await ask('GET', '/api/v2/alerts', { authorization: `Bearer ${SECRET}` })).status).toBe(401);
  expect(JSON.parse((await ask('GET', '/api/v1/alerts?source=prometheus')).text).items).toHaveLength(1);
});

test('a wrong method that brings nothing is no alert of the hub, data by GET is', async () => {
  const own = async () =>
    JSON.parse((await ask('GET', '/api/v1/alerts?source=monitor')).text).items.map((one: { name: string }) => one.name);
  const headers = { authorization: `Bearer ${SECRET}` };
  await ask('PUT', '/alerts/webhook/generic/', headers);
  expect(await own()).toEqual([]);
  await ask('GET', '/alerts/webhook/generic/?title=nightly', headers);
  // Stored beside the answer, not before it.
  await eventually(async () => expect(await own()).toEqual(['Refused what generic sent']));
});
