import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

// The four roles, each a process that is told nothing but the two variables.
let receiver: Receiver;
const homes: HubHome[] = [];
const roles: Record<string, Hub> = {};

const ROLES: readonly [string, { hub: boolean; cluster: string }, string][] = [
  ['standalone', { hub: false, cluster: '0' }, 'HUB_URL is not set and CLUSTER_ENABLED is not 1'],
  ['agent', { hub: true, cluster: '0' }, 'HUB_URL is set and CLUSTER_ENABLED is not 1'],
  ['hub', { hub: false, cluster: '1' }, 'HUB_URL is not set and CLUSTER_ENABLED=1'],
  ['hub + agent', { hub: true, cluster: '1' }, 'HUB_URL is set and CLUSTER_ENABLED=1'],
];

beforeAll(async () => {
  receiver = await startReceiver({ secret: SECRET });
  await Promise.all(
    ROLES.map(async ([role, { hub, cluster }]) => {
      // An empty value is an unset one.
      const env = { HUB_URL: hub ? receiver.url : '', CLUSTER_ENABLED: cluster, INSTANCE_ID: `i-${role}` };
      const home = makeHubHome(env);
      homes.push(home);
      roles[role] = await home.serve();
    }),
  );
});
afterAll(async () => {
  await Promise.all(homes.map((home) => home.remove()));
  await receiver.close();
});

const of = (role: string): Hub => roles[role] as Hub;
const pushesOf = (role: string) => receiver.pushes.filter((one) => one.body.includes(`"instance_id":"i-${role}"`));

describe.each(ROLES)('%s', (role, { hub, cluster }, reason) => {
  const listens = role !== 'agent';

  test('says which role it has, why, and where it listens', async () => {
    expect(await of(role).line('starting')).toMatchObject({ level: 'info', role, reason });
    const started = await of(role).line('started');
    if (listens) expect(started).toMatchObject({ role, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    else expect(started).toMatchObject({ role, hub: receiver.url });
    expect('url' in started).toBe(listens);
  });

  test(hub ? 'pushes its checks at once, signed' : 'pushes nothing', async () => {
    if (!hub) {
      expect(pushesOf(role)).toEqual([]);
      return;
    }
    const [own] = await eventually(() => {
      const pushes = pushesOf(role);
      expect(pushes).not.toEqual([]);
      return pushes;
    });
    expect(own).toMatchObject({
      headers: { 'x-cluster-signature': expect.stringMatching(/^[0-9a-f]{64}$/) },
      alerts: [{ fingerprint: `plugin:probe-check-i-${role}`, status: 'firing', severity: 'critical' }],
    });
    expect(await of(role).line('pushed')).toMatchObject({ part: 'agent', sent: 1 });
  });

  if (listens) {
    test(cluster === '1' ? 'takes pushes' : 'takes no pushes, and says how it would', async () => {
      const { status, json } = await push(of(role).url, 'web-1', [wire('cpu')]);
      if (cluster === '1') {
        expect([status, json]).toEqual([200, expect.objectContaining({ alerts_created: 1 })]);
        return;
      }
      expect([status, json?.message]).toEqual([400, expect.stringContaining('set CLUSTER_ENABLED=1 on this hub')]);
      expect(await items(of(role).url, 'instances')).toEqual([]);
    });

    test(
      role === 'standalone' ? 'keeps its own alerts as local ones' : 'keeps no alerts of its own checks',
      async () => {
        const local = () => items(of(role).url, 'alerts?source=local');
        if (role !== 'standalone') {
          expect(await local()).toEqual([]);
          return;
        }
        await eventually(async () => expect(await local()).toHaveLength(1));
        expect(await local()).toMatchObject([
          {
            source: 'local',
            origin: '',
            name: 'Probe of the test',
            status: 'firing',
            severity: 'critical',
            labels: { checker: 'plugin:probe', instance_id: 'i-standalone' },
            annotations: { message: 'the probe is critical' },
          },
        ]);
        expect(await items(of(role).url, 'incidents')).toMatchObject([
          { status: 'open', title: 'Probe of the test on i-standalone' },
        ]);
      },
    );

    test('answers who asks whether it lives and whether it can write', async () => {
      for (const [path, answer] of [
        ['healthz', { status: 'ok' }],
        ['readyz', { status: 'ready' }],
        ['api/health', { status: 'ok', version: expect.any(String) }],
      ] as const) {
        expect(await request(`${of(role).url}/${path}`)).toMatchObject({ status: 200, json: answer });
      }
    });
  }

  test('stops on SIGTERM with 0, and says so', async () => {
    const { code, stdout, stderr } = await of(role).stop();
    expect([code, stdout]).toEqual([0, '']);
    // What is under way then may still end between the two.
    expect(of(role).lines()).toContainEqual(expect.objectContaining({ msg: 'stopping', signal: 'SIGTERM' }));
    expect(of(role).lines().at(-1)).toMatchObject({ msg: 'stopped' });
    expect(stderr).not.toContain(SECRET);
  });
});

test('a standalone machine leaves alone what an agent of the same folder has spooled for its hub', async () => {
  const home = makeHubHome({ CLUSTER_ENABLED: '0' });
  homes.push(home);
  const spooled = () => readFileSync(join(home.state, 'agent.json'), 'utf8');
  await home.run(['push-to-hub'], { HUB_URL: 'http://127.0.0.1:1' });
  const before = spooled();
  expect(before).toContain('the probe is critical');
  const standalone = await home.serve();
  expect(await standalone.line('pushed')).toMatchObject({ part: 'checks', sent: 1 });
  expect(spooled()).toBe(before);
});
