import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// A real hub and a real receiver of Alertmanager's body.
interface Told {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

let home: HubHome;
let hub: Hub;
let receiver: Server;
let told: string[];

beforeEach(async () => {
  told = [];
  receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { status, alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Told;
      told.push(`${status} ${alerts.map(({ labels }) => labels.host).join(',')}`);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  home = makeHubHome({
    MONITOR_NOTIFY_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    MONITOR_INCIDENTS_GROUP_BY: 'host',
  });
  hub = await home.serve();
});
afterEach(async () => {
  await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const send = async (host: string, status: 'firing' | 'resolved') => {
  const alert = { name: 'disk full', status, severity: 'critical', labels: { host }, fingerprint: host };
  const sent = await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  expect(sent.status).toBe(200);
};
const call = async (method: string, path: string, body?: unknown) => {
  const given =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const { status, json } = await request(`${hub.url}${path}`, { method, ...given });
  return { status, json: json as Record<string, unknown> };
};
const silence = async (fields: object) => {
  const { status, json } = await call('POST', '/api/v1/silences', { for: '1h', by: 'ann', comment: 'why', ...fields });
  expect(status).toBe(201);
  return String(json.id);
};
const alertOf = async (host: string) => {
  const { items } = (await ask(hub.url, 'alerts')) as { items: { labels: Record<string, string> }[] };
  return items.find(({ labels }) => labels.host === host);
};

test('a silence holds a notice back, and its end by hand lets it go', async () => {
  const id = await silence({ matchers: ['host="db1"'] });
  await send('db1', 'firing');
  await send('db2', 'firing');
  await eventually(() => expect(told).toEqual(['firing db2']));
  await eventually(async () =>
    expect(await alertOf('db1')).toMatchObject({ muted: { kind: 'silenced', id, until: expect.any(String) } }),
  );
  expect(await alertOf('db2')).toMatchObject({ muted: null });
  await eventually(async () => {
    const { items } = (await ask(hub.url, 'incidents')) as { items: { title: string; muted: unknown }[] };
    expect(items.filter(({ muted }) => muted !== null)).toMatchObject([{ muted: { kind: 'silenced', id } }]);
  });
  expect(await call('POST', `/api/v1/silences/${id.slice(0, 20)}/expire`, { by: 'ben' })).toMatchObject({
    status: 200,
    json: { id, status: 'expired', ended_by: 'ben', outcome: 'ended' },
  });
  await eventually(() => expect(told).toEqual(['firing db2', 'firing db1']));
  expect(await alertOf('db1')).toMatchObject({ muted: null });
  const { events } = (await ask(hub.url, `silences/${id}`)) as { events: { kind: string; actor: string }[] };
  expect(events.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual(['created api', 'expired ben']);
});

test('the end of what people were told passes a silence, also one that kill -9 came after', async () => {
  await send('db1', 'firing');
  await eventually(() => expect(told).toEqual(['firing db1']));
  await silence({ matchers: ['host=~"db.*"'] });
  await hub.kill();
  hub = await home.serve();
  await send('db1', 'resolved');
  await eventually(() => expect(told).toEqual(['firing db1', 'resolved db1']));
});

describe('what the API takes', () => {
  test('a preview counts what fires and what would be held back', async () => {
    for (const host of ['db1', 'db2', 'web1']) await send(host, 'firing');
    const preview = await ask(hub.url, `silences/preview?matcher=${encodeURIComponent('host=~"db.*"')}`);
    expect(preview).toMatchObject({ firing_count: 3, alert_count: 2, incident_count: expect.any(Number) });
    expect((preview as { alerts: { labels: { host: string } }[] }).alerts.map(({ labels }) => labels.host)).toEqual(
      expect.arrayContaining(['db1', 'db2']),
    );
  });

  test('a change of the end keeps the id, one of the matchers makes a new one in its place', async () => {
    const id = await silence({ matchers: ['host="db1"'] });
    const later = await call('PATCH', `/api/v1/silences/${id}`, { for: '3h', comment: 'longer' });
    expect(later).toMatchObject({ status: 200, json: { id, comment: 'longer', outcome: 'changed' } });
    const other = await call('PATCH', `/api/v1/silences/${id}`, { matchers: ['host="db2"'] });
    expect(other).toMatchObject({ status: 201, json: { replaces: id, status: 'active', comment: 'longer' } });
    expect(await ask(hub.url, `silences/${id}`)).toMatchObject({ status: 'expired' });
    const list = async (query: string) =>
      ((await ask(hub.url, `silences${query}`)) as { items: { id: string }[] }).items.map((one) => one.id);
    expect(await list('')).toEqual([other.json.id]);
    expect(await list('?status=expired')).toEqual([id]);
    expect(await list('?status=all')).toHaveLength(2);
  });

  test('the same request under one Idempotency-Key makes one silence', async () => {
    const body = JSON.stringify({ matchers: ['host="db1"'], for: '1h' });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'deploy-17' };
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      const { json } = await request(`${hub.url}/api/v1/silences`, { method: 'POST', body, headers });
      ids.push((json as { id: string }).id);
    }
    expect(new Set(ids).size).toBe(1);
    expect(await ask(hub.url, 'silences')).toMatchObject({ items: [{ id: ids[0] }] });
  });

  test('a window is for an instance, and its own page knows no silence', async () => {
    const opened = await call('POST', '/api/v1/maintenance', { instance: 'web-1', for: '30m', by: 'ann' });
    expect(opened).toMatchObject({
      status: 201,
      json: { kind: 'maintenance', instance_id: 'web-1', matchers: [{ text: 'instance_id="web-1"' }] },
    });
    const { id } = opened.json;
    expect((await call('GET', `/api/v1/silences/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/api/v1/silences/${id}`)).status).toBe(404);
    expect(await call('POST', `/api/v1/maintenance/${id}/end`)).toMatchObject({
      status: 200,
      json: { status: 'expired' },
    });
    expect((await call('DELETE', `/api/v1/maintenance/${id}`)).json).toMatchObject({ outcome: 'already_ended' });
  });

  test('what is wrong is refused, and the field is named', async () => {
    const cases: readonly (readonly [string, object, string])[] = [
      ['no matcher', { matchers: [], for: '1h' }, 'matchers'],
      ['matchers of everything', { matchers: ['host=~".*"'], for: '1h' }, 'matchers'],
      ['text that is no matcher', { matchers: ['host'], for: '1h' }, 'matchers.0'],
      ['a pattern that is none', { matchers: ['host=~"("'], for: '1h' }, 'matchers.0.value'],
      ['no end', { matchers: ['host="a"'] }, 'ends_at'],
      ['two ends', { matchers: ['host="a"'], for: '1h', ends_at: '2099-01-01T00:00:00Z' }, 'for'],
      ['an end that has passed', { matchers: ['host="a"'], ends_at: '2020-01-01T00:00:00Z' }, 'ends_at'],
      ['a span that is none', { matchers: ['host="a"'], for: 'soon' }, 'for'],
      ['a field that nobody knows', { matchers: ['host="a"'], for: '1h', until: 'x' }, 'until'],
      ['an instance', { matchers: ['host="a"'], for: '1h', instance: 'web-1' }, 'instance'],
    ];
    for (const [name, body, path] of cases) {
      const { status, json } = await call('POST', '/api/v1/silences', body);
      const paths = (json.errors as { path: string }[]).map((error) => error.path);
      expect([name, status, paths]).toEqual([name, 422, expect.arrayContaining([path])]);
    }
    expect(await ask(hub.url, 'silences')).toMatchObject({ items: [] });
    for (const query of ['', '?matcher=host', '?matcher=host%3D~%22(%22', '?matcher=a%3Db&x=1'])
      expect((await call('GET', `/api/v1/silences/preview${query}`)).status).toBe(400);
  });
});
