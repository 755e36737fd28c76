import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answered, items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// What senders and readers of other products' APIs are answered, by a real process over a real socket.
const SECRET = 'f3a1c2b4d5e6978812345678';
const BEFORE = 'a0b1c2d3e4f5061728394a5b';
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_LIMITS_BURST: '100000', MONITOR_RESOLVE_TIMEOUT: '2s' });
  const names = ['PROMETHEUS', 'PAGERDUTY_EVENTS', 'DATADOG', 'ALERTMANAGER', 'OPSGENIE'];
  const secrets = names.flatMap((name) => [
    [`WEBHOOK_SECRET_${name}`, SECRET],
    [`WEBHOOK_SECRET_${name}_PREVIOUS`, BEFORE],
  ]);
  hub = await home.serve(Object.fromEntries(secrets));
});
afterAll(async () => {
  const { code, stderr } = await hub.stop();
  await home.remove();
  expect([code, stderr.match(/"level":"(error|fatal)"/)]).toEqual([0, null]);
  expect([SECRET, BEFORE].filter((secret) => stderr.includes(secret))).toEqual([]);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const BEARER = { authorization: `Bearer ${SECRET}` };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  request(`${hub.url}${path}`, {
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { ...JSON_TYPE, ...headers },
  });
const alertOf = async (name: string) => (await items(hub.url, `alerts?name=${encodeURIComponent(name)}`))[0];
const reasonsOf = async (name: string) => {
  const { json } = await request(`${hub.url}/api/v1/alerts/${(await alertOf(name))?.id}`);
  return ((json?.events ?? []) as { kind: string; reason: string }[]).map(({ kind, reason }) => `${kind} ${reason}`);
};

describe('POST /api/v2/alerts', () => {
  const send = (alerts: unknown, headers = BEARER) => post('/api/v2/alerts', alerts, headers);

  test('answers nothing with 200 when all is taken', async () => {
    const { status, text, headers } = await send([{ labels: { alertname: 'Taken', severity: 'page' } }]);
    expect([status, text, headers['content-type'], headers['content-length']]).toEqual([200, '', undefined, '0']);
    expect(await alertOf('Taken')).toMatchObject({ source: 'prometheus', status: 'firing', severity: 'critical' });
    expect((await send([])).status).toBe(200);
  });

  test('an alert that is not sent again ends by itself, and fires again when it comes back', async () => {
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    await send([{ labels: { alertname: 'Brief' } }, { labels: { alertname: 'Long' }, endsAt }]);
    await eventually(async () => expect(await alertOf('Brief')).toMatchObject({ status: 'resolved' }));
    expect(await reasonsOf('Brief')).toEqual(['opened new', 'resolved expired']);
    expect(await alertOf('Long')).toMatchObject({ status: 'firing' });
    await send([
      { labels: { alertname: 'Brief' } },
      { labels: { alertname: 'Long' }, endsAt: new Date().toISOString() },
    ]);
    expect(await alertOf('Brief')).toMatchObject({ status: 'firing' });
    expect(await reasonsOf('Long')).toEqual(['opened new', 'resolved resolved']);
  });

  test.each<[string, string, string]>([
    ['not JSON', 'x', 'the body is not JSON'],
    ['no list', '{}', 'the body must be a list of alerts'],
    ['no labels', '[{"labels":{}}]', '[0].labels at least one label pair required'],
    ['no time', '[{"labels":{"a":"b"},"startsAt":"soon"}]', '[0].startsAt must be an RFC 3339 time'],
  ])('%s: 400 with a JSON text, as Alertmanager answers', async (_, body, text) => {
    const answer = await send(body);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, text]);
  });

  test('of several alerts the good ones are kept, and the others told with 400', async () => {
    const answer = await send([{ labels: { alertname: 'Kept' } }, { labels: {} }]);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, '[1].labels at least one label pair required']);
    expect(await alertOf('Kept')).toMatchObject({ status: 'firing' });
  });

  test('the secret is asked for: by a header, by basic authentication, or behind the route with the path as prefix', async () => {
    const body = [{ labels: { alertname: 'Proven' } }];
    expect((await post('/api/v2/alerts', body)).status).toBe(403);
    expect((await send(body, { authorization: `Bearer ${SECRET}x` })).status).toBe(403);
    expect((await send(body, { authorization: `Bearer ${BEFORE}` })).status).toBe(200);
    expect((await send(body, { authorization: `Basic ${btoa(`any:${SECRET}`)}` })).status).toBe(200);
    expect((await post(`/alerts/webhook/prometheus/${SECRET}/api/v2/alerts`, body)).status).toBe(200);
    expect((await post('/alerts/webhook/prometheus/wrong/api/v2/alerts', body)).status).toBe(403);
    expect((await post('/alerts/webhook/prometheus/api/v2/alerts', body)).status).toBe(403);
    expect((await post(`/alerts/webhook/opsgenie/${SECRET}/api/v2/alerts`, body)).status).toBe(404);
    const own = await post('/alerts/webhook/prometheus/', body, BEARER);
    expect(own.json).toMatchObject({ status: 'success' });
  });
});

