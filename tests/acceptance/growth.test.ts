import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { items, push, wire } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';

// What senders can make grow, and what is told when it does.

let home: HubHome;
beforeEach(() => {
  home = makeHubHome({ MONITOR_CHECKERS: '' });
});
afterEach(() => home.remove());

test('an origin has so many alerts that fire: the others are left out, and sender, sources and an alert say so', async () => {
  const hub = await home.serve({ MONITOR_LIMITS_FIRING_ALERTS: '3' });
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => wire(name));
  const { status, json } = await push(hub.url, 'web-1', names);
  expect([status, json]).toEqual([200, expect.objectContaining({ status: 'partial', alerts_created: 3 })]);
  expect(JSON.stringify(json?.errors)).toContain('limits.firing_alerts');
  expect((await push(hub.url, 'web-2', names.slice(0, 3))).json).toMatchObject({
    status: 'success',
    alerts_created: 3,
  });
  const [cluster] = (await items(hub.url, 'sources')).filter(({ name, source }) => (name ?? source) === 'cluster');
  expect(JSON.stringify(cluster)).toContain('2 new alerts are left out');
  await eventually(async () => {
    const own = await items(hub.url, 'alerts?source=monitor');
    expect(own.map(({ name }) => name)).toEqual(['Refused what cluster sent']);
  });
  await hub.stop();
});

test('so many instances may become known in an hour, and invented ones that fall silent are one incident', async () => {
  const hub = await home.serve({ MONITOR_LIMITS_NEW_INSTANCES: '40', MONITOR_CLUSTER_STALE_AFTER: '2s' });
  const answers = [];
  for (let n = 0; n < 45; n += 1) answers.push(await push(hub.url, `ghost-${n}`, []));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(4);
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused[0]?.json?.message).toContain('limits.new_instances');
  const { stdout } = await home.run(['keys', 'create', 'real-1', '--json']);
  const [id = '', secret = ''] = String((JSON.parse(stdout) as { key: string }).key).split('.');
  expect((await push(hub.url, 'real-1', [], { key: id, secret })).status).toBe(200);
  await eventually(async () => {
    const silent = await items(hub.url, 'alerts?source=monitor&name=Instance+silent&limit=500');
    expect(silent.length).toBeGreaterThanOrEqual(40);
  });
  const incidents = (await items(hub.url, 'incidents?limit=500')).filter(({ severity }) => severity === 'critical');
  expect(incidents.length).toBeLessThanOrEqual(21);
  expect(incidents.map(({ key }) => key)).toContain('instances-silent');
  expect(Math.max(...incidents.map(({ firing_count }) => Number(firing_count)))).toBeGreaterThanOrEqual(20);
  await hub.stop();
});
