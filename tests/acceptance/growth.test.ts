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

test('instances are forgotten and alerts deleted from the command line: shown first, done with --yes', async () => {
  const hub = await home.serve({ MONITOR_CLUSTER_STALE_AFTER: '1s' });
  const env = { MONITOR_URL: hub.url };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await home.run(args, env);
    return { code, stdout, stderr };
  };
  for (const name of ['web-1', 'web-2', 'web-3']) await push(hub.url, name, [wire('cpu'), wire('disk')]);
  const names = async () => (await items(hub.url, 'instances')).map(({ instance_id: id }) => id);
  expect((await run('instances', 'forget')).code).toBe(2);
  expect((await run('instances', 'forget', 'nosuch')).stderr).toContain('there is no instance nosuch');
  expect((await run('instances', 'forget', 'web-1')).stdout).toMatch(/^Forgotten: 1 instance; ended: [23] alerts/);
  expect(await names()).toEqual(['web-2', 'web-3']);
  await eventually(async () => {
    const silent = (await items(hub.url, 'instances')).filter(({ status }) => status === 'silent');
    expect(silent).toHaveLength(2);
  });
  const shown = await run('instances', 'forget', '--silent-for', '1s');
  expect([shown.code, shown.stderr]).toEqual([0, expect.stringContaining('with --yes')]);
  expect(await names()).toEqual(['web-2', 'web-3']);
  expect((await run('instances', 'forget', '--silent-for', '30d', '--yes')).stdout).toContain('Forgotten: 0 instances');
  expect((await run('instances', 'forget', '--silent-for', '1s', '--yes', '--json')).stdout).toContain('"removed":2');
  expect(await names()).toEqual([]);

  await push(hub.url, 'web-4', [wire('cpu'), wire('disk')]);
  expect((await run('alerts', 'delete')).code).toBe(2);
  const before = (await items(hub.url, 'alerts?limit=500&source=cluster')).length;
  expect((await run('alerts', 'delete', '--source', 'cluster', '--instance', 'web-4')).stderr).toContain(
    '2 alerts would be removed',
  );
  expect(await items(hub.url, 'alerts?limit=500&source=cluster')).toHaveLength(before);
  const deleted = await run('alerts', 'delete', '--source', 'cluster', '--instance', 'web-4', '--yes');
  expect(deleted.stdout).toContain('Removed: 2 alerts, of which 2 fired');
  expect(await items(hub.url, 'alerts?limit=500&source=cluster')).toHaveLength(before - 2);
  expect((await push(hub.url, 'web-4', [wire('cpu')])).json).toMatchObject({ alerts_created: 1 });
  const checked = await run('store', 'check');
  expect([checked.code, checked.stderr]).toEqual([0, '']);
  await hub.stop();
});
