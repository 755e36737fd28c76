import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bodyOf, both, PUSH_PATH, push, request, v1, wire } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';

// Keys are made and ended by another process while the hub runs.
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
});
afterAll(() => home.remove());

interface Key {
  readonly id: string;
  readonly secret: string;
}

/** Runs `monitor keys …` and gives its one JSON document. */
async function keys(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await home.run(['keys', ...args, '--json']);
  expect([args, code]).toEqual([args, 0]);
  expect(stdout.split('\n')).toHaveLength(2);
  for (const secret of secrets) expect(stderr).not.toContain(secret);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const secrets: string[] = [];
function keyOf(document: Record<string, unknown>): Key {
  const [id = '', secret = ''] = String(document.key).split('.');
  expect(document.id).toBe(id);
  expect(secret).toMatch(/^[\w-]{43}$/);
  secrets.push(secret);
  return { id, secret };
}

const status = async (key: Key, instance = 'web-1', url = hub.url) =>
  (await push(url, instance, [wire('cpu')], { key: key.id, secret: key.secret })).status;

test('a key pushes for its own instance as soon as it is made, and for no other', async () => {
  const document = await keys('create', 'web-1');
  expect(document).toEqual({
    id: expect.stringMatching(/^k[0-9a-f]{24}$/),
    instance_id: 'web-1',
    key: expect.any(String),
  });
  const key = keyOf(document);
  expect(await status(key)).toBe(200);
  const other = await push(hub.url, 'web-2', [wire('cpu')], { key: key.id, secret: key.secret });
  expect([other.status, other.json?.message]).toEqual([
    403,
    'this key is valid for web-1 only, the push names another instance_id',
  ]);
});

test('the API lists them for admins, as the command does, without their secrets', async () => {
  const ended = keyOf(await keys('create', 'web-2'));
  await keys('revoke', ended.id);
  const { status: code, text } = await request(`${hub.url}/api/v1/keys`, { method: 'GET' });
  expect(code).toBe(200);
  expect(JSON.parse(text)).toEqual({ ...(await keys('list')), next_cursor: null });
  expect(JSON.parse(text).items).toContainEqual(
    expect.objectContaining({ id: ended.id, instance_id: 'web-2', status: 'ended' }),
  );
  for (const secret of secrets) expect(text).not.toContain(secret);
});

test('a key may be shown as a bearer token instead, as other agents do', async () => {
  const key = keyOf(await keys('create', 'web-b'));
  const whole = `${key.id}.${key.secret}`;
  const send = (headers: Record<string, string>, instance = 'web-b') =>
    request(`${hub.url}${PUSH_PATH}`, { body: bodyOf(instance, wire('cpu')), headers });
  expect((await send({ authorization: `Bearer ${whole}` })).status).toBe(200);
  expect((await send({ 'x-api-key': whole })).status).toBe(200);
  const other = await send({ authorization: `Bearer ${whole}` }, 'web-c');
  expect([other.status, other.json?.message]).toEqual([403, expect.stringContaining('valid for web-b only')]);
  for (const wrong of [`${whole}x`, key.secret, `${key.id}.`, `k0.${key.secret}`, '.', SECRET]) {
    const { status: refused, json } = await send({ authorization: `Bearer ${wrong}` });
    expect([refused, json?.message]).toEqual([403, expect.stringContaining('the bearer key is unknown')]);
  }
  // What is signed counts by its signature.
  const signed = { ...v1(bodyOf('web-b', wire('cpu')), 'not-the-secret-of-the-hub'), authorization: `Bearer ${whole}` };
  expect((await send(signed)).status).toBe(403);
  await keys('revoke', key.id);
  expect((await send({ authorization: `Bearer ${whole}` })).status).toBe(403);
});

test('it is its secret that counts, in either version of the signature', async () => {
  const key = keyOf(await keys('create', 'web-3'));
  const body = bodyOf('web-3', wire('cpu'));
  const send = (headers: Record<string, string>) => request(`${hub.url}${PUSH_PATH}`, { body, headers });
  expect((await send({ ...v1(body, key.secret), 'x-cluster-key': key.id })).status).toBe(200);
  // A right signature of the shared secret does not help a key, nor a key's the shared secret.
  expect((await send({ ...v1(body, SECRET), 'x-cluster-key': key.id })).status).toBe(403);
  expect((await send({ ...both(body), 'x-cluster-key': key.id })).status).toBe(403);
  expect((await send(v1(body, key.secret))).status).toBe(403);
  expect((await send({ 'x-cluster-key': key.id })).status).toBe(403);
  expect((await send(both(body))).status).toBe(200);
});

test('revoked, it is refused at once, and nobody is told why', async () => {
  const key = keyOf(await keys('create', 'web-4'));
  expect(await status(key, 'web-4')).toBe(200);
  expect(await keys('revoke', key.id)).toEqual({ id: key.id, status: 'revoked' });
  const answer = await push(hub.url, 'web-4', [], { key: key.id, secret: key.secret });
  const unknown = await push(hub.url, 'web-4', [], { key: 'k000000000000000000000000', secret: key.secret });
  expect([answer.status, answer.json]).toEqual([403, unknown.json]);
});

describe('rotated', () => {
  test('both are accepted for a while, and then only the new one', async () => {
    const old = keyOf(await keys('create', 'web-5'));
    const fresh = keyOf(await keys('rotate', old.id, '--overlap', '1h'));
    expect(fresh.id).not.toBe(old.id);
    expect([await status(old, 'web-5'), await status(fresh, 'web-5')]).toEqual([200, 200]);
    const listed = (await keys('list')).items as Record<string, unknown>[];
    const of = (key: Key) => listed.find((one) => one.id === key.id);
    expect(of(old)).toMatchObject({ instance_id: 'web-5', status: 'ending', expires_at: expect.any(String) });
    const left = Date.parse(String(of(old)?.expires_at)) - Date.now();
    expect(left > 3_500_000 && left <= 3_600_000).toBe(true);
    expect(of(fresh)).toMatchObject({ status: 'active', expires_at: null });
  });

  test('without an overlap the old one ends at once', async () => {
    const old = keyOf(await keys('create', 'web-6'));
    const fresh = keyOf(await keys('rotate', old.id, '--overlap', '0s'));
    expect([await status(old, 'web-6'), await status(fresh, 'web-6')]).toEqual([403, 200]);
    const again = await home.run(['keys', 'rotate', old.id]);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain(`there is no active key ${old.id}`);
  });
});

describe('for people', () => {
  test('the key stands alone on stdout, so that it can be piped into a file', async () => {
    const { code, stdout, stderr } = await home.run(['keys', 'create', 'web-7']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^k[0-9a-f]{24}\.[\w-]{43}\n$/);
    expect(stderr).toContain('shown this once');
    expect(stderr).not.toContain(stdout.trim().split('.')[1]);
  });

  test('the list shows no secret', async () => {
    const { stdout } = await home.run(['keys', 'list']);
    expect(stdout).toMatch(/^ID +INSTANCE +STATUS +CREATED +ENDS\n/);
    const { items } = await keys('list');
    expect(stdout.trim().split('\n')).toHaveLength((items as unknown[]).length + 1);
    for (const secret of secrets) {
      expect(stdout).not.toContain(secret);
      expect(JSON.stringify(items)).not.toContain(secret);
    }
  });
});

test('an agent pushes with its key and nothing else', async () => {
  const { key } = await keys('create', 'web-8');
  const env = { HUB_URL: hub.url, WEBHOOK_SECRET_CLUSTER: '', MONITOR_CLUSTER_KEY: String(key), INSTANCE_ID: 'web-8' };
  const { code, stdout } = await home.run(['push-to-hub'], { ...env, MONITOR_STATE_DIR: `${home.folder}/agent` });
  expect([code, stdout]).toEqual([0, expect.stringContaining('hub: 1 created')]);
});

describe('hubs that take less', () => {
  // One store has one hub.
  beforeAll(async () => void (await hub.stop()));
  afterAll(async () => {
    hub = await home.serve();
  });

  test('the shared secret turned off: keys only', async () => {
    const strict = await home.serve({ MONITOR_CLUSTER_SHARED_SECRET: '0' });
    const answer = await push(strict.url, 'web-9', [wire('cpu')]);
    expect([answer.status, answer.json?.message]).toEqual([
      403,
      expect.stringContaining('accepts only pushes with an instance key'),
    ]);
    const key = keyOf(await keys('create', 'web-9'));
    expect(await status(key, 'web-9', strict.url)).toBe(200);
    await strict.stop();
  });

  test('version 2 asked for: version 1 alone is refused by name, of keys too', async () => {
    const strict = await home.serve({ MONITOR_CLUSTER_REQUIRE_V2: '1' });
    const key = keyOf(await keys('create', 'web-10'));
    const body = bodyOf('web-10', wire('cpu'));
    const send = (headers: Record<string, string>) => request(`${strict.url}${PUSH_PATH}`, { body, headers });
    for (const headers of [v1(body), { ...v1(body, key.secret), 'x-cluster-key': key.id }]) {
      const { status, json } = await send(headers);
      expect([status, json?.message]).toEqual([403, expect.stringContaining('X-Cluster-Signature-V2')]);
    }
    expect((await send(both(body))).status).toBe(200);
    expect((await send(both(body, { key: key.id, secret: key.secret }))).status).toBe(200);
    await strict.stop();
  });

  test('during a change of the shared secret both are taken', async () => {
    const before = 'the secret of last year, 32 bytes';
    const both = await home.serve({ WEBHOOK_SECRET_CLUSTER_PREVIOUS: before });
    for (const secret of [SECRET, before]) {
      expect((await push(both.url, 'web-11', [wire('cpu')], { secret })).status).toBe(200);
    }
    expect((await push(both.url, 'web-11', [], { secret: 'another one altogether' })).status).toBe(403);
    await both.stop();
  });

  test('no secret at all: programs of this machine only, and never on an open address', async () => {
    const none = { WEBHOOK_SECRET_CLUSTER: '' };
    const open = await home.serve(none);
    const body = bodyOf('web-12', wire('cpu'));
    const send = (headers: Record<string, string>) => request(`${open.url}${PUSH_PATH}`, { body, headers });
    expect((await send({})).status).toBe(200);
    for (const headers of [
      { 'x-forwarded-for': '10.0.0.1' },
      { origin: 'http://127.0.0.1' },
      { host: 'rebound.example.com' },
    ]) {
      const { status, json } = await send(headers as Record<string, string>);
      expect([status, json?.message]).toEqual([403, expect.stringContaining('without WEBHOOK_SECRET_CLUSTER')]);
    }
    await open.stop();
    const refused = await home.run(['serve', '--host', '0.0.0.0'], none);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('WEBHOOK_SECRET_CLUSTER: must be set')]);
    const asked = await home.serve({ ...none, MONITOR_INSECURE: '1' }, ['--host', '0.0.0.0']);
    const answer = await request(`${asked.url}${PUSH_PATH}`, { body, headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect(answer.status).toBe(200);
    await asked.stop();
  });
});

test('keys that are made while the hub is under load disturb neither', async () => {
  let done = false;
  const statuses: number[] = [];
  const load = async () => {
    while (!done) statuses.push((await push(hub.url, 'web-13', [wire('cpu')])).status);
  };
  const loads = [load(), load(), load(), load()];
  const made = await Promise.all([1, 2, 3].map(() => home.run(['keys', 'create', 'web-14', '--json'])));
  done = true;
  await Promise.all(loads);
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(statuses.filter((one) => one !== 200 && one !== 429)).toEqual([]);
  for (const { stdout } of made) expect(await status(keyOf(JSON.parse(stdout)), 'web-14')).toBe(200);
});

describe('into a file', () => {
  test('the key stands in a new file that nobody else can read, and pushes', async () => {
    const file = join(home.folder, 'web-7.key');
    expect(await keys('create', 'web-7', '--output', file)).toEqual({
      ...{ id: expect.stringMatching(/^k/), instance_id: 'web-7', file },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [id = '', secret = ''] = readFileSync(file, 'utf8').trim().split('.');
    expect(await status({ id, secret }, 'web-7')).toBe(200);
    const rotated = join(home.folder, 'web-7.next.key');
    const { code, stdout } = await home.run(['keys', 'rotate', id, '--output', rotated]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${rotated} holds the key for web-7`)]);
    expect(stdout).not.toContain(readFileSync(rotated, 'utf8').trim());
  });

  test('no key is made for a file that is there, or cannot be made', async () => {
    const before = await keys('list');
    const taken = join(home.folder, 'taken.key');
    writeFileSync(taken, 'mine');
    for (const file of [taken, join(home.folder, 'none/x.key')]) {
      const { code, stderr } = await home.run(['keys', 'create', 'web-8', '--output', file]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`cannot write ${file}`)]);
    }
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    expect(await keys('list')).toEqual(before);
    const gone = join(home.folder, 'gone.key');
    expect((await home.run(['keys', 'rotate', 'k0', '--output', gone])).code).toBe(1);
    expect(existsSync(gone)).toBe(false);
  });
});
