import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API_ROUTES } from '../support/api-routes.ts';
import { ask, bodyOf, both, items, PUSH_PATH, push, request, wire } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let hub: Hub;
const TOKEN = '4f1d2c9be07a4c63a1f58b90d7e64a21';

beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
  for (const round of ['firing', 'resolved', 'firing']) {
    await push(hub.url, 'web-1', [wire('cpu', { severity: 'critical', status: round }), wire('disk')]);
  }
  await push(hub.url, 'web-2', [wire('cpu'), wire('load', { severity: 'info' })]);
  await push(hub.url, 'web-2', [wire('load', { status: 'resolved' })]);
});
afterAll(() => home.remove());

const get = (path: string, headers: Record<string, string> = {}) => request(`${hub.url}${path}`, { headers });
const NAMES = async (query: string) =>
  (await items(hub.url, `alerts?${query}`)).map((one) => `${one.origin} ${one.fingerprint}`);

/** Every route of the API with an id where it wants one, and how it says that it is guarded. */
const ROUTES = API_ROUTES.filter(
  ({ method, role }) => method === 'GET' && !['link', 'probe', 'push'].includes(role),
).map(
  // What goes on for ever is asked for something that it refuses once it is asked by somebody who may.
  ({ path, role, isStream }) => [`${path.replace(':id', 'x')}${isStream ? '?subject=none' : ''}`, role] as const,
);

