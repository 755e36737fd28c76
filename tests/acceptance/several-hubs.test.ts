import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runHubs } from '../../bench/torture/hubs/run.ts';
import { type Answered, ask, bodyOf, both, items, PUSH_PATH, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

/** An instance is silent soon: only where that is what is tried, for on a busy machine everything takes longer. */
const SOON = { MONITOR_CLUSTER_STALE_AFTER: '3s' };

describe('hubs on one database', () => {
  let server: SharedPostgres;
  let url: string;
  let home: HubHome;
  beforeAll(async () => {
    server = await sharedPostgres();
  });
  afterAll(() => server?.dropAll());
  beforeEach(async () => {
    url = await server.createDatabase();
    home = makeHubHome({ DATABASE_URL: url });
  });
  afterEach(() => home.remove());

  const serve = (name: string, env: Record<string, string> = {}) => home.serve({ INSTANCE_ID: name, ...env });
  /** Who holds the lease of the sweep: the name of the hub, and the number of the lease. */
  const holder = async (): Promise<[string | undefined, number]> => {
    const [row] = await server.query(`SELECT holder, number FROM leases WHERE work = 'sweep' AND until > 0`, url);
    return [String(row?.holder).split(' ')[0], Number(row?.number)];
  };
  const count = (one: Answered, field: string) => Number(one.json?.[field]);

  test('the same alert at both at the same moment is one alert, told once', async () => {
    const [a, b] = await Promise.all([serve('hub-a'), serve('hub-b')]);
    for (let round = 0; round < 15; round += 1) {
      const alerts = [wire(`cpu-${round}`), wire(`disk-${round}`)];
      const answers = await Promise.all([a, b, a, b].map((hub) => push(hub.url, 'web-1', alerts)));
      expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200]);
      expect(answers.reduce((sum, one) => sum + count(one, 'alerts_created'), 0)).toBe(2);
    }
    const alerts = await items(b.url, 'alerts?limit=100&source=cluster');
    expect(alerts).toHaveLength(30);
    for (const { id } of alerts) {
      expect(((await ask(a.url, `alerts/${id}`)) as { events: unknown[] }).events).toHaveLength(1);
    }
    expect(await items(a.url, 'incidents')).toMatchObject([{ alert_count: 30, firing_count: 30, status: 'open' }]);
  });

  test('the same submission at both at the same moment is taken once, and answered alike', async () => {
    const [a, b] = await Promise.all([serve('hub-a'), serve('hub-b')]);
    for (let round = 0; round < 15; round += 1) {
      const body = bodyOf('web-1', wire('cpu', { observed_at: new Date().toISOString() }));
      const headers = both(body);
      const answers = await Promise.all([a, b].map((hub) => request(hub.url + PUSH_PATH, { body, headers })));
      expect(answers.map((one) => [one.status, one.text])).toEqual([
        [200, answers[1]?.text],
        [200, answers[0]?.text],
      ]);
      const again = await request(b.url + PUSH_PATH, { body, headers });
      expect([again.status, again.text]).toEqual([200, answers[0]?.text]);
    }
    expect(await items(a.url, 'alerts?source=cluster')).toMatchObject([{ occurrences: 15 }]);
  });

  test('a firing at one and its end at the other, in either order of arrival', async () => {
    const [a, b] = await Promise.all([serve('hub-a'), serve('hub-b')]);
    const seen = (at: number) => ({ observed_at: new Date(Date.now() - 60_000 + at).toISOString() });
    await push(a.url, 'web-1', [wire('cpu', seen(1))]);
    await push(b.url, 'web-1', [wire('cpu', { status: 'resolved', ...seen(2000) })]);
    await push(a.url, 'web-1', [wire('cpu', { status: 'resolved', ...seen(4000) })]);
    const late = await push(b.url, 'web-1', [wire('cpu', seen(3000))]);
    expect([late.status, count(late, 'alerts_updated')]).toEqual([200, 0]);
    expect(await items(b.url, 'alerts?source=cluster')).toMatchObject([{ status: 'resolved' }]);
    expect(await items(a.url, 'incidents')).toMatchObject([{ status: 'resolved', firing_count: 0 }]);
  });

  test('one of them sweeps; when it is paused the other takes over, and it does no harm when it wakes', async () => {
    const hubs = new Map<string, Hub>([
      ['hub-a', await serve('hub-a', SOON)],
      ['hub-b', await serve('hub-b', SOON)],
    ]);
    const [first = '', number] = await eventually(holder);
    const sweeping = hubs.get(first);
    const [[second, waiting] = ['', undefined]] = [...hubs].filter(([name]) => name !== first);
    if (sweeping === undefined || waiting === undefined) throw new Error(`nobody called ${first} was started`);
    await push(sweeping.url, 'web-1', [wire('cpu')]);
    sweeping.child.kill('SIGSTOP');
    await eventually(async () => expect(await holder()).toEqual([second, number + 1]));
    const silence = await eventually(async () => {
      const [alert] = await items(waiting.url, 'alerts?source=monitor');
      expect(alert).toMatchObject({ name: 'Instance silent', status: 'firing' });
      return alert;
    });
    sweeping.child.kill('SIGCONT');
    await eventually(async () => expect((await request(`${sweeping.url}/readyz`)).status).toBe(200));
    // Both look several times; the one that woke up cannot tell it again, nor take the lease back.
    for (let push_ = 0; push_ < 8; push_ += 1) await push(sweeping.url, 'web-2', [wire('disk')]);
    expect(await holder()).toEqual([second, number + 1]);
    const { events } = (await ask(sweeping.url, `alerts/${silence?.id}`)) as { events: unknown[] };
    expect(events).toHaveLength(1);

    // Asked to stop, it hands over at once.
    expect((await waiting.stop()).code).toBe(0);
    await eventually(async () => expect(await holder()).toEqual([first, number + 2]));
    expect((await sweeping.stop()).code).toBe(0);
    expect(await server.query(`SELECT until FROM leases WHERE work = 'sweep'`, url)).toEqual([{ until: '0' }]);
  });

  test('a silence that one of them has answered is obeyed whichever of them hears of the alert', async () => {
    // Nobody listens there: what is tried all the same fails, and is explained so.
    const env = { MONITOR_NOTIFY_URL: 'http://127.0.0.1:9/hook', MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' };
    const hubs = [await serve('hub-a', env), await serve('hub-b', env)] as const;
    for (let round = 0; round < 6; round += 1) {
      const [one, other] = round % 2 === 0 ? hubs : [hubs[1], hubs[0]];
      const silence = { matchers: [`instance_id=web-${round}`], for: '1h', by: 'ann', comment: 'why' };
      const json = { 'content-type': 'application/json' };
      const made = await request(`${one.url}/api/v1/silences`, { body: JSON.stringify(silence), headers: json });
      expect(made.status).toBe(201);
      await push(other.url, `web-${round}`, [wire('cpu', { severity: 'critical' })]);
      const [alert] = await items(other.url, `alerts?instance_id=web-${round}`);
      await eventually(async () => {
        const explained = await ask(one.url, `explanations/${alert?.id}`);
        expect(explained).toMatchObject({ untold: { reason: 'silenced', by: made.json?.id }, told: false });
      });
    }
  });

  test('a key that is made or ended counts at every hub at once', async () => {
    const [a, b] = await Promise.all([serve('hub-a'), serve('hub-b')]);
    const { stdout } = await home.run(['keys', 'create', 'web-1', '--json']);
    const { id, key } = JSON.parse(stdout) as { id: string; key: string };
    const signing = { key: id, secret: key.split('.')[1] ?? '' };
    const statuses = async () =>
      (await Promise.all([a, b].map((hub) => push(hub.url, 'web-1', [], signing)))).map((one) => one.status);
    expect(await statuses()).toEqual([200, 200]);
    expect((await home.run(['keys', 'revoke', id])).code).toBe(0);
    expect(await statuses()).toEqual([403, 403]);
  });
});

// A quarter of what `npm run torture -- --hubs 3 --seconds 60` does, which takes any seed.
test.each([[7]])('three hubs, killed and paused, their database restarted: seed %i', async (seed) => {
  const { differences, text } = await runHubs({ seed, hubs: 3, seconds: 15, firstPort: 26_000 });
  expect({ differences, text }).toEqual({ differences: [], text });
});
