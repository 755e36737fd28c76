import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let home: HubHome;
let agent: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  agent = makeHubHome({ INSTANCE_ID: 'web-1', WEBHOOK_SECRET_CLUSTER: '', CLUSTER_ENABLED: '' });
  hub = await home.serve();
});
afterAll(async () => {
  await agent.remove();
  await home.remove();
});

async function verify(env: Record<string, string>, ...flags: string[]) {
  const { code, stdout, stderr } = await agent.run(['push-to-hub', '--verify', ...flags], { HUB_URL: hub.url, ...env });
  return { code, stdout, stderr };
}

const WITH_SECRET = { WEBHOOK_SECRET_CLUSTER: SECRET };
const WRONG = 'ffffffffffffffffffffffffffffffff';

/** What the hub holds, and has noted. */
async function held(): Promise<unknown[]> {
  const lists = ['alerts', 'incidents', 'instances', 'sources'];
  return Promise.all(lists.map(async (list) => (await fetch(`${hub.url}/api/v1/${list}`)).json()));
}

describe('monitor push-to-hub --verify', () => {
  test('says that the hub would accept, and pushes nothing', async () => {
    const before = await held();
    expect(await verify(WITH_SECRET)).toEqual({
      code: 0,
      stdout: `${hub.url} accepts pushes of web-1 with the shared secret\n`,
      stderr: '',
    });
    expect(await held()).toEqual(before);
    expect(existsSync(join(agent.state, 'agent.json'))).toBe(false);
  });

  test('with a key names it; the key of another instance would be refused', async () => {
    const { stdout } = await home.run(['keys', 'create', 'web-1', '--json']);
    const { id, key } = JSON.parse(stdout) as { id: string; key: string };
    expect((await verify({ MONITOR_CLUSTER_KEY: key })).stdout).toContain(`with the key ${id}`);
    const other = await verify({ MONITOR_CLUSTER_KEY: key, INSTANCE_ID: 'web-2' });
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('valid for web-1 only, and this machine is web-2');
    expect((await verify({ HUB_API_KEY: key })).stdout).toContain(`with the key ${id}`);
    await home.run(['keys', 'revoke', id]);
    const revoked = await verify({ MONITOR_CLUSTER_KEY: key });
    expect(revoked.code).toBe(1);
    expect(revoked.stderr).toContain('unknown or revoked');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a wrong secret', { WEBHOOK_SECRET_CLUSTER: WRONG }, /403 Forbidden: X-Cluster-Signature-V2 does not match/],
    ['no secret', {}, /403 Forbidden: the push is not signed.*WEBHOOK_SECRET_CLUSTER.*MONITOR_CLUSTER_KEY/],
    ['nobody there', { ...WITH_SECRET, HUB_URL: 'http://127.0.0.1:1' }, /refused the connection/],
  ])('%s: exit code 1 and the reason', async (_, env, reason) => {
    const { code, stdout, stderr } = await verify(env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({ msg: 'the hub would not accept a push', reason: expect.stringMatching(reason) }),
    ]);
  });

  test('prints one document with --json, whatever the answer', async () => {
    const good = await verify(WITH_SECRET, '--json');
    expect(JSON.parse(good.stdout)).toEqual({
      ...{ status: 'accepted', reason: null, hub_url: hub.url, instance_id: 'web-1', credential: 'secret:cluster' },
      ...{ clock_offset_ms: expect.any(Number), http_status: 200 },
    });
    const bad = await verify({ WEBHOOK_SECRET_CLUSTER: WRONG }, '--json');
    expect(JSON.parse(bad.stdout)).toMatchObject({ status: 'refused', http_status: 403, credential: null });
    expect(bad.code).toBe(1);
  });

  test('another implementation, which says nothing of signatures, is not taken for a yes', async () => {
    const other: Receiver = await startReceiver({ secret: SECRET });
    try {
      expect((await verify({ ...WITH_SECRET, HUB_URL: other.url })).code).toBe(1);
    } finally {
      await other.close();
    }
  });

  test('is a question of its own: beside --dry-run, or without a hub, it is wrong usage', async () => {
    expect((await verify(WITH_SECRET, '--dry-run')).code).toBe(2);
    const without = await verify({ ...WITH_SECRET, HUB_URL: '' });
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('HUB_URL');
  });
});

describe('GET /alerts/webhook/cluster/', () => {
  const sign = (path: string, timestamp: number, secret = SECRET) => {
    const head = { 'x-cluster-timestamp': String(timestamp), 'x-cluster-nonce': `nonce-${timestamp}` };
    const text = `v2:${timestamp}:nonce-${timestamp}:GET:${path}:`;
    return { ...head, 'x-cluster-signature-v2': createHmac('sha256', secret).update(text).digest('hex') };
  };
  const ask = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${hub.url}${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const now = Math.floor(Date.now() / 1000);

  test.each(['/alerts/webhook/cluster/', '/alerts/webhook/cluster', '/alerts/webhook/'])(
    'verifies at %s',
    async (path) => {
      expect(await ask(path, sign(path, now))).toMatchObject({ status: 200, body: { accepted: true } });
      expect((await ask(path, sign('/elsewhere', now))).status).toBe(403);
      expect((await ask(path, sign(path, now, WRONG))).status).toBe(403);
    },
  );

  test('twice with one nonce is answered twice, for nothing is changed', async () => {
    const headers = sign('/alerts/webhook/cluster/', now + 1);
    for (const _ of [1, 2]) expect((await ask('/alerts/webhook/cluster/', headers)).status).toBe(200);
  });

  test('a clock that is off is told with its direction', async () => {
    const { status, body } = await ask('/alerts/webhook/cluster/', sign('/alerts/webhook/cluster/', now - 4000));
    expect({ status, message: String(body.message) }).toEqual({
      status: 403,
      message: expect.stringMatching(/clock is 40\d\d s behind the hub's/),
    });
  });

  test('without a proof it only says that the endpoint is ready, as it always did', async () => {
    const { status, body } = await ask('/alerts/webhook/cluster/', {});
    expect({ status, accepted: body.accepted }).toEqual({ status: 200, accepted: undefined });
  });
});