describe('GET /api/v2/…', () => {
  const get = async (path: string) => {
    const { status, text } = await request(`${hub.url}/api/v2/${path}`);
    return { status, json: JSON.parse(text) };
  };
  const namesOf = async (query: string) =>
    ((await get(`alerts?${query}`)).json as { labels: Record<string, string> }[]).map(({ labels }) => labels.alertname);

  test('lists what fires at any source, with labels that every reader knows', async () => {
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    const labels = { alertname: 'Listed', zone: 'a' };
    await post('/api/v2/alerts', [{ labels, endsAt, generatorURL: 'http://p/1' }], BEARER);
    await post('/v2/enqueue', {
      routing_key: SECRET,
      event_action: 'trigger',
      dedup_key: 'listed',
      payload: { summary: 'Also listed', severity: 'error', component: 'db' },
    });
    const { json } = await get('alerts?filter=alertname%3DListed');
    expect(json).toEqual([
      {
        annotations: { generator_url: 'http://p/1' },
        endsAt,
        fingerprint: (await alertOf('Listed'))?.id,
        generatorURL: 'http://p/1',
        labels: { alertname: 'Listed', severity: 'warning', source: 'prometheus', zone: 'a' },
        receivers: [{ name: 'monitor' }],
        startsAt: expect.stringMatching(/^\d{4}-.*Z$/),
        status: { inhibitedBy: [], mutedBy: [], silencedBy: [], state: 'active' },
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    const all = 'filter=alertname%3D~".*isted"';
    expect((await namesOf(all)).toSorted()).toEqual(['Also listed', 'Listed']);
    expect(await namesOf(`${all}&filter=component%3Ddb`)).toEqual(['Also listed']);
    expect(await namesOf(`${all}&filter=component!%3Ddb&receiver=monitor`)).toEqual(['Listed']);
    expect(await namesOf(`${all}&receiver=nobody`)).toEqual([]);
    expect(await namesOf(`${all}&active=false`)).toEqual([]);
    const groups = (await get(`alerts/groups?${all}`)).json as { labels: object; alerts: unknown[] }[];
    expect(groups.map(({ labels: shared, alerts }) => [shared, alerts.length])).toEqual(
      expect.arrayContaining([
        [{ alertname: 'Listed' }, 1],
        [{ alertname: 'Also listed' }, 1],
      ]),
    );
  });

  test('says why a filter is not taken, as Alertmanager does', async () => {
    expect(await get('alerts?filter=x')).toEqual({ status: 400, json: 'bad matcher format: x' });
    expect(await get('alerts?filter=x%3D~"(a%2B)%2B"')).toEqual({ status: 200, json: [] });
    expect(await get('alerts?filter=x%3D~"(a"')).toMatchObject({ status: 400 });
  });

  test('tells version, receivers and silences', async () => {
    const { json } = await get('status');
    expect(json).toMatchObject({
      cluster: { status: 'disabled' },
      config: { original: expect.stringContaining('receiver: monitor') },
      versionInfo: { version: expect.stringMatching(/^\d/) },
    });
    expect((await get('receivers')).json).toEqual([{ name: 'monitor' }]);
    expect((await get('silences')).json).toEqual([]);
    const posted = await post('/api/v2/silences', { matchers: [] });
    expect([posted.status, JSON.parse(posted.text)]).toEqual([
      422,
      { code: 602, message: 'comment in body is required' },
    ]);
    expect((await get('silence/01a22236-f705-4002-ab22-dacc98ba2915')).status).toBe(404);
  });
});

describe('POST /v2/enqueue', () => {
  const send = (event: object) => post('/v2/enqueue', { routing_key: SECRET, ...event });
  const trigger = (key: string | undefined, summary: string) =>
    send({
      event_action: 'trigger',
      ...(key && { dedup_key: key }),
      payload: { summary, severity: 'critical', source: 'h' },
    });
  const invalid = (error: string) => ({
    status: 'invalid event',
    message: 'Event object is invalid',
    errors: [expect.stringContaining(error)],
  });
  const told = ({ status, json }: Answered) => [status, json];

  test('trigger, acknowledge and resolve of one key are the life of one alert and its incident', async () => {
    const done = { status: 'success', message: 'Event processed', dedup_key: 'db/1' };
    expect(told(await trigger('db/1', 'Database down'))).toEqual([202, done]);
    const opened = await alertOf('Database down');
    expect(opened).toMatchObject({ source: 'pagerduty-events', fingerprint: 'db/1', labels: { source: 'h' } });
    expect(told(await send({ event_action: 'acknowledge', dedup_key: 'db/1', client: 'robot' }))).toEqual([202, done]);
    const incident = await request(`${hub.url}/api/v1/incidents/${opened?.incident_id}`);
    expect(incident.json).toMatchObject({ status: 'acknowledged' });
    expect(told(await send({ event_action: 'resolve', dedup_key: 'db/1' }))).toEqual([202, done]);
    expect(await alertOf('Database down')).toMatchObject({ status: 'resolved', labels: { source: 'h' } });
    expect(await reasonsOf('Database down')).toEqual(['opened new', 'acknowledged told', 'resolved resolved']);
  });

  test('a trigger without a key is told the one it got, and that resolves it', async () => {
    const { status, json } = await trigger(undefined, 'Without a key');
    expect([status, json?.dedup_key]).toEqual([202, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await send({ event_action: 'resolve', dedup_key: json?.dedup_key });
    expect(await alertOf('Without a key')).toMatchObject({ status: 'resolved' });
  });

  test('what cannot be taken is told as PagerDuty tells it', async () => {
    expect(told(await send({ event_action: 'snooze', dedup_key: 'k' }))).toEqual([400, invalid('event_action')]);
    expect(told(await send({ event_action: 'resolve' }))).toEqual([400, invalid('dedup_key')]);
    expect(told(await send({ event_action: 'trigger' }))).toEqual([400, invalid('payload.summary')]);
    expect(told(await post('/v2/enqueue', 'x'))).toEqual([403, invalid('has no secret')]);
    expect((await request(`${hub.url}/v2/enqueue`)).status).toBe(405);
  });

  test('the routing key is the secret; during a rotation the one before it too, and it is kept nowhere', async () => {
    const event = { event_action: 'trigger', dedup_key: 'key', payload: { summary: 'By key' } };
    expect(told(await post('/v2/enqueue', event))).toEqual([403, invalid('has no secret')]);
    for (const key of ['wrong', SECRET.slice(1), `${SECRET}x`, ''])
      expect((await post('/v2/enqueue', { ...event, routing_key: key })).status).toBe(403);
    for (const key of [SECRET, BEFORE])
      expect((await post('/v2/enqueue', { ...event, routing_key: key })).status).toBe(202);
    const { text } = await request(`${hub.url}/api/v1/alerts/${(await alertOf('By key'))?.id}`);
    expect([SECRET, BEFORE].filter((key) => text.includes(key))).toEqual([]);
  });

  test('a change is noted and opens nothing; an event of version 1 is taken at its path', async () => {
    const change = { routing_key: SECRET, payload: { summary: 'Deployed' } };
    expect(told(await post('/v2/change/enqueue', change))).toEqual([
      202,
      { status: 'success', message: 'Change event processed' },
    ]);
    expect(told(await post('/v2/enqueue', change))).toEqual([400, invalid('event_action')]);
    expect(await alertOf('Deployed')).toBeUndefined();
    const old = { service_key: SECRET, event_type: 'trigger', incident_key: 'v1', description: 'Old client' };
    expect(told(await post('/generic/2010-04-15/create_event.json', old))).toEqual([
      200,
      { status: 'success', message: 'Event processed', incident_key: 'v1' },
    ]);
    expect(await alertOf('Old client')).toMatchObject({ status: 'firing' });
  });
});

describe('forms', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...BEARER };
  const event = { alert_id: '7', alert_transition: 'Triggered', title: 'As a form & more', alert_type: 'error' };

  test.each<[string, string]>([
    ['flat texts', new URLSearchParams(event).toString()],
    [
      'JSON in one field',
      new URLSearchParams({ payload: JSON.stringify({ ...event, title: 'In a field' }) }).toString(),
    ],
    ['JSON under the header of a form', JSON.stringify({ ...event, title: 'As JSON' })],
  ])('%s are taken from Datadog', async (_, body) => {
    expect((await post('/alerts/webhook/datadog/', body, FORM)).json).toMatchObject({ status: 'success' });
    expect((await post('/alerts/webhook/', body, FORM)).json).toMatchObject({ status: 'success' });
    const title = /In a field|As JSON/.exec(decodeURIComponent(body.replaceAll('+', ' ')))?.[0] ?? event.title;
    expect(await alertOf(title)).toMatchObject({ source: 'datadog', status: 'firing' });
  });

  test('a driver that takes JSON only says so; JSON under the header of a form is JSON', async () => {
    const { status, json } = await post('/alerts/webhook/opsgenie/', 'action=Create', FORM);
    expect([status, json?.message]).toEqual([400, expect.stringContaining('is a form, and is taken as JSON only')]);
    expect((await post('/alerts/webhook/datadog/', 'payload=%7B', FORM)).status).toBe(400);
    expect((await post('/alerts/webhook/datadog/', `payload=${'['.repeat(100)}`, FORM)).status).toBe(413);
    expect((await post('/alerts/webhook/datadog/', '__proto__=x&constructor=y&title=Odd', FORM)).status).toBe(200);
  });

  test('multipart is refused by name', async () => {
    const headers = { ...BEARER, 'content-type': 'multipart/form-data; boundary=x' };
    const { status, json } = await post('/alerts/webhook/datadog/', '--x--', headers);
    expect([status, json?.message]).toEqual([415, expect.stringContaining('multipart: send it as JSON')]);
  });
});

test('senders that give up on 429 are told 503 when there is too much, others 429', async () => {
  const slow = makeHubHome({ MONITOR_LIMITS_REQUESTS_PER_SECOND: '1', MONITOR_LIMITS_BURST: '1' });
  try {
    const { url } = await slow.serve();
    const twice = async (path: string, body: unknown) => {
      const options = { body: JSON.stringify(body), headers: JSON_TYPE };
      await request(`${url}${path}`, options);
      const { status, headers } = await request(`${url}${path}`, options);
      return [status, headers['retry-after']];
    };
    const group = { version: '4', groupKey: 'g', alerts: [] };
    expect(await twice('/api/v2/alerts', [])).toEqual([503, '1']);
    expect(await twice('/alerts/webhook/alertmanager/', group)).toEqual([503, '1']);
    const event = { routing_key: 'x', event_action: 'resolve', dedup_key: 'k' };
    expect(await twice('/v2/enqueue', event)).toEqual([429, '1']);
    const { text } = await request(`${url}/v2/enqueue`, { body: JSON.stringify(event), headers: JSON_TYPE });
    expect(JSON.parse(text).status).toBe('throttle exceeded');
  } finally {
    await slow.remove();
  }
});
