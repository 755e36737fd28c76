import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { ask, items, request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { firingBody } from '../support/payloads.ts';

// Tools with a form of their own, by maps in monitor.yaml alone; and the dry run beside what a hub makes of the same body.
const BEGAN = '2026-03-29T12:00:00.000Z';
const SOURCES = {
  traffic: {
    map: {
      alerts: '$.data.items',
      identity: '$.key',
      name: "$['what happened']",
      status: '$.lights[0]',
      severity: '$.sev',
      started_at: '$.since',
      ended_at: '$.until',
      message: '$.more.text',
      url: '$.href',
      labels: { host: '$.where.host', team: 'ops' },
      resolved_words: ['Green'],
      firing_words: ['red', 'amber'],
    },
  },
  // Whose "down" is the good news: its own words come before the common ones.
  valves: {
    map: { name: 'Valve', status: '$.is', identity: '$.no', resolved_words: ['down'], firing_words: ['up'] },
  },
  plain: {},
};
const item = (fields: Record<string, unknown> = {}) => ({
  key: 'k-1',
  'what happened': 'Queue is long',
  lights: ['RED', 'green'],
  sev: 'major',
  since: BEGAN,
  more: { text: '900 wait' },
  href: 'https://tool.example/1',
  where: { host: 'mq1' },
  ...fields,
});
const traffic = (...list: unknown[]) => ({ data: { items: list }, lights: ['green'] });

const home: HubHome = makeHubHome({ MONITOR_CHECKERS: '', MONITOR_LIMITS_BURST: '100000' });
let hub: Hub;
beforeAll(async () => {
  writeFileSync(join(home.folder, 'monitor.yaml'), JSON.stringify({ sources: SOURCES }));
  hub = await home.serve();
});
afterAll(async () => {
  const { code, stderr } = await hub.stop();
  await home.remove();
  expect([code, stderr.match(/"level":"(error|fatal)"/)]).toEqual([0, null]);
});

const send = (name: string, body: unknown) =>
  request(`${hub.url}/alerts/webhook/${name}/`, { body: JSON.stringify(body) });

async function attempt(
  name: string,
  body: unknown,
): Promise<Record<string, unknown> & { alerts: Record<string, unknown>[] }> {
  writeFileSync(join(home.folder, 'body.json'), JSON.stringify(body));
  const { stdout } = await home.run(['drivers', 'try', name, 'body.json', '--json']);
  return JSON.parse(stdout);
}

describe('a source with a map', () => {
  test('fires, ends and fires again under its own name', async () => {
    expect((await send('traffic', traffic(item(), item({ key: 'k-2' })))).json).toMatchObject({ alerts_created: 2 });
    const [alert] = await items(hub.url, 'alerts?source=traffic&limit=1');
    const stored = await items(hub.url, 'alerts?source=traffic');
    expect(stored.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(['k-1', 'k-2']);
    expect(alert).toMatchObject({
      source: 'traffic',
      name: 'Queue is long',
      status: 'firing',
      severity: 'critical',
      started_at: BEGAN,
      labels: { host: 'mq1', team: 'ops' },
      annotations: {
        message: '900 wait',
        link: 'https://tool.example/1',
        original_status: 'RED',
        original_severity: 'major',
      },
    });
    const green = item({ lights: ['gReEn'], until: '2026-03-29T13:00:00Z' });
    expect((await send('traffic', traffic(green))).json).toMatchObject({ alerts_resolved: 1 });
    const ended = (await items(hub.url, 'alerts?source=traffic&status=resolved'))[0];
    expect(ended).toMatchObject({ fingerprint: 'k-1', ended_at: '2026-03-29T13:00:00.000Z', severity: 'critical' });
    expect((await send('traffic', traffic(item({ lights: ['amber'] })))).json).toMatchObject({ alerts_created: 0 });
    const { events } = (await ask(hub.url, `alerts/${ended?.id}`)) as { events: Record<string, unknown>[] };
    expect(events.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['opened', 'new'],
      ['resolved', 'resolved'],
      ['opened', 'refired'],
    ]);
  });

  test('its own words come before the common ones, and a constant may stand for a field', async () => {
    expect((await send('valves', { is: 'up', no: 7 })).json).toMatchObject({ alerts_created: 1 });
    expect(await items(hub.url, 'alerts?source=valves')).toMatchObject([
      { name: 'Valve', fingerprint: '7', status: 'firing' },
    ]);
    expect((await send('valves', { is: 'down', no: 7 })).json).toMatchObject({ alerts_resolved: 1 });
  });

  test('a word that nobody knows fires, and stays to be read', async () => {
    await send('valves', { is: 'zorblax', no: 8, severity: 'grumpf' });
    const found = (await items(hub.url, 'alerts?source=valves')).find(({ fingerprint }) => fingerprint === '8');
    expect(found).toMatchObject({
      status: 'firing',
      severity: 'warning',
      annotations: { original_status: 'zorblax', original_severity: 'grumpf' },
    });
  });

  test('one bad alert of a list is named, the others are kept; a body of which nothing can be read is refused', async () => {
    const { status, json } = await send('traffic', traffic(item({ key: 'k-9' }), 'no object', item({ lights: [{}] })));
    expect([status, json]).toMatchObject([200, { status: 'partial', alerts_created: 1 }]);
    expect(json?.errors).toMatchObject([{ path: 'alerts[1]' }, { path: 'alerts[2]' }]);
    for (const body of [{ data: {} }, {}, [], 'text']) expect((await send('traffic', body)).status).toBe(400);
  });

  test('claims nothing that comes without a route', async () => {
    await request(`${hub.url}/alerts/webhook/`, {
      body: JSON.stringify({ title: 'Unrouted', state: 'red', lights: ['red'] }),
    });
    expect(await items(hub.url, 'alerts?name=Unrouted')).toMatchObject([{ source: 'generic' }]);
  });

  test('a name that is not configured is an unknown driver, and the answer lists those that are', async () => {
    const { status, json } = await send('trafic', traffic(item()));
    expect([status, json?.message]).toEqual([400, expect.stringMatching(/^Unknown driver .*plain.*traffic.*valves/)]);
  });
});

describe('monitor drivers', () => {
  test('list names the sources after the drivers, with the secret of generic', async () => {
    const { code, stdout } = await home.run(['drivers', 'list', '--json'], { WEBHOOK_SECRET_GENERIC: 'g'.repeat(16) });
    const listed = (JSON.parse(stdout).items as { name: string; secret_set: boolean }[]).map(({ name, secret_set }) => [
      name,
      secret_set,
    ]);
    expect(code).toBe(0);
    expect(listed.slice(-4)).toEqual([
      ['zabbix', false],
      ['traffic', true],
      ['valves', true],
      ['plain', true],
    ]);
    expect(listed).toContainEqual(['generic', true]);
  });

  test('try tells of a wrong name which ones there are', async () => {
    const { code, stderr } = await home.run(['drivers', 'try', 'trafic', '/dev/null']);
    expect([code, stderr]).toEqual([2, 'monitor: there is no driver "trafic"; did you mean traffic?\n']);
  });

  test('try tells of a wrong map where it is wrong', async () => {
    writeFileSync(join(home.folder, 'wrong.yaml'), 'sources: {x: {map: {nam: $.a, status: "$.a["}}}');
    const { code, stderr } = await home.run(['drivers', 'try', 'x', '/dev/null', '--config', 'wrong.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/sources\.x\.map\.status: \S.*\n.*sources\.x\.map: .*nam/s);
  });

  const OWN: [string, string, unknown][] = [
    ['traffic', 'its own form', traffic(item({ key: 'try-1' }), item({ key: 'try-2', sev: 'zorblax' }))],
    ['valves', 'an unknown word', { is: 'perhaps', no: 'try-3' }],
    ['plain', 'common names', { title: 'Backup failed', host: 'db-try', state: 'CRITICAL', metrics: { hours: 30 } }],
  ];
  const VENDORS = DRIVERS.filter(({ name }) => name !== 'cluster').map((driver): [string, string, unknown] => [
    driver.name,
    'a body of its vendor',
    JSON.parse(firingBody(driver)),
  ]);

  test.each([...OWN, ...VENDORS])('try %s says of %s what the hub stores', async (name, _, body) => {
    const before = (await items(hub.url, `alerts?source=${name}`)).map(({ id }) => id);
    const tried = await attempt(name, body);
    const { status, json } = await send(name, body);
    // What of it matches nothing that is stored, only a hub can say.
    const said = ((json?.remarks ?? []) as string[]).filter((remark) => !/recover/.test(remark));
    expect([tried.status, tried.errors, tried.remarks]).toEqual(['taken', json?.errors ?? [], said]);
    expect(status).toBe(200);
    const stored = (await items(hub.url, `alerts?source=${name}&limit=500`)).filter(({ id }) => !before.includes(id));
    const opened = tried.alerts.filter(({ decision }) => decision === 'open');
    const byPrint = (list: Record<string, unknown>[]) =>
      list.toSorted((a, b) => (String(a.fingerprint) < String(b.fingerprint) ? -1 : 1)).map(same);
    expect(stored.length).toBeGreaterThanOrEqual(1);
    expect(byPrint(stored)).toEqual(byPrint(opened));
    for (const alert of stored) {
      const incident = await ask(hub.url, `incidents/${alert.incident_id}`);
      expect(opened.map(({ incident_key }) => incident_key)).toContain(incident.key);
    }
  });

  /** What the dry run and the store tell alike; times that stand for the arrival differ. */
  function same(alert: Record<string, unknown>): unknown {
    const { fingerprint, name, status, severity, labels, annotations, metrics, started_at: start } = alert;
    const { metrics: _, ...texts } = annotations as Record<string, string>;
    const told = Date.now() - Date.parse(String(start)) > 60_000 ? start : 'the arrival';
    return { fingerprint, name, status, severity, labels, annotations: texts, metrics, start: told };
  }
});