describe('who is answered', () => {
  test('every route says how it is guarded, and only those that tell nothing are open', () => {
    expect(ROUTES.filter(([, role]) => role === 'public').map(([path]) => path)).toEqual([
      '/healthz',
      '/readyz',
      '/-/healthy',
      '/-/ready',
      // Clients of Alerta ask it before they show anything.
      '/alerta/config',
      '/api/health',
      // Whoever is not known yet must get there.
      '/login',
      '/login/sso',
      '/login/sso/callback',
      // Off unless it is configured.
      '/status',
      '/api/v1/status-page',
    ]);
    for (const [, role] of ROUTES) expect(['public', 'read', 'admin']).toContain(role);
  });

  /** Whether it is of another program's API, whose clients read errors in its form. */
  const isForeign = (path: string) => path.startsWith('/api/v2/') || path.startsWith('/alerta/');
  const FOREIGN: readonly [string, Record<string, string>][] = [
    ['through a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    ['through a proxy that says so otherwise', { forwarded: 'for=10.0.0.1' }],
    ['under a foreign name', { host: 'rebound.example.com' }],
    ['from a page', { origin: 'https://example.com' }],
  ];

  test.each(ROUTES)('without a token, %s (%s): programs of this machine only', async (path, role) => {
    const straight = (await get(path)).status;
    expect([200, 400, 404, 422]).toContain(straight);
    for (const [, headers] of FOREIGN) {
      const { status, json } = await get(path, headers);
      if (role === 'public') expect(status).toBe(straight);
      else
        expect([status, json]).toEqual([
          403,
          isForeign(path)
            ? expect.objectContaining({ status: 'error', message: expect.stringContaining('MONITOR_API_TOKEN') })
            : {
                ...{ type: 'urn:monitor:problem:forbidden', title: 'Forbidden', status: 403 },
                detail: expect.stringContaining('MONITOR_API_TOKEN'),
              },
        ]);
    }
  });

  test('with a token, every guarded route wants it, wherever the request comes from', async () => {
    const guarded = await home.serve({ MONITOR_API_TOKEN: TOKEN, MONITOR_STATE_DIR: `${home.folder}/guarded` });
    const answer = (path: string, headers: Record<string, string>) => request(`${guarded.url}${path}`, { headers });
    const wrong: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: `Bearer ${TOKEN.toUpperCase()}` },
      { authorization: `Bearer ${TOKEN} ${TOKEN}` },
      { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` },
      { authorization: TOKEN },
      { 'x-api-key': TOKEN },
      { cookie: `token=${TOKEN}` },
    ];
    for (const [path, role] of ROUTES) {
      for (const headers of wrong) {
        // There they are what clients of Alerta show.
        if (path.startsWith('/alerta/') && ('x-api-key' in headers || headers.authorization?.startsWith('Basic')))
          continue;
        const { status, json, headers: said } = await answer(path, headers);
        // Neither single sign-on nor a status page is offered here.
        if (role === 'public') expect([path, status]).toEqual([path, /^\/login\/sso|status/.test(path) ? 404 : 200]);
        else {
          expect([path, headers, status]).toEqual([path, headers, 401]);
          expect(json?.detail ?? json?.message).toMatch(/bearer token/);
          expect(said['www-authenticate']).toBe('Bearer');
        }
      }
      const right = await answer(path, { authorization: `bearer ${TOKEN}`, 'x-forwarded-for': '10.0.0.1' });
      expect([200, 400, 404, 422]).toContain(right.status);
    }
    expect((await answer(`/api/v1/alerts?token=${TOKEN}`, {})).status).toBe(401);
    // Identity on one route is none on another: a push is not let in by the token, nor the API by a signature.
    const body = bodyOf('web-9', wire('x'));
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await request(`${guarded.url}${PUSH_PATH}`, { body, headers })).status).toBe(403);
    expect((await answer('/api/v1/alerts', both(''))).status).toBe(401);
    const read = await home.run(['alerts', '--json'], { MONITOR_URL: guarded.url, MONITOR_API_TOKEN: TOKEN });
    expect(read.code).toBe(0);
    const refused = await home.run(['alerts'], { MONITOR_URL: guarded.url });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('requires MONITOR_API_TOKEN')]);
    const { stderr } = await guarded.stop();
    expect(stderr).not.toContain(TOKEN);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s changes nothing: 405', async (method) => {
    for (const path of ['/api/v1/alerts', '/healthz']) {
      const { status, headers } = await request(`${hub.url}${path}`, { method, headers: { 'content-length': '0' } });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  test('an answer is no page: it may load nothing and be framed by nobody, and does not name what made it', async () => {
    const { headers } = await get('/api/v1/alerts');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('lists', () => {
  test('filters by field, alone and together', async () => {
    expect(await NAMES('')).toHaveLength(4);
    expect((await NAMES('status=firing')).toSorted()).toEqual(['web-1 cpu', 'web-1 disk', 'web-2 cpu']);
    expect(await NAMES('status=resolved')).toEqual(['web-2 load']);
    expect(await NAMES('status=unknown')).toEqual([]);
    expect(await NAMES('severity=critical')).toEqual(['web-1 cpu']);
    expect(await NAMES('instance_id=web-2&status=firing')).toEqual(['web-2 cpu']);
    expect((await NAMES('name=Check%20cpu&source=cluster')).toSorted()).toEqual(['web-1 cpu', 'web-2 cpu']);
    expect(await NAMES("name=' OR 1=1 --")).toEqual([]);
    expect(await items(hub.url, 'incidents?instance_id=web-2')).toMatchObject([{ title: 'Check cpu on web-2' }]);
    expect(await items(hub.url, 'incidents?status=open&severity=critical')).toHaveLength(1);
  });

  test('several values of a filter, labels, time, and names with a star', async () => {
    const sorted = async (query: string) => (await NAMES(query)).toSorted();
    expect(await sorted('severity=critical,info')).toEqual(['web-1 cpu', 'web-2 load']);
    expect(await sorted('severity=critical&severity=info')).toEqual(['web-1 cpu', 'web-2 load']);
    expect(await sorted('instance_id=web-1&instance_id=web-2')).toHaveLength(4);
    expect(await sorted('name=check%20*U')).toEqual(['web-1 cpu', 'web-2 cpu']);
    expect(await sorted('label=checker=cpu&label=instance_id!=web-1')).toEqual(['web-2 cpu']);
    expect(await sorted('since=1h')).toHaveLength(4);
    expect(await sorted('since=2999-01-01')).toEqual([]);
  });

  test('what matters first, and how many there are', async () => {
    expect(await NAMES('sort=attention')).toEqual(['web-1 cpu', 'web-2 cpu', 'web-1 disk', 'web-2 load']);
    const first = await ask(hub.url, 'alerts?sort=attention&limit=3&count=true');
    expect(first).toMatchObject({ total: 4, total_is_more: false });
    const second = await ask(hub.url, `alerts?sort=attention&limit=3&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ items: [{ fingerprint: 'load' }], next_cursor: null });
    expect(await items(hub.url, 'incidents?sort=attention')).toMatchObject([
      { title: 'Check cpu on web-1 and 1 more', firing_count: 2, unknown_count: 0 },
      { title: 'Check cpu on web-2', firing_count: 1 },
    ]);
  });

  test('an id may be cut, and one that names several things is answered with them', async () => {
    const all = await items(hub.url, 'alerts');
    const id = String(all[0]?.id);
    for (const part of [id.slice(-8), id.slice(0, 23), id.toUpperCase()])
      expect((await get(`/api/v1/alerts/${part}`)).json).toMatchObject({ id });
    const { status, json } = await get(`/api/v1/alerts/${id.slice(0, 4)}`);
    expect([status, json]).toMatchObject([400, { errors: [{ path: 'id' }] }]);
    for (const one of all) expect(JSON.stringify(json)).toContain(String(one.id));
    expect((await get(`/api/v1/incidents/${'f'.repeat(8)}`)).status).toBe(404);
  });

  test.each([1, 2, 3, 50])('pages of %d hold everything once', async (limit) => {
    const seen: unknown[] = [];
    for (let cursor: unknown = '', pages = 0; cursor !== null && pages < 9; pages += 1) {
      const page = await ask(hub.url, `alerts?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(Object.keys(page)).toEqual(['items', 'next_cursor']);
      seen.push(...(page.items as { id: string }[]).map((one) => one.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual((await items(hub.url, 'alerts')).map((one) => one.id));
  });

  test.each([
    ['alerts?limit=0', 'limit'],
    ['alerts?limit=x', 'limit'],
    ['alerts?limit=1&limit=2', 'limit'],
    ['alerts?status=open', 'status'],
    ['alerts?severity=bad', 'severity'],
    ['alerts?cursor=%20', 'cursor'],
    ['alerts?cursor=garbage', 'cursor'],
    ['incidents?cursor=AAAA&sort=attention', 'cursor'],
    ['alerts?label=team', 'label'],
    ['alerts?nmae=x', 'nmae'],
    ['alerts?__proto__=x', '__proto__'],
    ['incidents?incident_id=x', 'incident_id'],
    ['instances?status=ok', 'status'],
  ])('%s: 400 names the parameter', async (path, name) => {
    const { status, json } = await get(`/api/v1/${path}`);
    expect([status, json]).toEqual([
      400,
      {
        ...{ type: 'urn:monitor:problem:invalid-request', title: 'Bad Request', status: 400 },
        detail: expect.stringContaining(name),
        errors: [{ path: name, message: expect.stringMatching(/\S/) }],
      },
    ]);
  });
});

describe('one thing', () => {
  test('an alert with its history', async () => {
    const [listed] = await items(hub.url, 'alerts?severity=critical');
    const { events, ...alert } = await ask(hub.url, `alerts/${listed?.id}`);
    expect(alert).toEqual(listed);
    expect(alert).toMatchObject({
      source: 'cluster',
      origin: 'web-1',
      labels: { checker: 'cpu', instance_id: 'web-1', hostname: 'web-1.example' },
      annotations: { message: 'cpu is bad', metrics: '{"value":95.2}' },
      metrics: { value: 95.2 },
      started_at: '2026-03-29T12:00:00.000Z',
      ended_at: null,
      occurrences: 1,
    });
    const told = (events as Record<string, unknown>[]).map(({ subject, subject_id, kind, reason, actor }) => [
      subject,
      subject_id,
      kind,
      reason,
      actor,
    ]);
    const by = (kind: string, reason: string) => ['alert', listed?.id, kind, reason, 'cluster:web-1'];
    expect(told).toEqual([by('opened', 'new'), by('resolved', 'resolved'), by('opened', 'refired')]);
    for (const event of events as object[]) {
      expect(Object.keys(event)).toEqual(['seq', 'at', 'subject', 'subject_id', 'kind', 'reason', 'actor', 'data']);
    }
  });

  test('an incident with its alerts and its history', async () => {
    const [listed] = await items(hub.url, 'incidents?instance_id=web-1');
    const { events, alerts, ...incident } = await ask(hub.url, `incidents/${listed?.id}`);
    expect(incident).toEqual(listed);
    expect(incident).toMatchObject({ status: 'open', severity: 'critical', alert_count: 2, firing_count: 2 });
    expect((alerts as { fingerprint: string }[]).map((one) => one.fingerprint).toSorted()).toEqual(['cpu', 'disk']);
    const own = (events as Record<string, unknown>[]).filter((event) => event.subject === 'incident');
    // The disk fired on while the processor did not: the incident never ended.
    expect(own.map((event) => [event.kind, event.reason])).toEqual([
      ['opened', 'new'],
      ['severity_changed', 'alert_resolved'],
      ['severity_changed', 'alert_fired'],
    ]);
  });

  test('instances, with their clocks and versions', async () => {
    const body = bodyOf('web-3');
    const timestamp = String(Math.floor(Date.now() / 1000) - 100);
    const headers = { ...both(body, { timestamp }), 'user-agent': 'monitor/9.8.7' };
    await request(`${hub.url}${PUSH_PATH}`, { body, headers });
    const listed = await items(hub.url, 'instances');
    expect(listed.map((one) => one.instance_id)).toEqual(['web-1', 'web-2', 'web-3']);
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(listed[2]).toEqual({
      instance_id: 'web-3',
      hostname: 'web-3.example',
      version: '9.8.7',
      status: 'heard',
      first_seen_at: iso,
      last_seen_at: iso,
      silent_since: null,
      clock_offset_ms: expect.any(Number),
      firing: { critical: 0, warning: 0, info: 0 },
    });
    const offset = Number(listed[2]?.clock_offset_ms);
    expect(offset <= -100_000 && offset > -102_000).toBe(true);
  });

  test.each(['alerts/x', 'incidents/x', "alerts/'%20OR%201", 'nosuch', 'alerts/a/b', '..%2f..%2fetc%2fpasswd'])(
    '%s: 404',
    async (path) => {
      const { status, json } = await get(`/api/v1/${path}`);
      expect([status, json]).toMatchObject([404, { status: 404, detail: expect.stringMatching(/^there is no/) }]);
    },
  );
});

describe('monitor alerts, monitor incidents and monitor instances', () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await home.run(args, { MONITOR_URL: hub.url });
    expect([args, code, stderr]).toEqual([args, 0, '']);
    return stdout;
  };

  test('show what the hub holds, to programs as it is', async () => {
    const alerts = await items(hub.url, 'alerts?instance_id=web-1&sort=attention');
    const listed = JSON.parse(await run('alerts', '--instance', 'web-1', '--json')) as { items: object[] };
    expect(listed.items).toEqual(alerts);
    const [first] = alerts;
    expect(JSON.parse(await run('alerts', 'show', String(first?.id), '--json'))).toMatchObject({ ...first });
  });

  test('and to people as tables, with the history and its reasons', async () => {
    const list = (await run('alerts', '--status', 'firing')).split('\n');
    expect(list[0]).toMatch(/^SEV +SINCE +ALERT +INSTANCE +STATE +LAST +COUNT +SOURCE +ID +MESSAGE$/);
    expect(list.slice(1, -1)).toHaveLength(3);
    const [incident] = await items(hub.url, 'incidents?instance_id=web-1');
    const page = await run('incidents', 'show', String(incident?.id));
    for (const word of ['Check cpu on web-1', 'opened', 'refired', 'cluster:web-1']) expect(page).toContain(word);
    expect(await run('incidents', '--limit', '1')).toMatch(/More: monitor incidents --limit 1 --cursor [\w-]+\n$/);
    expect(await run('alerts', '--status', 'unknown')).toBe('No alerts.\n');
  });

  test('instances are listed as the API gives them, and as a table', async () => {
    const listed = JSON.parse(await run('instances', '--json')) as { items: object[] };
    expect(listed.items).toEqual(await items(hub.url, 'instances'));
    const table = (await run('instances')).split('\n');
    expect(table[0]).toMatch(/^STATUS +INSTANCE +HOSTNAME +VERSION +SEEN +FIRST SEEN +CLOCK OFF BY$/);
    expect(table.find((line) => / web-1 /.test(line))).toMatch(/^heard /);
    expect(await run('instances', '--limit', '1')).toMatch(/More: monitor instances --limit 1 --cursor [\w-]+\n$/);
  });

  test('what a sender wrote cannot drive the terminal', async () => {
    await push(hub.url, 'web-4', [
      wire('evil', { name: '\u001b[2J\u001b]0;owned\u0007x\r\nSTATUS', severity: 'critical' }),
    ]);
    const list = await run('alerts', '--instance', 'web-4');
    expect(list.split('\n')).toHaveLength(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
    expect(list).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
