import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// What the state of a hub says, and what rows of lists show beside their subject, on both engines.

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_CLUSTER_STALE_AFTER: '1h' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
    const message = { annotations: { message: 'CPU at 95%\nfor an hour' } };
    await push(hub.url, 'web-1', [wire('cpu', { severity: 'critical', ...message }), wire('disk')]);
    await push(hub.url, 'web-2', [wire('load', { severity: 'info' })]);
    await push(hub.url, 'web-3', [wire('cpu', { status: 'resolved' })]);
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });
  const post = (path: string, body: object) =>
    request(`${hub.url}/api/v1/${path}`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  test('what is wrong, by severity and the worst first; what pushes; what the hub is', async () => {
    const status = await ask(hub.url, 'status');
    expect(status).toMatchObject({
      hub: {
        role: 'hub',
        ready: true,
        reason: null,
        version: expect.stringMatching(/\d/),
        uptime_s: expect.any(Number),
      },
      counts: { critical: 1, warning: 0, unknown: 0, info: 1 },
      ...{ open: 2, acknowledged: 0, more: 0, silent: [], stuck: [] },
      incidents: [{ severity: 'critical', alert_count: 2 }, { severity: 'info' }],
      fleet: { instances: 3, silent: 0 },
    });
    expect(status.position).toMatch(/^(\d+:)?\d+$/);
  });

  test('rows of incidents: what is said, from where, who was told and what comes next', async () => {
    const [first] = await items(hub.url, 'incidents?sort=attention');
    expect(first).toMatchObject({
      ...{ summary: 'CPU at 95% for an hour', source: 'cluster', muted: null, flapping: false },
    });
    await eventually(async () => {
      const [row] = await items(hub.url, 'incidents?sort=attention');
      expect(row?.notified).toEqual([]);
      expect(row).toHaveProperty('next');
    });
  });

  test('rows of alerts: what is said, who deals with it, what holds it back', async () => {
    const [incident] = await items(hub.url, 'incidents?severity=critical');
    await post(`incidents/${incident?.id}/acknowledge`, { by: 'mira' });
    await post('silences', { matchers: ['instance_id="web-2"'], for: '1h', by: 'mira', comment: 'known' });
    const rows = await items(hub.url, 'alerts?sort=attention');
    const of = (name: string) => rows.find(({ fingerprint }) => fingerprint === name);
    expect(of('cpu')).toMatchObject({
      ...{ message: 'CPU at 95% for an hour', acknowledged_by: 'mira', muted: null, stale: false, flapping: false },
    });
    expect(of('load')).toMatchObject({ acknowledged_by: null, muted: { kind: 'silenced', until: expect.any(String) } });
    expect(await ask(hub.url, 'status')).toMatchObject({
      ...{ open: 1, acknowledged: 1, muted: [{ created_by: 'mira', status: 'active' }] },
    });
  });

  test('counts by severity of what a filter leaves, on all pages', async () => {
    const none = { critical: 0, warning: 0, info: 0, unknown: 0 };
    expect(await ask(hub.url, 'alerts?counts=severity&limit=1')).toMatchObject({
      counts: { ...none, critical: 1, warning: 1, info: 1 },
    });
    expect(await ask(hub.url, 'alerts?counts=severity&instance_id=web-2')).toMatchObject({
      counts: { ...none, info: 1 },
    });
    expect(await ask(hub.url, 'incidents?counts=severity&status=open,acknowledged')).toMatchObject({
      counts: { ...none, critical: 1, info: 1 },
    });
  });

  test('rows of instances: what fires of them; those that are silent alone', async () => {
    expect(await items(hub.url, 'instances')).toMatchObject([
      { instance_id: 'web-1', firing: { critical: 1, warning: 1, info: 0 } },
      { instance_id: 'web-2', firing: { critical: 0, warning: 0, info: 1 } },
      { instance_id: 'web-3', firing: { critical: 0, warning: 0, info: 0 } },
    ]);
    expect(await items(hub.url, 'instances?status=silent')).toEqual([]);
    expect(await items(hub.url, 'instances?status=heard')).toHaveLength(3);
  });
});
