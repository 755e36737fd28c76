import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { closedPort, startServer, type TestServer } from '../support/look-world.ts';

const IDS = ['p1', 'p2', 'p3', 'p4', 'p5'] as const;
type Id = (typeof IDS)[number];
const tokenOf = (id: Id) => `${id}-token-of-a-probe`;
const regionOf = (id: Id) => (id < 'p4' ? 'eu' : 'us');

let target: TestServer;
let proxy: CutProxy;
let euProxy: CutProxy;
let home: HubHome;
let probeHome: HubHome;
let hub: Hub;
const probes = new Map<Id, Hub>();

const ALERTS = 'alerts: [{failure_threshold: 1, success_threshold: 1}]';
const config = (endpoints: readonly string[]) =>
  [
    'endpoints:',
    ...endpoints.map((one) => `  - {${one}, interval: 1s, timeout: 3s, ${ALERTS}}`),
    'probes:',
    ...IDS.map(
      (id) => `  - {id: ${id}, name: "Probe ${id}", token: ${tokenOf(id)}, region: ${regionOf(id)}, stale_after: 5s}`,
    ),
  ].join('\n');
const web = () =>
  `name: web, group: core, url: "http://127.0.0.1:${proxy.port}/", conditions: ["[STATUS] == 200"], monitored_by: [${IDS}], strategy: majority-down`;
const any = () => `name: any, url: "tcp://127.0.0.1:${target.port}", monitored_by: [${IDS}], strategy: any-down`;
const eu = () => `name: eu, url: "http://127.0.0.1:${euProxy.port}/", regions: [eu], quorum: 2`;

const ask = async (path: string) => (await fetch(`${hub.url}${path}`)).json();
interface Shown {
  readonly name: string;
  readonly status: string;
  readonly annotations: Readonly<Record<string, string>>;
}
const firing = async () => {
  const { items } = (await ask('/api/v1/alerts?status=firing&limit=500')) as { readonly items: readonly Shown[] };
  return new Map(items.map((one) => [one.name, one.annotations]));
};
const badge = async (key: string) =>
  ((await ask(`/api/v1/endpoints/${key}/health/badge.shields`)) as { readonly message: string }).message;
/** Waits until these endpoints and probes fire, and no others. */
const fires = (...names: readonly string[]) =>
  eventually(async () => {
    const found = await firing();
    expect([...found.keys()].toSorted()).toEqual(names.toSorted());
    return found;
  });
const start = async (id: Id, env: Record<string, string> = {}) => {
  const probe = await probeHome.serve({
    ...{ MONITOR_MODE: 'probe', MONITOR_PEER_URL: hub.url, MONITOR_NODE_ID: id, MONITOR_PROBE_TOKEN: tokenOf(id) },
    ...{ MONITOR_NODE_REGION: `${regionOf(id)}-1`, MONITOR_PROBE_REFRESH: '1s', MONITOR_PROBE_PORT: '0', ...env },
  });
  probes.set(id, probe);
};
const running = (id: Id) => probes.get(id) ?? hub;
const restart = async (id: Id, env: Record<string, string> = {}) => {
  expect((await running(id).stop()).code).toBe(0);
  await start(id, env);
};

beforeAll(async () => {
  target = await startServer(createServer((_, response) => response.end('ok')));
  [proxy, euProxy] = [await startCutProxy(target.port), await startCutProxy(target.port)];
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
  probeHome = makeHubHome();
  writeFileSync(join(home.folder, 'monitor.yaml'), config([web(), any(), eu()]));
  hub = await home.serve();
  await Promise.all(IDS.map((id) => start(id)));
});
afterAll(async () => {
  await Promise.all([home.remove(), probeHome.remove(), proxy.close(), euProxy.close()]);
  await target.close();
});

test('five probes in two regions look at what is assigned to them, and say who they are', async () => {
  await eventually(async () => {
    const { items } = (await ask('/api/v1/probes')) as { readonly items: readonly object[] };
    expect(items).toMatchObject(
      IDS.map((id) => ({
        ...{ id, region: `${regionOf(id)}-1`, version: expect.stringMatching(/^\d/), is_stale: false },
        ...{ assigned: regionOf(id) === 'eu' ? 3 : 2, clock_offset_ms: 0 },
      })),
    );
    expect([await badge('core_web'), await badge('_any'), await badge('_eu')]).toEqual(['up', 'up', 'up']);
  });
  const run = async (...words: string[]) => (await home.run(words, { MONITOR_URL: hub.url, COLUMNS: '120' })).stdout;
  // A verdict needs no word of the last probe: that comes when it has looked.
  const says = (pattern: RegExp, ...words: string[]) =>
    eventually(async () => expect(await run(...words)).toMatch(pattern));
  await says(/^name +Probe p5$.*^core\/web +up /ms, 'probes', 'show', 'p5');
  await says(/^STATE .*^up +core\/web .* p1 up, p2 up, p3 up, p4 up,/ms, 'endpoints');
  await says(/^votes +0 of 3 down, 2 needed \(2 of 3\)$.*^p3 +eu +up /ms, 'endpoints', 'show', 'eu');
  expect(await run('endpoints', 'report', '--output', 'csv')).toMatch(
    /^key,name,group,state,uptime,.*^_any,any,,up,1,/ms,
  );
  const health = async (path: string) => (await fetch(`${running('p1').url}${path}`)).status;
  expect([await health('/healthz'), await health('/readyz'), await health('/')]).toEqual([200, 200, 404]);
});

