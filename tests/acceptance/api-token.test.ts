import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';

// What a hub that listens beyond this machine does for its API, where nobody has set a token.

let home: HubHome;
beforeEach(() => {
  home = makeHubHome();
});
afterEach(() => home.remove());

const ALL = ['--host', '0.0.0.0'];
const token = () => readFileSync(join(home.state, 'api-token'), 'utf8').trim();
const get = (url: string, authorization?: string) =>
  request(`${url}/api/v1/alerts`, { headers: authorization === undefined ? {} : { authorization } });
const MADE = /made a token for the API/;

test('a first start makes a token: told once by its path, found by commands of this machine, wanted from everybody', async () => {
  const hub = await home.serve({}, ALL);
  const made = hub.lines().filter(({ msg }) => MADE.test(msg));
  expect(made).toEqual([expect.objectContaining({ file: join(home.state, 'api-token') })]);
  expect(statSync(join(home.state, 'api-token')).mode & 0o777).toBe(0o600);
  expect((await get(hub.url)).status).toBe(401);
  expect((await get(hub.url, 'Bearer no-such-token-000000')).status).toBe(401);
  expect((await get(hub.url, `Bearer ${token()}`)).status).toBe(200);
  for (const command of ['alerts', 'incidents', 'instances', 'sources']) {
    const { code, stderr } = await home.run([command], { MONITOR_URL: hub.url });
    expect([command, code, stderr]).toEqual([command, 0, '']);
  }
  const first = token();
  const { stderr } = await hub.stop();
  expect(stderr).not.toContain(first);

  const again = await home.serve({}, ALL);
  expect(again.lines().filter(({ msg }) => MADE.test(msg))).toEqual([]);
  expect((await get(again.url, `Bearer ${first}`)).status).toBe(200);
  await again.stop();
});

test('a command that cannot find it is told where it is', async () => {
  const hub = await home.serve({}, ALL);
  const { code, stderr } = await home.run(['alerts'], {
    MONITOR_URL: hub.url,
    MONITOR_STATE_DIR: join(home.folder, 'x'),
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('requires MONITOR_API_TOKEN')]);
  expect(stderr).toContain('api-token');
  await hub.stop();
});

describe('no token is made', () => {
  test('on loopback', async () => {
    const hub = await home.serve();
    expect((await get(hub.url)).status).toBe(200);
    await hub.stop();
    expect(existsSync(join(home.state, 'api-token'))).toBe(false);
  });

  test('where one is set', async () => {
    const own = '4f1d2c9be07a4c63a1f58b90d7e64a21';
    const hub = await home.serve({ MONITOR_API_TOKEN: own }, ALL);
    expect((await get(hub.url, `Bearer ${own}`)).status).toBe(200);
    await hub.stop();
    expect(existsSync(join(home.state, 'api-token'))).toBe(false);
  });
});

test('one that others may read is closed to them; one that is empty is refused', async () => {
  await (await home.serve({}, ALL)).stop();
  const file = join(home.state, 'api-token');
  chmodSync(file, 0o644);
  await (await home.serve({}, ALL)).stop();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(file);
  writeFileSync(file, '\n');
  const { code, stderr } = await home.run(['serve', ...ALL]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${file} holds no token: remove it`)]);
});

test.each([[{ HUB_URL: 'http://127.0.0.1:9', CLUSTER_ENABLED: '' }], [{}], [{ CLUSTER_ENABLED: '' }]])(
  'a state folder that others may write to is refused: %j',
  async (env) => {
    await (await home.serve()).stop();
    chmodSync(home.state, 0o777);
    const { code, stderr } = await home.run(['serve'], env as Record<string, string>);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`run chmod go-w ${home.state}`)]);
    const pushed = await home.run(['push-to-hub'], { HUB_URL: 'http://127.0.0.1:9' });
    expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringContaining(`run chmod go-w ${home.state}`)]);
  },
);
