import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/core/alert/alert.ts';
import type { Incident } from '../../src/core/incident/incident.ts';
import { COUNTED_MOST, type Page, type PageQuery } from '../../src/stores/contract/reads.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, idOf, incident, instance, save, T, write } from './stored.ts';

const ATTENTION = { sort: 'attention' } as const;

/** Every item of a list, page by page; `between` runs after each page. */
async function walk<I>(
  list: (query: PageQuery) => Promise<Page<I>>,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<I[]> {
  const items: I[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page<I> = await list({ limit, ...(cursor === '' ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null) await between();
  }
  return items;
}

/** What lists for people show first, and what they are filtered by. */
export function describeStoreAttention(name: string, make: () => Promise<Place>): void {
  describe(`${name}: what it shows people`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const insert = (...alerts: Alert[]) => save(store, { alerts: alerts.map((one) => write('insert', one)) });
    const number = ({ fingerprint }: Pick<Alert, 'fingerprint'>) => Number(fingerprint.slice(6));
    const numbers = async (query: object) =>
      (await store.listAlerts({ limit: 100, ...query })).items.map(number).toSorted((a, b) => a - b);

    /** In the order in which they are to be shown. */
    const ALERTS: readonly Partial<Alert>[] = [
      { severity: 'critical', receivedAt: T + 9 },
      { severity: 'critical', receivedAt: T + 5 },
      { severity: 'critical', receivedAt: T + 5 },
      { severity: 'critical', receivedAt: T + 50, incidentId: idOf(901) },
      { severity: 'critical', receivedAt: T, origin: 'silent' },
      { severity: 'info', receivedAt: T + 60, origin: 'silent' },
      { severity: 'critical', receivedAt: T + 60, origin: 'silent', incidentId: idOf(901) },
      { severity: 'warning', receivedAt: T + 70 },
      { severity: 'warning', receivedAt: T + 3 },
      { severity: 'warning', receivedAt: T + 80, incidentId: idOf(901) },
      { severity: 'info', receivedAt: T + 90, source: 'generic', origin: '' },
      { severity: 'critical', status: 'resolved', endedAt: T, receivedAt: T + 2 },
      { severity: 'critical', status: 'resolved', endedAt: T, receivedAt: T + 1, origin: 'silent' },
      { severity: 'info', status: 'resolved', endedAt: T, receivedAt: T + 95 },
    ];
    /** Written in another order, so that ids do not say what comes first. */
    const insertAll = async () => {
      await save(store, {
        instances: [instance('silent', { silentSince: T })],
        incidents: [incident(901, { status: 'acknowledged' })],
      });
      const order = ALERTS.map((fields, index) => alert(index, fields));
      const last = order[1];
      await insert(...order.filter((one) => one !== last).toReversed());
      if (last !== undefined) await insert(last);
    };

    test.each([1, 2, 5, 13, 14, 100])('alerts by attention, in pages of %d', async (limit) => {
      await insertAll();
      const items = await walk((page) => store.listAlerts({ ...page, ...ATTENTION }), limit);
      expect(items.map(number)).toEqual(ALERTS.map((_, index) => index));
    });

    test('what changes between pages comes once at most, and what does not change comes once', async () => {
      await insertAll();
      let next = 100;
      const items = await walk(
        (page) => store.listAlerts({ ...page, ...ATTENTION }),
        2,
        () => insert(alert(next++, { severity: next % 2 === 0 ? 'critical' : 'info', receivedAt: T + 100 + next })),
      );
      expect(items.map(number)).toEqual(ALERTS.map((_, index) => index));
    });

    test('a page is the same while nothing changes, and its cursor another one once anything of its list has', async () => {
      await insertAll();
      await save(store, { incidents: [incident(1), incident(2, { key: 'k2', changedAt: T + 7 })] });
      const confinement = [{ name: 'source', values: ['cluster'], isNot: false }];
      const cursors = async () => {
        const of = async ({ nextCursor }: Page<unknown>) => Number(nextCursor?.split('.')[0]) - T;
        const alerts = (query: object) => store.listAlerts({ limit: 1, ...ATTENTION, ...query }).then(of);
        return [
          ...[await alerts({}), await alerts({ severity: 'critical' }), await alerts({ status: 'firing' })],
          ...[await alerts({ status: 'unknown' }), await alerts({ confinement })],
          await of(await store.listIncidents({ limit: 1, ...ATTENTION })),
          await of(await store.listIncidents({ limit: 1, ...ATTENTION, status: 'open' })),
        ];
      };
      const before = await cursors();
      expect(before).toEqual([95, 60, 90, 95, 95, 7, 7]);
      expect(await cursors()).toEqual(before);
      await insert(alert(100, { severity: 'info', source: 'generic', origin: '', receivedAt: T + 300 }));
      // Who is confined does not learn of it.
      expect(await cursors()).toEqual([300, 60, 300, 300, 95, 7, 7]);
    });

    test('filters leave the order as it is', async () => {
      await insertAll();
      const shown = async (query: object) =>
        (await store.listAlerts({ limit: 100, ...ATTENTION, ...query })).items.map(number);
      expect(await shown({ status: 'firing' })).toEqual([0, 1, 2, 3, 7, 8, 9, 10]);
      expect(await shown({ status: ['firing', 'unknown'] })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]);
      expect(await shown({ status: ['unknown'] })).toEqual([4, 5, 6, 12]);
      expect(await shown({ severity: ['info', 'warning'] })).toEqual([5, 7, 8, 9, 10, 13]);
      expect(await shown({ source: 'generic' })).toEqual([10]);
      expect(await shown({ changedSince: T + 60 })).toEqual([5, 6, 7, 9, 10, 13]);
    });

    test('a cursor of nothing that there is ends the list', async () => {
      await insert(alert(1));
      for (const cursor of ['', 'x', '1.2.3', `${T}.900.${T}.1`])
        expect(await store.listAlerts({ limit: 5, ...ATTENTION, cursor })).toEqual({ items: [], nextCursor: null });
    });

    const INCIDENTS: readonly Partial<Incident>[] = [
      { changedAt: T + 4 },
      { changedAt: T + 1 },
      { changedAt: T + 90, status: 'acknowledged' },
      { changedAt: T + 2, severity: 'info' },
      { changedAt: T + 80, severity: 'warning' },
      { changedAt: T + 3, severity: 'info' },
      { changedAt: T + 99, status: 'resolved', resolvedAt: T },
      { changedAt: T + 98, status: 'resolved', resolvedAt: T, severity: 'info' },
      { changedAt: T + 99, status: 'closed' },
    ];
    test.each([1, 3, 9, 50])('incidents by attention, in pages of %d', async (limit) => {
      const incidents = INCIDENTS.map((fields, index) => incident(index, { key: `k${index}`, ...fields }));
      await save(store, { instances: [instance('silent', { silentSince: T })], incidents: incidents.toReversed() });
      await insert(
        alert(1, { incidentId: idOf(3), origin: 'silent' }),
        alert(2, { incidentId: idOf(0), origin: 'silent' }),
        alert(3, { incidentId: idOf(0) }),
      );
      const items = await walk((page) => store.listIncidents({ ...page, ...ATTENTION }), limit);
      expect(items.map(({ key }) => key)).toEqual(INCIDENTS.map((_, index) => `k${index}`));
      expect(await store.countIncidents({ limit: 1, status: ['open', 'resolved'] })).toBe(7);
      expect(await store.countIncidents({ limit: 1, changedSince: T + 90 })).toBe(4);
    });

    test('an incident is titled by the worst that fires, else by the worst there was', async () => {
      const labels = { instance: 'db1:9100', instance_id: '' };
      await save(store, { instances: [instance('silent', { silentSince: T })], incidents: [incident(1), incident(2)] });
      await insert(
        alert(1, { incidentId: idOf(1), name: 'Memory usage', origin: 'silent' }),
        alert(2, {
          incidentId: idOf(1),
          name: 'Disk usage',
          severity: 'critical',
          source: 'generic',
          origin: '',
          labels,
        }),
        alert(3, { incidentId: idOf(1), name: 'Load', severity: 'critical', status: 'resolved', endedAt: T }),
        alert(4, { incidentId: idOf(2), name: 'CPU usage', status: 'resolved', endedAt: T, severity: 'info' }),
        alert(5, { incidentId: idOf(2), name: 'Swap', status: 'resolved', endedAt: T }),
      );
      const { items } = await store.listIncidents({ limit: 9 });
      expect(items.map(({ titleNow, unknownCount }) => [titleNow, unknownCount])).toEqual([
        ['Swap on web-1 and 2 more', 0],
        ['Disk usage on db1:9100 and 2 more', 1],
      ]);
      expect(await store.findIncident(idOf(1))).toEqual(items[1]);
      await save(store, { incidents: [incident(3, { title: 'As it was' })] });
      expect(await store.findIncident(idOf(3))).toMatchObject({ titleNow: 'As it was', unknownCount: 0 });
    });

    test('filters with several values', async () => {
      await insert(
        alert(1),
        alert(2, { severity: 'critical', source: 'zabbix', origin: '', labels: {} }),
        alert(3, { severity: 'info', name: '100% of Disk_Usage' }),
        alert(4, { name: '100x of disk usage', origin: 'web-2' }),
      );
      expect(await numbers({ severity: ['critical', 'info'] })).toEqual([2, 3]);
      expect(await numbers({ source: ['zabbix', 'cluster'], severity: 'warning' })).toEqual([1, 4]);
      expect(await numbers({ name: ['CPU usage', '100% of Disk_Usage'] })).toEqual([1, 2, 3]);
      expect(await numbers({ name: '100% of disk_*' })).toEqual([3]);
      expect(await numbers({ name: '*DISK?USAGE' })).toEqual([]);
      expect(await numbers({ name: '*OF DISK*' })).toEqual([3, 4]);
      expect(await numbers({ name: '\\*' })).toEqual([]);
      expect(await numbers({ instanceId: ['web-1', 'web-2'] })).toEqual([1, 3, 4]);
      expect(await numbers({ severity: [] })).toEqual([]);
    });

    test('filters by label', async () => {
      const odd = 'ü "\\\n},"annotations":{"team":"db"} \u0000';
      await insert(
        alert(1, { labels: { team: 'db', env: 'prod' } }),
        alert(2, { labels: { env: 'prod', team: 'db' } }),
        alert(3, { labels: { team: 'dba' }, annotations: { team: 'db' }, metrics: { team: 'db' } }),
        alert(4, { labels: { 'x"team': 'db', 'a,"team': 'db', note: ',"team":"db"', '{"team"': '"db"' } }),
        alert(5, { labels: {}, annotations: { team: 'db' } }),
        alert(6, { labels: { [odd]: odd, team: '' } }),
      );
      const label = (name: string, value: string, isNot = false) => ({ labels: [{ name, value, isNot }] });
      expect(await numbers(label('team', 'db'))).toEqual([1, 2]);
      expect(await numbers(label('team', 'db', true))).toEqual([3, 4, 5, 6]);
      expect(await numbers(label('team', ''))).toEqual([4, 5, 6]);
      expect(await numbers(label('team', '', true))).toEqual([1, 2, 3]);
      expect(await numbers(label(odd, odd))).toEqual([6]);
      expect(await numbers(label('x"team', 'db'))).toEqual([4]);
      expect(await numbers({ labels: [...label('team', 'db').labels, ...label('env', 'prod').labels] })).toEqual([
        1, 2,
      ]);
      expect(await numbers({ labels: [...label('team', 'db').labels, ...label('env', 'dev').labels] })).toEqual([]);
      expect(await store.countAlerts({ limit: 1, ...label('team', 'db') })).toBe(2);
    });

    test('an instance is what pushed, and what the usual labels of other tools name', async () => {
      const from = { source: 'alertmanager', origin: '' };
      await save(store, { incidents: [incident(1), incident(2)] });
      await insert(
        alert(1, { ...from, labels: { instance: 'db1:9100' }, incidentId: idOf(2) }),
        alert(2, { ...from, labels: { instance: 'db2:9100' } }),
        alert(3, { ...from, labels: { host: 'db1:9100' } }),
        alert(4, { ...from, labels: { region: 'db1:9100' } }),
        alert(5, { ...from, labels: {}, annotations: { host: 'db1:9100' } }),
        alert(6, { origin: 'db1:9100', labels: {} }),
        alert(7, { origin: 'web-1', labels: { host: 'db1:9100' } }),
      );
      expect(await numbers({ instanceId: 'db1:9100' })).toEqual([1, 3, 6]);
      const incidents = await store.listIncidents({ limit: 9, instanceId: 'db1:9100' });
      expect(incidents.items.map(({ id }) => id)).toEqual([idOf(2)]);
    });

    test('counts what all pages hold, up to a bound', async () => {
      await insert(...Array.from({ length: 12 }, (_, index) => alert(index, index < 4 ? { severity: 'info' } : {})));
      expect(await store.countAlerts({ limit: 1 })).toBe(12);
      expect(await store.countAlerts({ limit: 1, severity: 'info', cursor: 'x' })).toBe(4);
      expect(COUNTED_MOST).toBeGreaterThan(1000);
    });

    test('ids by their first or last characters', async () => {
      await insert(alert(0xa1), alert(0xb1), alert(0xc2));
      await save(store, { incidents: [incident(0xd1)] });
      expect(await store.findIds('alerts', '00b1', 5)).toEqual([idOf(0xb1)]);
      expect(await store.findIds('alerts', '1', 5)).toEqual([idOf(0xb1), idOf(0xa1)]);
      expect(await store.findIds('alerts', '018bcfe5', 2)).toEqual([idOf(0xc2), idOf(0xb1)]);
      expect(await store.findIds('alerts', '00d1', 5)).toEqual([]);
      expect(await store.findIds('incidents', '00d1', 5)).toEqual([idOf(0xd1)]);
    });
  });
}
