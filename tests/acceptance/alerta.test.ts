import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// Exchanges as the real command line of Alerta (8.5.3) and its forwarder (9.1.0) were recorded.
const TOKEN = 'a-token-of-this-test-only';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_API_TOKEN: TOKEN });
  hub = await home.serve();
});
afterAll(() => home?.remove());

type Json = Readonly<Record<string, unknown>>;
interface Answer {
  readonly status: number;
  readonly json: Json & { readonly alert: Json; readonly alerts: readonly Json[] };
  readonly headers: Readonly<Record<string, unknown>>;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const {
    status,
    json,
    headers: given,
  } = await request(`${hub.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Key ${TOKEN}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status, json: json as Answer['json'], headers: given };
}

/** A body as `alerta send` makes it: what its user did not give is null. */
const sent = (fields: Json = {}) => ({
  ...{ id: null, resource: 'db1', event: 'Slow', environment: 'Production', severity: 'major', correlate: [] },
  ...{ service: ['DB'], group: null, value: null, text: null, tags: [], attributes: {}, origin: null, type: null },
  ...{ createTime: '2026-11-28T03:54:38.989Z', timeout: null, rawData: null, customer: null },
  ...fields,
});
const post = (fields: Json, prefix = '/alerta') => call('POST', `${prefix}/alert`, sent(fields));
const get = async (id: unknown) => (await call('GET', `/alerta/alert/${id}`)).json.alert;
const list = async (query: string) => (await call('GET', `/alerta/alerts${query}`)).json;

describe('an alert that is sent', () => {
  test('is answered in full, counted when it repeats, and correlated when its severity changes', async () => {
    const first = await post({ tags: ['a', 'k=v'], attributes: { ip: '1' }, text: 'slow', value: '3s' });
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      status: 'ok',
      alert: {
        ...{ resource: 'db1', event: 'Slow', severity: 'major', status: 'open', service: ['DB'], group: 'Misc' },
        ...{ previousSeverity: 'indeterminate', trendIndication: 'moreSevere', duplicateCount: 0, repeat: false },
        ...{ text: 'slow', value: '3s', tags: ['a', 'k=v'], attributes: { ip: '1' }, timeout: 86400 },
        ...{ type: 'exceptionAlert', createTime: '2026-11-28T03:54:38.989Z' },
        history: [{ type: 'new' }],
      },
    });
    const { id } = first.json;
    for (const field of ['createTime', 'receiveTime', 'lastReceiveTime', 'updateTime'])
      expect(first.json.alert[field]).toMatch(ISO);

    const again = await post({ tags: ['b'], attributes: { host: 'x' } });
    expect(again.json).toMatchObject({ id, alert: { duplicateCount: 1, repeat: true, text: '', value: null } });
    expect(again.json.alert).toMatchObject({ tags: ['a', 'k=v', 'b'], attributes: { ip: '1', host: 'x' } });

    const worse = await post({ severity: 'critical' });
    expect(worse.json).toMatchObject({
      id,
      alert: { duplicateCount: 0, previousSeverity: 'major', severity: 'critical' },
    });

    const over = await post({ severity: 'ok' });
    expect(over.json).toMatchObject({ id, alert: { status: 'closed', severity: 'ok', previousSeverity: 'critical' } });
    expect((await post({ severity: 'minor' })).json).toMatchObject({
      id,
      alert: { status: 'open', severity: 'minor' },
    });
  });

  test('belongs to one that names its event, under the first one’s id', async () => {
    const up = { resource: 'web9', correlate: ['NodeUp', 'NodeDown'] };
    const { json } = await post({ ...up, event: 'NodeDown' });
    const other = await post({ resource: 'web9', event: 'NodeUp', severity: 'normal' });
    expect(other.json).toMatchObject({ id: json.id, alert: { event: 'NodeUp', status: 'closed' } });
  });

  test('is found by every id that a sender gave it, and by the beginning of one', async () => {
    const [first, second] = ['5f0e3c52-0001-4000-8000-000000000001', '5f0e3c52-0002-4000-8000-000000000002'];
    const { json } = await post({ id: first, resource: 'peer' });
    expect(json.id).toBe(first);
    expect((await post({ id: second, resource: 'peer' })).json).toMatchObject({
      id: first,
      alert: { lastReceiveId: second },
    });
    for (const id of [first, second]) expect(await get(id)).toMatchObject({ id: first });
    expect((await list(`?id=${second.slice(0, 13)}`)).alerts).toMatchObject([{ id: first }]);
    // Literally: Alerta takes what stands there for a regular expression.
    expect((await call('DELETE', '/alerta/alert/.%2A')).status).toBe(404);
  });

  test('that was never wrong is answered as over, and not kept', async () => {
    const { status, json } = await post({ resource: 'fine', severity: 'normal' });
    expect([status, json.alert.status]).toEqual([201, 'closed']);
    expect((await list('?resource=fine')).total).toBe(0);
  });

  test('may come acknowledged', async () => {
    expect((await post({ resource: 'moved', status: 'ack' })).json.alert).toMatchObject({ status: 'ack' });
    expect((await post({ resource: 'moved', status: 'ack' })).json.alert).toMatchObject({ status: 'ack' });
  });

  test.each([
    ['resource', { resource: null }, /resource/],
    ['event', { event: '' }, /event/],
    ['service', { service: 'DB' }, /service must be a list/],
    ['attributes', { attributes: { 'a.b': 1 } }, /a\.b/],
    ['timeout', { timeout: -1 }, /timeout/],
    ['createTime', { createTime: '2026-11-28 03:54' }, /createTime/],
    ['severity', { severity: 'bad' }, /"bad"/],
    ['tags', { tags: [{}] }, /tags/],
  ])('is refused by name for a wrong %s', async (_, fields, message) => {
    const { status, json } = await post({ resource: 'wrong', ...fields });
    expect([status, json.status, json.code]).toEqual([400, 'error', 400]);
    expect(json.message).toMatch(message);
    expect((await list('?resource=wrong')).total).toBe(0);
  });
});

describe('acting', () => {
  const act = (id: unknown, action: string, more: Json = {}, prefix = '/alerta') =>
    call('PUT', `${prefix}/alert/${id}/action`, { action, text: '', timeout: null, ...more });

  test('moves the status, and says 409 where it is so already', async () => {
    const { id } = (await post({ resource: 'acted' })).json;
    const steps: [string, number, string][] = [
      ...([
        ['ack', 200, 'ack'],
        ['ack', 409, 'ack'],
        ['unack', 200, 'open'],
        ['unack', 409, 'open'],
      ] as [string, number, string][]),
      ...([
        ['shelve', 200, 'shelved'],
        ['unshelve', 200, 'open'],
        ['ack', 200, 'ack'],
        ['open', 200, 'open'],
      ] as [string, number, string][]),
      ...([
        ['mine', 200, 'open'],
        ['close', 200, 'closed'],
        ['close', 409, 'closed'],
      ] as [string, number, string][]),
    ];
    const seen: [string, number, unknown][] = [];
    for (const [action] of steps) {
      const { status } = await act(id, action);
      seen.push([action, status, (await get(id)).status]);
    }
    expect(seen).toEqual(steps);
    const { history } = await get(id);
    expect((history as Json[]).map(({ type }) => type).reverse()).toEqual([
      'new',
      'ack',
      'unack',
      'shelve',
      'unshelve',
      'ack',
      'unack',
      'note',
      'close',
    ]);
    expect((await post({ resource: 'acted' })).json).toMatchObject({
      id,
      alert: { status: 'open', severity: 'major' },
    });
  });

  test('without an action, and on what is not there, is told so', async () => {
    const { id } = (await post({ resource: 'acted' })).json;
    expect(await call('PUT', `/alerta/alert/${id}/action`, {})).toMatchObject({ status: 400 });
    const { status, json, headers } = await act('nobody', 'ack', {}, '/alerta');
    expect([status, json.status, json.message]).toEqual([404, 'error', 'not found']);
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  test('changes tags, attributes and notes', async () => {
    const { id } = (await post({ resource: 'tagged', tags: ['a'] })).json;
    await call('PUT', `/alerta/alert/${id}/tag`, { tags: ['b', 'c'] });
    await call('PUT', `/alerta/alert/${id}/untag`, { tags: ['a'] });
    await call('PUT', `/alerta/alert/${id}/attributes`, { attributes: { k: 'v', k2: '' } });
    await call('PUT', `/alerta/alert/${id}/attributes`, { attributes: { k: null } });
    expect(await get(id)).toMatchObject({ tags: ['b', 'c'], attributes: { k2: '' }, duplicateCount: 0 });
    expect(await call('PUT', `/alerta/alert/${id}/note`, { text: 'T' })).toMatchObject({
      status: 201,
      json: { status: 'ok', note: { text: 'T', type: 'alert' } },
    });
    expect((await call('GET', `/alerta/alert/${id}/notes`)).json).toMatchObject({ total: 1, notes: [{ text: 'T' }] });
    expect(await call('PUT', `/alerta/alert/${id}/status`, { status: 'ack', text: '' })).toMatchObject({ status: 200 });
    expect(await get(id)).toMatchObject({ status: 'ack' });
  });

  test('at the root receives the same three calls', async () => {
    const { status, json } = await post({ resource: 'root' }, '');
    expect(status).toBe(201);
    expect(await act(json.id, 'ack', {}, '')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await call('DELETE', `/alert/${json.id}`)).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await call('DELETE', `/alert/${json.id}`)).toMatchObject({ status: 404, json: { message: 'not found' } });
  });
});

describe('lists', () => {
  beforeAll(async () => {
    for (const [index, severity] of ['minor', 'critical', 'informational'].entries())
      await post({
        environment: 'Lists',
        resource: `l${index}`,
        event: `E${index}`,
        severity,
        text: `word${index} all`,
      });
  });
  test.each([
    ['environment=Lists', ['l2', 'l1', 'l0']],
    ['environment=Lists&sort-by=severity', ['l1', 'l0', 'l2']],
    ['environment=Lists&sort-by=-resource', ['l2', 'l1', 'l0']],
    ['environment=Lists&resource=l0&resource=l1', ['l1', 'l0']],
    ['environment=Lists&resource%21=l0', ['l2', 'l1']],
    ['environment=Lists&event=~e1', ['l1']],
    ['q=environment:Lists AND NOT severity:critical', ['l2', 'l0']],
    ['q=environment:Lists (resource:l0 OR event:E2)', ['l2', 'l0']],
    ['q=resource:l* word1', ['l1']],
    ['environment=Lists&page=2&page-size=2', ['l0']],
    ['environment=Lists&from-date=2999-01-01T00:00:00.000Z', []],
  ])('%s', async (query, resources) => {
    const { alerts, status } = await list(`?${query}`);
    expect([status, alerts.map(({ resource }) => resource)]).toEqual(['ok', resources]);
  });

  test('say what the command line needs of them', async () => {
    expect(await list('?environment=Lists&page=1&page-size=2')).toMatchObject({
      ...{ total: 3, page: 1, pageSize: 2, pages: 2, more: true, autoRefresh: true },
      ...{ lastTime: expect.stringMatching(ISO), statusCounts: { open: 3 } },
      severityCounts: { minor: 1, critical: 1, informational: 1 },
    });
    expect(await list('?environment=Nowhere')).toMatchObject({ alerts: [], message: 'not found', total: 0, pages: 0 });
    expect((await call('GET', '/alerta/alerts/count?environment=Lists')).json).toMatchObject({ total: 3 });
    expect((await call('GET', '/alerta/environments?environment=Lists')).json).toMatchObject({
      environments: [{ environment: 'Lists', count: 3 }],
    });
    expect((await call('GET', '/alerta/services?environment=Lists')).json).toMatchObject({
      services: [{ environment: 'Lists', service: 'DB', count: 3 }],
    });
    expect((await call('GET', '/alerta/alerts/history?environment=Lists')).json).toMatchObject({ total: 3 });
    // Checks of this machine are alerts, too.
    expect((await list('?service=cluster')).status).toBe('ok');
  });

  test.each([
    ['colour=red', 400, 'Invalid filter parameter: colour'],
    ['sort-by=colour', 400, 'Invalid sort-by parameter: colour'],
    ['q=environment:(', 400, 'Failed to parse query string.'],
    ['page=9', 416, 'page out of range: 9'],
    ['page=0', 416, 'page out of range: 0'],
  ])('%s is refused', async (query, status, message) => {
    const answer = await call('GET', `/alerta/alerts?${query}`);
    expect([answer.status, answer.json.status, answer.json.message]).toEqual([status, 'error', message]);
  });
});

describe('who asks', () => {
  test('needs no credential for /config alone', async () => {
    const none = { authorization: '' };
    const { status, json } = await call('GET', '/alerta/config', undefined, none);
    expect(status).toBe(200);
    expect(json).toMatchObject({ alarm_model: { name: 'ALERTA', defaults: { normal_severity: 'normal' } } });
    const refused = await call('GET', '/alerta/alerts', undefined, { ...none, 'x-request-id': 'r-1' });
    expect(refused.json).toMatchObject({ status: 'error', code: 401, requestId: 'r-1' });
    expect(refused.headers['x-request-id']).toBe('r-1');
    expect((await call('POST', '/alert', sent({}), none)).status).toBe(401);
  });

  test.each([
    ['Key', { authorization: `Key ${TOKEN}` }, ''],
    ['Bearer', { authorization: `Bearer ${TOKEN}` }, ''],
    ['X-API-Key', { authorization: '', 'x-api-key': TOKEN }, ''],
    ['the query', { authorization: '' }, `?api-key=${TOKEN}`],
    ['Basic', { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}` }, ''],
  ])('may show the token as %s', async (_, headers, query) => {
    expect((await call('GET', `/alerta/alerts${query}`, undefined, headers)).status).toBe(200);
    // Elsewhere only a bearer is one.
    const other = await call('GET', `/api/v1/alerts`, undefined, headers);
    expect(other.status).toBe(headers.authorization.startsWith('Bearer') ? 200 : 401);
  });
});

test('an id is remembered by the store, not by the process', async () => {
  const id = '5f0e3c52-0009-4000-8000-000000000009';
  await post({ id: 'first-name', resource: 'kept' });
  await post({ id, resource: 'kept' });
  await hub.stop();
  hub = await home.serve();
  expect(await get(id)).toMatchObject({ id: 'first-name', resource: 'kept', duplicateCount: 1 });
});
