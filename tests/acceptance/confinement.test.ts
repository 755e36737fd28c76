import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, push, request, wire } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// What somebody gets who is confined to the labels of a team, on both engines: what is theirs, and nothing that tells that
// others are there.

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  let bearer = '';
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`${hub.url}/api/v1/${path}`, {
      ...{ method, headers: { 'content-type': 'application/json', ...headers } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const asWeb = (method: string, path: string, body?: unknown) =>
    call(method, path, body, { authorization: `Bearer ${bearer}` });
  /** Alerts of one name are one incident. */
  const tell = async (team: string, name: string, fingerprint = name, severity = 'critical') => {
    const alert = { name, fingerprint, status: 'firing', severity, labels: { team } };
    expect((await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) })).status).toBe(200);
  };
  const silence = async (matcher: string, kind = 'silences') =>
    String((await call('POST', kind, { matchers: [matcher], for: '1h', by: 'ann', comment: 'why' })).json?.id);
  const incidentOf = async (name: string) => String((await items(hub.url, `incidents?name=${name}`))[0]?.id);
  let silences = { web: '', db: '', all: '' };

  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_LIMITS_BURST: '100000' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
    const made = await call('POST', 'tokens', { name: 'web', role: 'write', confined_to: 'team="web"' });
    bearer = String(made.json?.token);
    for (const name of ['web1', 'web2', 'web3']) await tell('web', name);
    for (const name of ['db1', 'db2']) await tell('db', name);
    await tell('web', 'both', 'both1');
    await tell('db', 'both', 'both2');
    await push(hub.url, 'web-1', [wire('w', { labels: { team: 'web' } })]);
    await push(hub.url, 'db-1', [wire('d', { labels: { team: 'db' } })]);
    silences = {
      web: await silence('team="web"'),
      db: await silence('team="db"'),
      all: await silence('severity="info"'),
    };
    await silence('team="web"', 'maintenance');
    await silence('team="db"', 'maintenance');
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });

  const LISTS = [
    ...[
      'alerts',
      'alerts?sort=attention&count=true&counts=severity',
      'alerts?limit=2',
      'alerts?sort=attention&limit=2',
      'incidents?sort=attention&limit=1',
    ],
    ...['incidents', 'incidents?sort=attention&count=true&counts=severity', 'incidents?limit=2', 'incidents?q=both'],
    ...['instances', 'instances?limit=1', 'events', 'events?limit=2', 'events?subject=silence'],
    ...['silences', 'silences?status=all&limit=1', 'maintenance', 'notices', 'deliveries'],
    ...['silences/preview?matcher=team%3D~%22.*%22', 'silences/preview?matcher=severity%3D%22critical%22'],
  ];

  test('lists hold what is theirs', async () => {
    const names = async (path: string, field: string) => {
      const { json } = await asWeb('GET', path);
      return ((json?.items ?? []) as Record<string, unknown>[]).map((row) => String(row[field])).toSorted();
    };
    expect(await names('alerts', 'name')).toEqual(['Check w', 'both', 'web1', 'web2', 'web3']);
    expect(await names('incidents', 'key')).toHaveLength(4);
    expect(await names('instances', 'instance_id')).toEqual(['web-1']);
    expect(await names('silences', 'id')).toEqual([silences.web]);
    expect((await asWeb('GET', 'maintenance')).json?.items).toHaveLength(1);
    expect((await asWeb('GET', 'incidents?count=true&counts=severity')).json).toMatchObject({
      ...{ total: 4, counts: { critical: 3, warning: 1 } },
    });
    expect((await asWeb('GET', 'silences/preview?matcher=team%3D~%22.*%22')).json).toMatchObject({
      ...{ firing_count: 5, alert_count: 5 },
    });
    const events = (await asWeb('GET', 'events?limit=500')).text;
    expect(events).toContain(await incidentOf('web1'));
    const db = [await incidentOf('db1'), await incidentOf('both')];
    for (const id of db) expect(events).not.toContain(`"subject_id":"${id}"`);
  });

  test('pages hold each row once', async () => {
    for (const path of ['alerts', 'incidents', 'events', 'silences', 'instances']) {
      const all = ((await asWeb('GET', `${path}?limit=500`)).json?.items ?? []) as unknown[];
      const seen: unknown[] = [];
      for (let cursor = ''; ; ) {
        const { json } = await asWeb('GET', `${path}?limit=1${cursor}`);
        seen.push(...((json?.items ?? []) as unknown[]));
        if (!json?.next_cursor) break;
        cursor = `&cursor=${json?.next_cursor}`;
      }
      expect([path, seen.length]).toEqual([path, all.length]);
    }
  });

  /** The state of the hub without what goes on by itself. */
  const stateOf = async () => {
    const { at: _, position: __, hub: ___, ...state } = (await asWeb('GET', 'status')).json ?? {};
    return state as Record<string, unknown>;
  };

  test('the state of the hub tells of what is theirs', async () => {
    expect(await stateOf()).toMatchObject({
      ...{ open: 4, acknowledged: 0, more: 0, counts: { critical: 3, warning: 1, unknown: 0, info: 0 } },
      ...{ fleet: { instances: 1, silent: 0 }, silent: [], channels: [], followers: [], stuck: [] },
    });
    const { incidents, muted } = await stateOf();
    const ids = (incidents as { id: string }[]).map(({ id }) => id);
    expect(ids).toHaveLength(4);
    expect(ids).toContain(await incidentOf('web1'));
    expect((muted as { matchers: { text: string }[] }[]).map(({ matchers }) => matchers[0]?.text)).toEqual([
      ...['team="web"', 'team="web"'],
    ]);
    const all = await call('GET', 'status');
    expect(all.json).toMatchObject({ open: 8, fleet: { instances: 2 } });
  });

  test('explanations tell of what is theirs, and of a part of what is others only their own', async () => {
    const whole = await asWeb('GET', `explanations/${await incidentOf('web1')}`);
    expect(whole.json).toMatchObject({ subject: 'incident', told: false });
    const [shared] = await items(hub.url, 'alerts?name=both&label=team=web');
    const { json, text } = await asWeb('GET', `explanations/${shared?.id}`);
    expect(json).toMatchObject({
      ...{ subject: 'alert', told: null, untold: null, channels: [], steps: [{ kind: 'event' }] },
      verdict: expect.stringMatching(/beyond what you are confined to/),
    });
    expect(text).not.toMatch(/"subject":"incident"|both2/);
  });

  test('what happens to others changes no answer, no count, no cursor and no tag', async () => {
    const answers = async () => {
      const all: unknown[] = [];
      for (const path of LISTS) {
        const { status, text, headers } = await asWeb('GET', path);
        all.push([path, status, headers.etag, text]);
      }
      for (const subject of ['alert', 'incident'])
        all.push((await asWeb('GET', `events/opened?subject=${subject}`)).json?.points);
      return [...all, await stateOf()];
    };
    const before = await answers();
    for (const name of ['db3', 'db4']) await tell('db', name);
    await tell('db', 'both', 'both3', 'warning');
    await push(hub.url, 'db-2', [wire('e', { labels: { team: 'db' } })]);
    await silence('team="db"');
    await silence('severity="critical",team!="web"', 'maintenance');
    await call('POST', `incidents/${await incidentOf('db1')}/acknowledge`, { by: 'ann' });
    await call('POST', `incidents/${await incidentOf('db2')}/close`, { by: 'ann' });
    expect(await answers()).toEqual(before);
  });

  test('what is not theirs is not there, and says the same as what is not there at all', async () => {
    const [web, db, both, none] = [
      await incidentOf('web1'),
      await incidentOf('db1'),
      await incidentOf('both'),
      randomUUID(),
    ];
    const alertOf = async (name: string, team: string) =>
      String((await items(hub.url, `alerts?name=${name}&label=team=${team}`))[0]?.id);
    expect((await asWeb('GET', `incidents/${web}`)).status).toBe(200);
    expect((await asWeb('GET', `alerts/${await alertOf('both', 'web')}`)).status).toBe(200);
    expect((await asWeb('GET', `silences/${silences.web}`)).status).toBe(200);
    const same = async (method: string, path: (id: string) => string, ids: readonly string[], body?: unknown) => {
      const missing = await asWeb(method, path(none), body);
      expect([path(''), missing.status]).toEqual([path(''), 404]);
      for (const id of [...ids, ...ids.map((one) => one.slice(0, 13)), ...ids.map((one) => one.slice(-8))]) {
        const { status, text } = await asWeb(method, path(id), body);
        expect([path(''), status, text]).toEqual([path(''), 404, missing.text]);
      }
    };
    await same('GET', (id) => `incidents/${id}`, [db, both]);
    await same('GET', (id) => `explanations/${id}`, [
      db,
      both,
      await alertOf('db1', 'db'),
      await alertOf('both', 'db'),
    ]);
    await same('GET', (id) => `alerts/${id}`, [await alertOf('db1', 'db'), await alertOf('both', 'db')]);
    await same('GET', (id) => `silences/${id}`, [silences.db, silences.all]);
    await same('GET', (id) => `notices/${id}:mail`, [db, both]);
    await same('POST', (id) => `incidents/${id}/acknowledge`, [db, both], {});
    await same('DELETE', (id) => `silences/${id}`, [silences.db, silences.all]);
    await same('PATCH', (id) => `silences/${id}`, [silences.db, silences.all], { comment: 'mine' });
    await same('POST', (id) => `silences/${id}/expire`, [silences.db, silences.all], {});
  });

  test('they act on what is theirs, one by one and by filter, and silence nothing else', async () => {
    const [web, db] = [await incidentOf('web1'), await incidentOf('db3')];
    expect((await asWeb('POST', `incidents/${web}/acknowledge`, {})).json).toMatchObject({ status: 'acknowledged' });
    const all = await asWeb('POST', 'incidents/actions', {
      action: 'note',
      comment: 'x',
      filter: { status: ['open', 'acknowledged'] },
    });
    expect(all.json).toMatchObject({ matched: 4, done: 4 });
    const named = await asWeb('POST', 'incidents/actions', { action: 'close', ids: [db] });
    expect(named.json).toMatchObject({
      matched: 0,
      done: 0,
      refused: 1,
      items: [{ id: db, title: '', reason: 'not_found' }],
    });
    expect((await items(hub.url, 'incidents?name=db3'))[0]?.status).toBe('open');
    for (const matcher of ['severity="critical"', 'team!="db"', 'team=~"web|db"', 'team=~".*"', 'alertname="web1"']) {
      const { status, json } = await asWeb('POST', 'silences', { matchers: [matcher], for: '1h' });
      expect([matcher, status]).toEqual([matcher, 422]);
      expect(json).toMatchObject({ errors: [{ path: 'matchers' }] });
    }
    const made = await asWeb('POST', 'silences', { matchers: ['team="web"', 'severity="critical"'], for: '1h' });
    expect(made.status).toBe(201);
    const wider = await asWeb('PATCH', `silences/${made.json?.id}`, { matchers: ['severity="critical"'] });
    expect(wider.status).toBe(422);
    expect((await asWeb('DELETE', `silences/${made.json?.id}`)).status).toBe(200);
  });

  test('what tells of the whole hub is refused', async () => {
    for (const path of ['sources', 'tokens', 'people', 'keys', 'routes', 'config', 'probes'])
      expect([path, (await asWeb('GET', path)).status]).toEqual([path, 403]);
    expect((await request(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(403);
  });
});
