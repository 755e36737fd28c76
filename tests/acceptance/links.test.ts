import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ask, items, request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER = Buffer.alloc(32, 9).toString('hex');

interface Published {
  readonly click?: string;
  readonly actions?: readonly { readonly label: string; readonly url: string; readonly method?: string }[];
}

let home: HubHome;
let hub: Hub;
let receiver: Server;
let told: Published[];
let env: Record<string, string>;
beforeEach(async () => {
  told = [];
  receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      told.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"m1"}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  env = {
    MONITOR_NOTIFY_URL: `ntfy+http://127.0.0.1:${port}/ops`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    MONITOR_PUBLIC_URL: 'https://hub.example.com/monitor/',
  };
  home = makeHubHome(env);
});
afterEach(async () => {
  await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function fire(name = 'disk full', status = 'firing'): Promise<void> {
  const body = JSON.stringify({ name, status, severity: 'critical', fingerprint: name, group_key: name });
  expect((await request(`${hub.url}/alerts/webhook/generic/`, { body })).status).toBe(200);
}
/** The path of the link of the last message with that label. */
async function linkTo(label: string): Promise<string> {
  await eventually(() => expect(told.at(-1)?.actions).toContainEqual(expect.objectContaining({ label })));
  const url = told.at(-1)?.actions?.find((action) => action.label === label)?.url ?? '';
  expect(url).toMatch(/^https:\/\/hub\.example\.com\/monitor\/a\/[\w-]{40,99}$/);
  return new URL(url).pathname.replace('/monitor', '');
}
const incidentNow = async () => (await items(hub.url, 'incidents?limit=1'))[0];
async function get(path: string, method = 'GET', headers: Record<string, string> = {}) {
  const response = await fetch(`${hub.url}${path}`, { method, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
async function post(path: string, form?: Record<string, string>) {
  const body = form === undefined ? null : new URLSearchParams(form);
  const response = await fetch(`${hub.url}${path}`, { method: 'POST', body });
  return { status: response.status, text: await response.text() };
}

test('who looks does nothing, who sends the form acknowledges, and the history says by which way', async () => {
  hub = await home.serve();
  await fire();
  const path = await linkTo('Acknowledge');
  for (const method of ['GET', 'HEAD', 'GET']) expect((await get(path, method)).status).toBe(200);
  expect((await incidentNow())?.status).toBe('open');
  const { text, headers } = await get(path);
  expect(text).toContain('<button type="submit">Acknowledge</button>');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';style-src 'sha256-/);
  expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['no-referrer', 'no-store']);
  const answer = (await post(path, { by: 'alice', comment: 'on my way' })).text;
  for (const words of ['disk full', 'Acknowledged by alice.', 'Reminders and escalation stop.'])
    expect(answer).toContain(words);
  const incident = await incidentNow();
  expect(incident).toMatchObject({ status: 'acknowledged', acknowledged_by: 'alice' });
  const { events } = (await ask(hub.url, `incidents/${incident?.id}`)) as { events: { kind: string; actor: string }[] };
  expect(events.find(({ kind }) => kind === 'acknowledged')).toMatchObject({ actor: 'link:ntfy' });
  await fire('disk full', 'resolved');
  expect((await post(path)).text).toContain('it is over already');
});

test('one tap of ntfy, which posts no form, is enough', async () => {
  hub = await home.serve();
  await fire();
  const path = await linkTo('Acknowledge');
  expect(told[0]?.actions?.[0]).toMatchObject({ label: 'Acknowledge', method: 'POST' });
  expect((await post(path)).status).toBe(200);
  expect((await incidentNow())?.status).toBe('acknowledged');
});

test('the link to silence holds back the messages of its incident, and nothing else', async () => {
  hub = await home.serve();
  await fire();
  const path = await linkTo('Silence');
  expect((await get(path)).text).toContain('<select name="for">');
  expect((await post(path, { by: 'alice', for: '4h' })).text).toMatch(/Held back until .* UTC by alice\./);
  await fire('other');
  const [other, held] = await items(hub.url, 'incidents?limit=2');
  expect(held).toMatchObject({ title: 'disk full', status: 'open', shelved_by: 'alice' });
  expect(other).toMatchObject({ title: 'other', shelved_until: null });
});

test('a link works for the next process, and for its own incident alone', async () => {
  hub = await home.serve();
  await fire();
  const path = await linkTo('Incident');
  await fire('other');
  await hub.kill();
  hub = await home.serve();
  expect((await get(path)).text).toContain('disk full');
  expect((await get(path)).text).not.toContain('<form');
  expect((await post(path)).status).toBe(200);
  expect((await items(hub.url, 'incidents')).map(({ status }) => status)).toEqual(['open', 'open']);
});

test('a link that is none, or whose key was revoked, does nothing', async () => {
  hub = await home.serve();
  await fire();
  const path = await linkTo('Acknowledge');
  expect((await post(`${path.slice(0, -3)}AAA`)).status).toBe(404);
  expect((await get(path, 'DELETE')).status).toBe(405);
  const list = JSON.parse((await home.run(['links', 'list', '--json'])).stdout) as { items: { id: string }[] };
  const [key] = list.items;
  expect(list.items).toMatchObject([{ status: 'signing', encrypted: false }]);
  expect((await home.run(['links', 'rotate'])).code).toBe(0);
  expect((await get(path)).status).toBe(200);
  expect((await home.run(['links', 'revoke', key?.id ?? ''])).code).toBe(0);
  expect([(await get(path)).status, (await post(path)).status]).toEqual([404, 404]);
  expect((await home.run(['links', 'revoke', key?.id ?? ''])).code).toBe(1);
  await fire('other');
  await eventually(() => expect(told).toHaveLength(2));
  expect((await get(await linkTo('Acknowledge'))).status).toBe(200);
});

test('without an address of the hub messages have no links', async () => {
  hub = await home.serve({ MONITOR_PUBLIC_URL: '' });
  await fire();
  await eventually(() => expect(told).toHaveLength(1));
  expect([told[0]?.actions, told[0]?.click]).toEqual([undefined, undefined]);
});

test('with a key the keys of links are encrypted in the store, and that key can be changed', async () => {
  const file = join(home.folder, 'encryption-key');
  writeFileSync(file, `${KEY}\n`);
  hub = await home.serve({ MONITOR_ENCRYPTION_KEY_FILE: file });
  await fire();
  const path = await linkTo('Acknowledge');
  await hub.stop();
  const store = readFileSync(join(home.state, 'monitor.db')).toString('latin1');
  expect(store).toContain('aes-256-gcm:');
  expect(store).not.toContain('plain:');

  const wrong = await home.run(['serve'], { MONITOR_ENCRYPTION_KEY: OTHER });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('MONITOR_ENCRYPTION_KEY_OLD')]);
  const none = await home.run(['serve']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('set it as MONITOR_ENCRYPTION_KEY')]);
  for (const { stderr } of [wrong, none]) expect(stderr).not.toMatch(new RegExp(`${KEY}|${OTHER}`));

  const changed = { MONITOR_ENCRYPTION_KEY: OTHER, MONITOR_ENCRYPTION_KEY_OLD: KEY };
  const { stdout } = await home.run(['links', 'reencrypt'], changed);
  expect(stdout).toContain('1 encrypted anew');
  hub = await home.serve({ MONITOR_ENCRYPTION_KEY: OTHER });
  expect((await post(path)).status).toBe(200);
  expect((await incidentNow())?.status).toBe('acknowledged');
});

test.each(['too short', 'g'.repeat(64), 'A'.repeat(44)])('a key that is none is refused: %s', async (key) => {
  const { code, stderr } = await home.run(['serve'], { MONITOR_ENCRYPTION_KEY: key });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/MONITOR_ENCRYPTION_KEY.*openssl rand -base64 32/)]);
  expect(stderr).not.toContain(key);
});
