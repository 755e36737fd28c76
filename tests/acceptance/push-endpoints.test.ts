import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const KEY = randomUUID();
const SHARED = 'ping-key-of-the-project';
const EXTERNAL = 'token-of-the-external-one';

const CONFIG = `
push_endpoints:
  - {name: backup, group: core, token: "${KEY}", cron: "0 3 * * *", zone: Europe/Berlin, grace: 10m, max_run: 1h}
  - {name: Nightly import, token: "${SHARED}", period: 1d}
  - {name: cleanup, token: "${SHARED}", period: 1d, post_only: true}
external-endpoints:
  - {name: ext-ep, group: core, token: "${EXTERNAL}", heartbeat: {interval: 30m}, alerts: [{type: slack, failure-threshold: 2, success-threshold: 1}]}
`;

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu', MONITOR_LOG_LEVEL: 'trace' });
  writeFileSync(join(home.folder, 'monitor.yaml'), CONFIG);
  hub = await home.serve();
});
afterAll(() => home.remove());

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${hub.url}${path}`, init);
  return [answer.status, await answer.text()] as const;
};
const post = (path: string, body = '', headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
interface Row {
  readonly name: string;
  readonly status: string;
  readonly annotations: Readonly<Record<string, string>>;
}
const alerts = async () => {
  const { items } = JSON.parse((await ask('/api/v1/alerts?source=endpoint'))[1]) as { readonly items: Row[] };
  return items.map(({ name, status }) => `${name} ${status}`).sort();
};

test('a job says that it began, failed and succeeded, over a crash, and its log is kept', async () => {
  const rid = randomUUID();
  expect(await ask(`/ping/${KEY}/start?rid=${rid}`)).toEqual([200, 'OK']);
  expect(await post(`/ping/${KEY}/log`, 'half way')).toEqual([200, 'OK']);
  expect(await post(`/ping/${KEY}/3?rid=${rid}`, 'tar: disk full\n')).toEqual([200, 'OK']);
  expect(await alerts()).toEqual(['core/backup firing']);
  const [one] = (JSON.parse((await ask('/api/v1/alerts?source=endpoint'))[1]) as { readonly items: Row[] }).items;
  expect(one?.annotations.message).toBe('core/backup is down: ended with exit code 3');

  await hub.kill();
  hub = await home.serve();
  expect(await post(`/ping/${KEY}/fail`, 'again')).toEqual([200, 'OK']);
  expect(await alerts()).toEqual(['core/backup firing']);
  expect(await ask(`/ping/${KEY}`, { method: 'HEAD' })).toEqual([200, '']);
  expect(await alerts()).toEqual(['core/backup resolved']);
  const { items } = JSON.parse((await ask('/api/v1/endpoints/core_backup/pings'))[1]) as { readonly items: object[] };
  expect(items).toMatchObject([
    { kind: 'success', body: '', exit_code: null },
    { kind: 'fail', body: 'again' },
    { kind: 'fail', exit_code: 3, run_id: rid, body: 'tar: disk full\n', duration_ms: expect.any(Number) },
    { kind: 'log', body: 'half way', duration_ms: null },
    { kind: 'start', run_id: rid },
  ]);
});

test('endpoints that share a secret are told apart by their name', async () => {
  expect((await ask(`/ping/${SHARED}`))[0]).toBe(409);
  expect(await ask(`/ping/${SHARED}/nightly-import`)).toEqual([200, 'OK']);
  expect(await ask(`/ping/${SHARED}/nightly-import/start`)).toEqual([200, 'OK']);
  expect((await ask(`/ping/${SHARED}/cleanup`))[0]).toBe(405);
  expect(await post(`/ping/${SHARED}/_cleanup/0`)).toEqual([200, 'OK']);
  expect(await ask(`/ping/${SHARED}/other`)).toEqual([404, 'not found']);
});

test('who knows no secret does not learn which there are; what is no call is refused', async () => {
  const statuses = {
    'an unknown key': await ask(`/ping/${randomUUID()}`),
    'its start': await ask(`/ping/${randomUUID()}/start`),
    'an exit code that is none': (await ask(`/ping/${KEY}/256`))[0],
    'a run that is no UUID': (await ask(`/ping/${KEY}?rid=1`))[0],
    'another word': (await ask(`/ping/${KEY}/backup/done`))[0],
    'another method': (await ask(`/ping/${KEY}`, { method: 'OPTIONS' }))[0],
  };
  expect(statuses).toEqual({
    ...{ 'an unknown key': [200, 'OK (not found)'], 'its start': [200, 'OK (not found)'] },
    ...{ 'an exit code that is none': 400, 'a run that is no UUID': 400, 'another word': 400, 'another method': 405 },
  });
  const headers = (await fetch(`${hub.url}/ping/${KEY}`)).headers;
  expect([headers.get('access-control-allow-origin'), headers.get('ping-body-limit')]).toEqual(['*', '100000']);
});

test('a body is kept to its bound, in whatever charset, and HTTP/1.0 will do', async () => {
  expect(await post(`/ping/${KEY}`, 'x'.repeat(300_000))).toEqual([200, 'OK']);
  await fetch(`${hub.url}/ping/${KEY}`, { method: 'POST', body: Buffer.from([0xff, 0x00]) });
  const { items } = JSON.parse((await ask('/api/v1/endpoints/core_backup/pings?limit=2'))[1]) as {
    readonly items: readonly { readonly body: string; readonly is_binary: boolean }[];
  };
  expect(items.map(({ body, is_binary }) => [body.length, is_binary])).toEqual([
    [4, true],
    [100_000, false],
  ]);
  const { hostname, port } = new URL(hub.url);
  const said = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname)
      .on('data', (chunk) => {
        text += String(chunk);
      })
      .on('end', () => resolve(text))
      .on('error', reject);
    socket.write(`GET /ping/${KEY} HTTP/1.0\r\n\r\n`);
  });
  expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nOK$/);
});

test("Gatus's external endpoints are told in its order and by its thresholds", async () => {
  const tell = (query: string, token: string | null = EXTERNAL, key = 'core_ext-ep') =>
    post(`/api/v1/endpoints/${key}/external${query}`, '', token === null ? {} : bearer(token));
  const statuses = [
    (await tell('', null, 'x'))[0],
    (await tell('?success=yes'))[0],
    (await tell('?success=true', null, 'x'))[0],
    (await tell('?success=true', 'wrong', 'x'))[0],
    (await tell('?success=true', 'wrong'))[0],
    (await tell('?success=true&duration=soon'))[0],
  ];
  expect(statuses).toEqual([400, 400, 401, 404, 401, 400]);
  expect(await tell('?success=true&error=&duration=1m2.5s')).toEqual([200, '']);
  expect(await tell('?success=false&error=too+slow')).toEqual([200, '']);
  expect(await alerts()).not.toContain('core/ext-ep firing');
  expect(await tell('?success=false&error=too+slow')).toEqual([200, '']);
  expect(await alerts()).toContain('core/ext-ep firing');
  expect(await tell('?success=true')).toEqual([200, '']);
  expect(await alerts()).toContain('core/ext-ep resolved');
  const found = JSON.parse((await ask('/api/v1/endpoints/core_ext-ep/statuses'))[1]) as {
    readonly results: readonly { readonly success: boolean; readonly duration: number }[];
  };
  expect(found.results.map(({ success, duration }) => [success, duration])).toEqual([
    ...[
      [true, 62.5e9],
      [false, 0],
    ],
    ...[
      [false, 0],
      [true, 0],
    ],
  ]);
});

test('jobs made for uptop and Uptime Kuma are understood', async () => {
  expect(await post('/api/push', '', bearer(KEY))).toEqual([200, 'OK']);
  expect(await ask(`/api/push?token=${KEY}`)).toEqual([200, 'OK']);
  expect([await ask('/api/push'), await ask('/api/push?token=x')]).toEqual([
    [400, 'Missing token'],
    [404, 'Invalid Token'],
  ]);
  expect(await ask(`/api/push/${KEY}?status=down&msg=no+space&ping=`)).toEqual([200, '{"ok":true}']);
  expect(await alerts()).toContain('core/backup firing');
  expect(await ask(`/api/push/${KEY}?status=up&msg=OK&ping=12`)).toEqual([200, '{"ok":true}']);
  expect(await alerts()).toContain('core/backup resolved');
  expect((await ask('/api/push/x?status=up'))[0]).toBe(404);
});

test('one that calls for every line is told to wait, and no secret stands in the log or in an answer', async () => {
  const answers = await Promise.all(Array.from({ length: 150 }, () => ask(`/ping/${SHARED}/nightly-import/log`)));
  expect(answers.filter(([status]) => status === 429).length).toBeGreaterThan(0);
  const shown = [
    JSON.stringify(hub.lines()),
    (await ask('/api/v1/config'))[1],
    (await ask('/api/v1/events?limit=100'))[1],
    (await ask('/api/v1/endpoints/core_backup/pings'))[1],
    (await ask('/metrics'))[1],
  ].join('\n');
  for (const secret of [KEY, SHARED, EXTERNAL]) expect(shown).not.toContain(secret);
});
