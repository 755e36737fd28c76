import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// Heartbeats, blackouts, bulk forms and accounts of Alerta's API, as its command line (8.5.3) was recorded.
const TOKEN = 'a-token-of-this-test-only';
const SECRET = 'a-secret-of-the-command-line';

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_API_TOKEN: TOKEN, MONITOR_CLUSTER_STALE_AFTER: '4s' });
  appendFileSync(join(home.folder, 'monitor.yaml'), `peer_keys:\n  - {key: cli-key, secret: ${SECRET}, name: cli}\n`);
  hub = await home.serve();
});
afterAll(() => home?.remove());

type Json = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body?: unknown) {
  const { status, json, headers } = await request(`${hub.url}/alerta${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Key ${TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status, json: json as Json, headers };
}

const send = (fields: Json) =>
  call('POST', '/alert', {
    ...{ resource: 'r', event: 'Slow', environment: 'Production', severity: 'major', service: ['Web'], tags: [] },
    ...fields,
  });

describe('heartbeats', () => {
  const beat = (origin: string, fields: Json = {}) =>
    call('POST', '/heartbeat', {
      origin,
      tags: ['a'],
      attributes: { k: 'v' },
      timeout: 600,
      customer: null,
      ...fields,
    });

  test('are kept, listed, given and forgotten', async () => {
    const createTime = new Date(Date.now() - 5000).toISOString();
    const first = await beat('cron/db1', { createTime });
    expect(first).toMatchObject({
      status: 201,
      json: { status: 'ok', heartbeat: { origin: 'cron/db1', tags: ['a'], attributes: { k: 'v' }, timeout: 600 } },
    });
    const { id } = first.json;
    expect((await call('GET', `/heartbeat/${id}`)).json.heartbeat).toMatchObject({ id, status: 'slow', createTime });
    expect((await beat('cron/db1', { tags: ['b'], attributes: {} })).json).toMatchObject({
      id,
      heartbeat: { status: 'ok', tags: ['b'], attributes: {} },
    });
    // The same origin of a customer is another.
    expect((await beat('cron/db1', { customer: 'acme' })).json.id).not.toBe(id);
    const { heartbeats } = (await call('GET', '/heartbeats')).json;
    expect((heartbeats as Json[]).map(({ customer }) => customer)).toEqual(['acme', null]);
    expect((await call('GET', '/heartbeats?status=expired')).json).toMatchObject({ heartbeats: [], total: 0 });
    expect((await call('DELETE', `/heartbeat/${id}`)).status).toBe(200);
    expect((await call('GET', `/heartbeat/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/heartbeat/${id}`)).status).toBe(404);
  });

  test('of an origin that is silent raise an alert, which the next one ends', async () => {
    const { id } = (await beat('cron/gone', { timeout: 0 })).json;
    const raised = () => call('GET', '/alerts?event=Instance%20silent&resource=cron/gone');
    await eventually(async () => expect((await raised()).json.alerts).toMatchObject([{ status: 'open' }]));
    expect((await call('GET', `/heartbeat/${id}`)).json.heartbeat).toMatchObject({ status: 'expired' });
    await beat('cron/gone');
    expect((await raised()).json.alerts).toMatchObject([{ status: 'closed' }]);
  });

  test('may come as alerts, and are refused by name where they are wrong', async () => {
    const { status, json } = await send({ event: 'Heartbeat', resource: 'as-alert', severity: 'normal' });
    expect([status, json.message]).toEqual([202, 'Alert converted to Heartbeat']);
    expect((await call('GET', `/heartbeat/${json.id}`)).json.heartbeat).toMatchObject({ origin: 'as-alert' });
    for (const [fields, message] of [
      [{ timeout: -1 }, /timeout/],
      [{ origin: 'x'.repeat(201) }, /origin/],
      [{ tags: 'a' }, /tags must be a list/],
      [{ attributes: { 'a.b': 1 } }, /a\.b/],
      [{ createTime: 'now' }, /createTime/],
    ] as const) {
      const refused = await beat('wrong', fields);
      expect([refused.status, refused.json.status]).toEqual([400, 'error']);
      expect(refused.json.message).toMatch(message);
    }
  });
});

describe('blackouts', () => {
  test('are windows of maintenance, made, changed and ended', async () => {
    const asked = { environment: 'Production', service: ['Web'], resource: 'b.1', event: null, tags: ['k=v', 'x'] };
    const { status, json } = await call('POST', '/blackout', { ...asked, duration: 120, text: 'why' });
    expect([status, json.blackout]).toMatchObject([201, { ...asked, status: 'active', text: 'why', priority: 2 }]);
    const { id } = json;
    const own = await request(`${hub.url}/api/v1/maintenance/${id}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(own.json).toMatchObject({ kind: 'maintenance', origin: 'alerta', comment: 'why' });
    const changed = await call('PUT', `/blackout/${id}`, { duration: 600 });
    expect(changed.json.blackout).toMatchObject({ ...asked, duration: 600, text: 'why' });
    const list = (await call('GET', '/blackouts')).json;
    expect(list).toMatchObject({ total: 1, blackouts: [{ id: changed.json.id }] });
    expect((await call('DELETE', `/blackout/${changed.json.id}`)).status).toBe(200);
    expect((await call('GET', '/blackouts')).json).toMatchObject({ blackouts: [], total: 0 });
    expect((await call('DELETE', `/blackout/${changed.json.id}`)).status).toBe(404);
  });

  test('hold back what they name, and nothing else', async () => {
    await call('POST', '/blackout', { environment: 'Lab', service: ['A+B'], duration: 600 });
    const held = async (fields: Json) => {
      await send({ environment: 'Lab', ...fields });
      const filter = encodeURIComponent(`resource="${fields.resource}"`);
      const { json } = await request(`${hub.url}/api/v2/alerts?filter=${filter}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const [alert] = json as unknown as { readonly status: { readonly silencedBy: readonly string[] } }[];
      return alert?.status.silencedBy.length;
    };
    expect(await held({ resource: 'one', service: ['Web', 'A+B'] })).toBe(1);
    expect(await held({ resource: 'two', service: ['AAB'] })).toBe(0);
    expect(await held({ resource: 'three', environment: 'Production', service: ['A+B'] })).toBe(0);
  });

  test.each([
    ['no environment', {}, /environment/],
    ['an origin', { environment: 'Production', origin: 'x' }, /origin/],
    ['an end that has passed', { environment: 'P', endTime: '2020-01-01T00:00:00.000Z' }, /ends_at/],
  ])('with %s are refused', async (_, body, message) => {
    const { status, json } = await call('POST', '/blackout', body);
    expect([status, json.status]).toEqual([400, 'error']);
    expect(json.message).toMatch(message);
  });
});

describe('the bulk forms', () => {
  test('do it to all that is found', async () => {
    for (const resource of ['m1', 'm2', 'm3']) await send({ resource, group: 'many' });
    const of = (word: string) => `/_bulk/alerts/${word}?group=many`;
    expect((await call('PUT', of('tag'), { tags: ['t'] })).json).toMatchObject({ count: 3 });
    expect((await call('PUT', of('attributes'), { attributes: { a: 1 } })).json).toMatchObject({ count: 3 });
    const acted = await call('PUT', of('action'), { action: 'ack' });
    expect([acted.status, acted.json.count]).toEqual([202, 3]);
    const task = String(acted.headers.location).replace('/alerta', '');
    expect((await call('GET', task)).json).toMatchObject({ status: 'SUCCESS' });
    // What is so already is not counted.
    expect((await call('PUT', of('action'), { action: 'ack' })).json).toMatchObject({ count: 0 });
    const { alerts } = (await call('GET', '/alerts?group=many')).json;
    expect(alerts).toHaveLength(3);
    for (const alert of alerts as Json[])
      expect(alert).toMatchObject({ tags: ['t'], attributes: { a: 1 }, status: 'ack' });
    expect((await call('DELETE', '/_bulk/alerts?group=many')).json).toMatchObject({ count: 3 });
    expect((await call('DELETE', '/_bulk/alerts?group=many')).status).toBe(404);
  });
});

test('what the hub keeps otherwise is told so', async () => {
  for (const path of ['/users', '/keys', '/groups'])
    expect(await call('GET', path)).toMatchObject({ status: 400, json: { status: 'error' } });
  for (const path of ['/scopes', '/perms', '/customers', '/management/housekeeping'])
    expect(await call('GET', path)).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect((await call('GET', '/userinfo')).json).toMatchObject({ roles: ['admin'] });
});

// Folders of python-alerta-client, mohawk and requests-hawk, separated by colons; see CONTRIBUTING.
const CLIENT = process.env.ALERTA_PYTHONPATH ?? '';
const real = CLIENT === '' ? describe.skip : describe;

real(`the real command line${CLIENT === '' ? ' (left out: ALERTA_PYTHONPATH is not set)' : ''}`, () => {
  const alerta = (credentials: string, ...args: readonly string[]) =>
    new Promise<string>((resolve) => {
      const conf = join(home.folder, 'alerta.conf');
      writeFileSync(conf, `[DEFAULT]\ntimezone = UTC\nendpoint = ${hub.url}/alerta\n${credentials}\n`);
      const env = {
        PATH: '/usr/bin:/bin',
        HOME: home.folder,
        ALERTA_CONF_FILE: conf,
        PYTHONPATH: CLIENT,
        LC_ALL: 'C.UTF-8',
      };
      const child = spawn('/usr/bin/python3', ['-m', 'alertaclient', ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
      child.once('close', (code) => resolve(`${text.trim()} -> ${code}`));
    });

  test.each([
    ['a token', `key = ${TOKEN}`],
    ['a signature', `key = cli-key\nsecret = ${SECRET}`],
  ])('sends with %s', async (_, credentials) => {
    const run = (...args: readonly string[]) => alerta(credentials, ...args);
    expect(await run('heartbeat', '-O', 'cli', '-T', 'a')).toMatch(/^[\da-f-]{36} -> 0$/);
    expect(await run('blackout', '-E', 'Lab', '-r', 'cli', '--duration', '60')).toMatch(/^[\da-f-]{36} -> 0$/);
    const sent = await run(
      'send',
      '-r',
      `cli${credentials.length}`,
      '-e',
      'Slow',
      '-E',
      'Lab',
      '-s',
      'major',
      '-S',
      'Web',
    );
    expect(sent).toMatch(/\(indeterminate -> major\) -> 0$/);
  });

  test('lists and acts with a token', async () => {
    const run = (...args: readonly string[]) => alerta(`key = ${TOKEN}`, ...args);
    expect(await run('heartbeats')).toMatch(/cli .* ok.* -> 0$/s);
    expect(await run('blackouts')).toMatch(/Lab .* -> 0$/s);
    expect(await run('ack', '-f', 'environment=Lab')).toMatch(/Acking \d+ alerts.* -> 0$/s);
    expect(await run('query', '-f', 'status=ack')).toMatch(/Lab .* -> 0$/s);
    expect(await run('users')).toMatch(/^Error: people are kept by this hub.* -> 1$/);
  });
});