test('a cut takes down what is behind it and nothing else, a delay beyond the timeout does, too, and both end', async () => {
  proxy.cut();
  await eventually(async () => {
    const found = await firing();
    expect([...found.keys()]).toEqual(['core/web']);
    expect(found.get('core/web')?.witnesses?.match(/ down/g)?.length).toBeGreaterThanOrEqual(3);
  });
  proxy.mend();
  await fires();
  euProxy.delay(60_000);
  await fires('eu');
  euProxy.mend();
  await fires();
});

test('a probe whose own network is broken takes nobody down: it abstains, or is outvoted', async () => {
  // Nothing on this machine can be reached by them.
  const broken = { MONITOR_ENDPOINTS_PRIVATE: '0' };
  await restart('p5', { ...broken, MONITOR_PROBE_CONTROLS: `tcp://127.0.0.1:${target.port}` });
  await eventually(async () => {
    const { results } = (await ask('/api/v1/endpoints/_any/statuses?pageSize=20')) as {
      readonly results: readonly object[];
    };
    expect(JSON.stringify(results)).toContain('"success":false');
  });
  await fires();
  await restart('p4', broken);
  const found = await fires('any');
  expect(found.get('any')?.witnesses).toMatch(/^p1 up; p2 up; p3 up; p4 down \(.*\); p5 abstains$/);
  expect(await badge('core_web')).toBe('up');
  await Promise.all([restart('p4'), restart('p5')]);
  await fires();
});

test('a probe that is paused or killed raises an alert and testifies no more, and its return ends that', async () => {
  running('p1').child.kill('SIGSTOP');
  await running('p2').kill();
  await fires('Probe p1 is silent', 'Probe p2 is silent');
  proxy.cut();
  euProxy.cut();
  const found = await fires('Probe p1 is silent', 'Probe p2 is silent', 'core/web');
  expect(found.get('core/web')?.witnesses).toMatch(/^p1 silent; p2 silent; p3 (down|up)/);
  // Two of three have to say it, and one is left that testifies.
  await eventually(async () => expect(await badge('_eu')).toBe('?'));
  proxy.mend();
  euProxy.mend();
  running('p1').child.kill('SIGCONT');
  await start('p2');
  await fires();
  await eventually(async () => expect(await badge('_eu')).toBe('up'));
});

test('assignments change while all run, and a hub that is killed meanwhile neither forgets nor fires twice', async () => {
  const gone = `name: gone, url: "tcp://127.0.0.1:${await closedPort()}", monitored_by: [p1, p4], quorum: 2`;
  writeFileSync(join(home.folder, 'monitor.yaml'), config([web(), gone, eu()]));
  hub.child.kill('SIGHUP');
  await fires('gone');
  await eventually(async () => {
    const { items } = (await ask('/api/v1/probes')) as { readonly items: readonly { readonly assigned: number }[] };
    expect(items.map(({ assigned }) => assigned)).toEqual([3, 2, 2, 2, 1]);
  });
  proxy.cut();
  await fires('core/web', 'gone');
  const { port } = new URL(hub.url);
  await hub.kill();
  hub = await home.serve({ MONITOR_PORT: port });
  await fires('core/web', 'gone');
  proxy.mend();
  await fires('gone');
  const { items } = (await ask('/api/v1/alerts?name=gone')) as { readonly items: readonly { readonly id: string }[] };
  const events = (await ask('/api/v1/events?kind=opened&limit=500')) as {
    readonly items: readonly { readonly subject: string }[];
  };
  const isOfIt = (event: { readonly subject: string }) =>
    event.subject === 'alert' && JSON.stringify(event).includes(items[0]?.id ?? 'no such alert');
  const opened = events.items.filter(isOfIt);
  expect([items.length, opened.length]).toEqual([1, 1]);
});

test('a probe ends when it is asked to, also while its hub is away', async () => {
  await hub.kill();
  const ends = await Promise.all(IDS.map((id) => running(id).stop()));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
});
