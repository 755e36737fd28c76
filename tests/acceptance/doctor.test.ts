import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let hub: Hub;
const NOTIFY = { MONITOR_NOTIFY_URL: 'http://127.0.0.1:1/', MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' };
beforeAll(async () => {
  home = makeHubHome(NOTIFY);
  hub = await home.serve();
});
afterAll(() => home.remove());

interface Finding {
  readonly part: string;
  readonly status: string;
  readonly message: string;
}

async function doctor(env: Record<string, string>) {
  const { code, stdout } = await home.run(['doctor', '--json'], env);
  const { status, findings } = JSON.parse(stdout) as { status: string; findings: readonly Finding[] };
  const of = (part: string) => findings.filter((finding) => finding.part === part).map((finding) => finding.status);
  return { code, status, findings, of };
}

test('a hub that runs: it answers, people are notified, and nothing was given up', async () => {
  const { code, of } = await doctor({ MONITOR_URL: hub.url, CLUSTER_ENABLED: '1' });
  expect(code).toBe(0);
  expect([of('configuration'), of('this hub'), of('notices'), of('channels')]).toEqual([
    ['ok'],
    ['ok'],
    ['ok'],
    ['ok'],
  ]);
  const unset = await doctor({ MONITOR_URL: hub.url, CLUSTER_ENABLED: '1', MONITOR_NOTIFY_URL: '' });
  expect([unset.code, unset.of('channels'), unset.of('notices')]).toEqual([0, ['warning'], []]);
});

test.each([
  ['a channel that is faulty', 'notify:\n  channels:\n    ops: {type: slack, url: nonsense}\n'],
  [
    'a route to a channel that is not there',
    'notify:\n  channels:\n    ops: {type: log}\n  routes: [{channel: opss}]\n',
  ],
  ['a file that is no YAML', 'notify:\n  channels: {ops: {type: log}\n'],
])('with %s nobody is told to add one', async (_what, yaml) => {
  const file = join(home.folder, 'faulty.yaml');
  writeFileSync(file, yaml, { mode: 0o600 });
  const { of, findings } = await doctor({
    ...{ MONITOR_URL: hub.url, CLUSTER_ENABLED: '1', MONITOR_NOTIFY_URL: '', MONITOR_CONFIG: file },
  });
  expect(of('configuration')).toContain('problem');
  expect(of('channels')).toEqual(['warning']);
  expect(JSON.stringify(findings.filter(({ part }) => part === 'channels'))).not.toMatch(
    /nobody is notified|add notify/,
  );
});

test('an agent of it, with its secret; and one with a wrong address and a misspelt setting', async () => {
  const { code, of } = await doctor({ HUB_URL: hub.url });
  expect([code, of('hub'), of('clock'), of('secrets'), of('pushes')]).toEqual([0, ['ok'], ['ok'], ['ok'], ['ok']]);
  const other = await doctor({ HUB_URL: hub.url, WEBHOOK_SECRET_CLUSTER: 'another-secret-0123456789abcdef' });
  expect([other.code, other.of('hub'), other.of('pushes')]).toEqual([1, ['ok'], ['problem']]);
  expect(other.findings.find(({ part }) => part === 'pushes')).toMatchObject({
    fix: expect.stringContaining('hold the same WEBHOOK_SECRET_CLUSTER'),
  });
  const wrong = await doctor({ HUB_URL: 'http://127.0.0.1:1', MONITOR_PROT: '1' });
  expect([wrong.code, wrong.status, wrong.of('hub'), wrong.of('configuration')]).toEqual([
    ...[1, 'problem'],
    ['problem'],
    ['problem'],
  ]);
});

test('a hub with endpoints and probes, and a heartbeat that nobody takes; a probe with its token, and with another', async () => {
  const token = '7c1e9ab2d4f84b0c93a61d5e0f7b2c48';
  const watched = makeHubHome({ MONITOR_HEARTBEAT_URL: 'http://127.0.0.1:1/ping/canary', MONITOR_CHECKERS: '' });
  try {
    const file = join(watched.folder, 'watched.yaml');
    const yaml = [
      'probes:',
      `  - {id: fra, token: ${token}}`,
      `  - {id: sin, token: ${token}-sin}`,
      'endpoints:',
      '  - {name: web, url: "http://127.0.0.1:1/", monitored_by: [fra], conditions: ["[STATUS] == 200"]}',
    ];
    writeFileSync(file, `${yaml.join('\n')}\n`, { mode: 0o600 });
    const own = await watched.serve({ MONITOR_CONFIG: file });
    await fetch(`${own.url}/api/v1/probes/fra/assignments`, { headers: { authorization: `Bearer ${token}` } });
    const at = { MONITOR_URL: own.url, MONITOR_CONFIG: file, CLUSTER_ENABLED: '1' };
    const { findings } = await doctor({ ...at, MONITOR_HEARTBEAT_URL: 'http://127.0.0.1:1/ping/canary' });
    const of = (part: string) => findings.find((finding) => finding.part === part);
    expect(of('endpoints')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('of 1 nothing is known'),
    });
    expect(of('probe fra')).toMatchObject({ status: 'ok', message: 'comes, and looks at 1 endpoint' });
    expect(of('probe sin')).toMatchObject({ status: 'problem', message: 'has never come' });
    expect(of('heartbeat')).toMatchObject({ status: 'ok', message: 'the first one is due soon' });
    expect(JSON.stringify(findings)).not.toContain('canary');
    expect((await doctor(at)).findings.find(({ part }) => part === 'heartbeat')).toMatchObject({ status: 'ok' });

    const probe = { MONITOR_MODE: 'probe', MONITOR_PEER_URL: own.url, MONITOR_NODE_ID: 'fra', CLUSTER_ENABLED: '' };
    const asProbe = (shown: string) => doctor({ ...probe, MONITOR_PROBE_TOKEN: shown, MONITOR_NOTIFY_URL: '' });
    const good = await asProbe(token);
    expect([good.code, good.of('role'), good.of('hub'), good.of('probe')]).toEqual([0, ['ok'], ['ok'], ['ok']]);
    const bad = await asProbe(`${token}-wrong`);
    expect([bad.code, bad.of('probe')]).toEqual([1, ['problem']]);
    const { code, of: part } = await doctor({ ...probe, MONITOR_NODE_ID: '', MONITOR_NOTIFY_URL: '' });
    expect([code, part('probe')]).toEqual([1, ['problem', 'problem']]);
  } finally {
    await watched.remove();
  }
});
