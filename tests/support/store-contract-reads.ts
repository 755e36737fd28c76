import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/core/alert/alert.ts';
import type { AlertQuery, AlertView, Page, PageQuery } from '../../src/stores/contract/reads.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, claimed, event, identityOf, idOf, incident, instance, save, T, write } from './stored.ts';

/** Every item of a list, page by page; `between` runs after each page. */
async function walk<T>(
  list: (query: PageQuery) => Promise<Page<T>>,
  limit: number,
  between: () => Promise<void> = async () => {},
): Promise<{ items: T[]; pages: number }> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const page: Page<T> = await list({ limit, ...(cursor === null ? {} : { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.nextCursor === null) return { items, pages };
    cursor = page.nextCursor;
    await between();
  }
}

/** The reading half of the contract, and what is kept beside alerts. */
export function describeStoreReads(name: string, make: () => Promise<Place>): void {
  describe(`${name}: what it tells`, () => {
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
    const insert = (...alerts: ReturnType<typeof alert>[]) =>
      save(store, { alerts: alerts.map((one) => write('insert', one)) });
    const numbers = async (query: Omit<AlertQuery, 'limit'>) =>
      (await store.listAlerts({ limit: 100, ...query })).items.map((one) => Number(one.fingerprint.slice(6)));

    describe('pages', () => {
      test.each([1, 3, 4, 7, 12, 13])(
        'of %d hold each alert once, newest first, while others are written',
        async (limit) => {
          await insert(...Array.from({ length: 12 }, (_, index) => alert(index)));
          let next = 100;
          const { items, pages } = await walk(store.listAlerts, limit, async () => void (await insert(alert(next++))));
          expect(items.map((one) => one.id)).toEqual(Array.from({ length: 12 }, (_, index) => idOf(11 - index)));
          expect(pages).toBe(Math.ceil(12 / limit));
        },
      );

      test.each([
        ['newest first', {}],
        ['by attention', { sort: 'attention' }],
      ] as const)('of large alerts end before they hold much more than 1 MiB: %s', async (_, order) => {
        const message = 'ü'.repeat(100_000);
        const sizes = [1, 1, 15, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 15];
        await insert(
          ...sizes.map((size, index) => ({ ...alert(index), annotations: { message: message.repeat(size) } })),
        );
        let largest = 0;
        const list = async (query: PageQuery) => {
          const page = await store.listAlerts({ ...query, ...order });
          const bytes = Buffer.byteLength(JSON.stringify(page.items.map(({ annotations }) => annotations)));
          if (page.items.length > 1) largest = Math.max(largest, bytes);
          return page;
        };
        const { items, pages } = await walk(list, 500);
        expect(items.map((one) => one.id).toSorted()).toEqual(sizes.map((__, index) => idOf(index)).toSorted());
        expect(largest).toBeLessThan(1024 * 1024);
        expect(pages).toBeLessThan(9);
      });

      test('of incidents and instances too', async () => {
        const incidents = Array.from({ length: 5 }, (_, index) => incident(index));
        const instances = ['a', 'b', 'ü', 'web-1', '日本'].map((id) => instance(id));
        await save(store, { incidents, instances });
        expect((await walk(store.listIncidents, 2)).items).toMatchObject(incidents.toReversed());
        const { items } = await walk(store.listInstances, 2);
        expect(items.map((one) => one.instanceId).toSorted()).toEqual(
          instances.map((one) => one.instanceId).toSorted(),
        );
      });

      test('of nothing, and behind the last one', async () => {
        expect(await store.listAlerts({ limit: 5 })).toEqual({ items: [], nextCursor: null });
        await insert(alert(1));
        expect(await store.listAlerts({ limit: 1 })).toMatchObject({ nextCursor: null });
        expect(await store.listAlerts({ limit: 1, cursor: '' })).toEqual({ items: [], nextCursor: null });
      });
    });

    test('filters hold together', async () => {
      await insert(
        alert(1),
        alert(2, { severity: 'critical' }),
        alert(3, { status: 'resolved', endedAt: T }),
        alert(4, { origin: 'web-2', name: "O'Brien; DROP TABLE alerts" }),
        alert(5, { source: 'monitor', incidentId: idOf(9) }),
      );
      expect(await numbers({})).toEqual([5, 4, 3, 2, 1]);
      expect(await numbers({ status: 'firing' })).toEqual([5, 4, 2, 1]);
      expect(await numbers({ status: 'resolved' })).toEqual([3]);
      expect(await numbers({ status: 'unknown' })).toEqual([]);
      expect(await numbers({ severity: 'critical' })).toEqual([2]);
      expect(await numbers({ source: 'monitor' })).toEqual([5]);
      expect(await numbers({ instanceId: 'web-2' })).toEqual([4]);
      expect(await numbers({ name: "O'Brien; DROP TABLE alerts" })).toEqual([4]);
      expect(await numbers({ incidentId: idOf(9) })).toEqual([5]);
      expect(await numbers({ status: 'firing', severity: 'warning', source: 'cluster', instanceId: 'web-1' })).toEqual([
        1,
      ]);
      expect(await numbers({ name: 'cpu usage' })).toEqual([]);
      expect(await numbers({ name: '%' })).toEqual([]);
    });

    test('the alerts of the own machine have no origin, and are those of its instance where that is asked for', async () => {
      await save(store, {
        incidents: [incident(1), incident(2), incident(3)],
        alerts: [
          write('insert', alert(1, { incidentId: idOf(1) })),
          write('insert', alert(2, { source: 'local', origin: '', labels: {}, incidentId: idOf(2) })),
          write('insert', alert(3, { origin: 'web-2', incidentId: idOf(3) })),
        ],
      });
      expect(await numbers({ instanceId: 'web-1', orLocal: true })).toEqual([2, 1]);
      expect(await numbers({ instanceId: 'web-1', orLocal: true, name: 'none' })).toEqual([]);
      expect(await numbers({ instanceId: 'web-1', orLocal: false })).toEqual([1]);
      expect(await numbers({ orLocal: true })).toEqual([3, 2, 1]);
      const incidents = await store.listIncidents({ limit: 9, instanceId: 'web-1', orLocal: true });
      expect(incidents.items.map((one) => one.id)).toEqual([idOf(2), idOf(1)]);
    });

    test('filters of incidents hold together', async () => {
      await save(store, {
        incidents: [incident(1), incident(2, { status: 'resolved', severity: 'info' }), incident(3, { key: 'x' })],
        alerts: [
          write('insert', alert(1, { incidentId: idOf(1) })),
          write('insert', alert(2, { incidentId: idOf(2), origin: 'web-2' })),
          write('insert', alert(3, { incidentId: idOf(2), origin: 'web-2' })),
        ],
      });
      const ids = async (query: object) =>
        (await store.listIncidents({ limit: 9, ...query })).items.map((one) => one.title);
      expect(await ids({ status: 'open' })).toEqual(['Incident 3', 'Incident 1']);
      expect(await ids({ severity: 'info' })).toEqual(['Incident 2']);
      expect(await ids({ instanceId: 'web-2' })).toEqual(['Incident 2']);
      expect(await ids({ instanceId: 'web-2', status: 'open' })).toEqual([]);
      expect(await ids({ instanceId: 'nobody' })).toEqual([]);
    });

    describe('all that fires', () => {
      const pieces = async (limit: number, between: () => Promise<void> = async () => {}) => {
        const found: (readonly AlertView[])[] = [];
        for await (const piece of store.firing(limit)) {
          found.push(piece);
          await between();
        }
        return found;
      };
      const ids = (found: readonly (readonly AlertView[])[]) => found.flat().map(({ id }) => id);

      test('is the newest first, and last what instances pushed that are silent; at most as much as asked', async () => {
        await save(store, { instances: [instance('web-1', { silentSince: T }), instance('web-2')] });
        const resolved = alert(3, { status: 'resolved', endedAt: T });
        await insert(alert(1), alert(2, { origin: 'web-2' }), resolved, alert(4), alert(5, { origin: 'web-2' }));
        expect(ids(await pieces(9))).toEqual([5, 2, 4, 1].map(idOf));
        expect((await pieces(9)).flat().map(({ status }) => status)).toEqual([
          'firing',
          'firing',
          'unknown',
          'unknown',
        ]);
        expect(ids(await pieces(3))).toEqual([5, 2, 4].map(idOf));
        expect(await pieces(0)).toEqual([]);
      });

      test('comes in pieces of some 1 MiB, each alert once, and without those that end meanwhile', async () => {
        const large = (index: number) => ({ annotations: { message: 'ü'.repeat(index === 300 ? 900_000 : 100_000) } });
        const alerts = Array.from({ length: 310 }, (_, index) => alert(index, index < 300 ? {} : large(index)));
        await insert(...alerts);
        const found = await pieces(1000);
        expect(ids(found)).toEqual(alerts.map(({ id }) => id).toReversed());
        const bytes = found.map((piece) => Buffer.byteLength(JSON.stringify(piece.map((one) => one.annotations))));
        expect(found.filter((piece, index) => piece.length > 1 && (bytes[index] ?? 0) > 1024 * 1024)).toEqual([]);
        expect(found.length).toBeLessThan(8);
        const oldest = alert(0, { status: 'resolved', endedAt: T });
        const end = async () => {
          const [known] = await store.transaction((tx) => tx.findAlerts([identityOf(oldest)]));
          await save(store, { alerts: [write('update', oldest, known?.ref ?? null)] });
        };
        expect(ids(await pieces(1000, end))).toEqual(
          alerts
            .slice(1)
            .map(({ id }) => id)
            .toReversed(),
        );
      });
    });

    describe('while an instance is silent', () => {
      beforeEach(async () => {
        await save(store, { instances: [instance('web-1', { silentSince: T }), instance('web-2')] });
        await insert(
          alert(1),
          alert(2, { status: 'resolved', endedAt: T }),
          alert(3, { origin: 'web-2' }),
          alert(4, { source: 'monitor', name: 'Instance silent' }),
        );
      });

      test('what it pushed is neither red nor green; what the hub says of it, and what others pushed, is', async () => {
        const { items } = await store.listAlerts({ limit: 9 });
        expect(items.map((one) => one.status)).toEqual(['firing', 'firing', 'unknown', 'unknown']);
        expect((await store.findAlert(idOf(1)))?.status).toBe('unknown');
        expect(await numbers({ status: 'unknown' })).toEqual([2, 1]);
        expect(await numbers({ status: 'firing' })).toEqual([4, 3]);
        expect(await numbers({ status: 'resolved' })).toEqual([]);
      });

      test('and once it is heard again all is as it was', async () => {
        await save(store, { instances: [instance('web-1')] });
        expect(await numbers({ status: 'unknown' })).toEqual([]);
        expect(await numbers({ status: 'firing' })).toEqual([4, 3, 1]);
        expect(await numbers({ status: 'resolved' })).toEqual([2]);
      });
    });

    test('history: the newest of the subjects asked for, oldest first, numbered upwards', async () => {
      for (let at = 0; at < 4; at += 1) {
        const events = [
          event(at),
          event(at, { subjectId: idOf(2), kind: 'updated' }),
          event(at, { subjectId: idOf(3) }),
        ];
        await save(store, { events });
      }
      const history = await store.history([idOf(1), idOf(2)], 5);
      expect(history.map((one) => [one.at - T, one.kind])).toEqual([
        [1, 'updated'],
        [2, 'opened'],
        [2, 'updated'],
        [3, 'opened'],
        [3, 'updated'],
      ]);
      expect(history.map((one) => one.seq)).toEqual(history.map((one) => one.seq).toSorted((a, b) => a - b));
      expect(await store.history([], 5)).toEqual([]);
    });

    test('texts of every kind and the largest that a request may hold come back as they were', async () => {
      const odd = '日本 😀 \u0001\u001b[31m <b>"\'\\ \u202e \ufffd \u{10ffff}\r\n';
      const long = 'ü'.repeat(512 * 1024);
      const labels = Object.fromEntries([['', odd], ...Array.from({ length: 2000 }, (_, index) => [`l${index}`, odd])]);
      Object.defineProperty(labels, '__proto__', { value: 'own', enumerable: true });
      const metrics = { big: 1.7976931348623157e308, small: 5e-324, whole: 9007199254740991, list: [[[{}]]] };
      const wide = alert(1, {
        name: odd,
        origin: odd,
        fingerprint: odd,
        labels,
        annotations: { message: long },
        metrics,
      });
      const extreme = alert(2, { startedAt: 1, observedAt: 0, endedAt: Date.UTC(9999, 11, 31), occurrences: 2 ** 40 });
      await insert(wide, extreme);
      expect(await store.findAlert(idOf(1))).toEqual(wide);
      expect(await store.findAlert(idOf(2))).toEqual(extreme);
      expect((await store.listAlerts({ limit: 5, name: odd, instanceId: odd })).items).toHaveLength(1);
    });

    test('replays are forgotten by age, no more at once than asked for', async () => {
      const replays = [10, 20, 30, 40].map((at) => ({ key: `k${at}`, signature: 's', answer: '{}', at: T + at }));
      await save(store, { replays });
      const lease = await claimed(store);
      expect(await store.pruneReplays(T + 10, 10, lease)).toBe(0);
      expect(await store.pruneReplays(T + 31, 2, lease)).toBe(2);
      expect(await store.pruneReplays(T + 31, 2, lease)).toBe(1);
      expect(await store.pruneReplays(T + 31, 2, lease)).toBe(0);
      const left = await store.transaction((tx) => tx.findReplays(['k10', 'k20', 'k30', 'k40']));
      expect(left.map((one) => one.key)).toEqual(['k40']);
    });

    test('replays of a hub whose clock is far ahead hold up none behind them', async () => {
      const ahead = [1, 2, 3].map((n) => ({
        key: `ahead ${n}`,
        signature: 's',
        answer: '{}',
        at: 4_000_000_000_000 + n,
      }));
      const old = [1, 2, 3].map((n) => ({ key: `old ${n}`, signature: 's', answer: '{}', at: T + n }));
      for (const replays of [ahead, old]) await save(store, { replays });
      const lease = await claimed(store);
      expect(await store.pruneReplays(T + 10, 2, lease)).toBe(2);
      expect(await store.pruneReplays(T + 10, 2, lease)).toBe(1);
      const left = await store.transaction((tx) => tx.findReplays([...ahead, ...old].map(({ key }) => key)));
      expect(left.map(({ key }) => key).toSorted()).toEqual(['ahead 1', 'ahead 2', 'ahead 3']);
    });

    test('a replay cannot be recorded twice', async () => {
      const replay = { key: 'k', signature: 's', answer: '{}', at: T };
      await save(store, { replays: [replay] });
      await expect(save(store, { replays: [replay] })).rejects.toHaveProperty('code');
    });

    test('the sign of life is remembered, also by who opens it anew: what came before it is no downtime', async () => {
      const first = await claimed(store);
      const begun = await store.now();
      expect(await store.heartbeat(begun, first)).toBe(0);
      const said = await store.now();
      expect(await store.heartbeat(begun, first)).toBe(0);
      await store.release(first);
      await store.close();
      store = await place.open();
      const second = await claimed(store);
      const down = await store.heartbeat(said + 60_000, second);
      expect(down).toBeLessThanOrEqual(60_000);
      expect(down).toBeGreaterThan(0);
      expect(await store.heartbeat(said, second)).toBe(0);
    });

    test('silent instances and alerts that fire of an origin are counted, up to a limit', async () => {
      const quiet = (id: string, silentSince: number | null) => instance(id, { silentSince });
      const of = (n: number, fields: Partial<Alert>) => write('insert', alert(n, fields));
      await save(store, {
        instances: [quiet('a', T), quiet('b', null), quiet('c', T - 5)],
        alerts: [
          of(1, { source: 'cluster', origin: 'web-1', status: 'firing' }),
          of(2, { source: 'cluster', origin: 'web-1', status: 'firing' }),
          of(3, { source: 'cluster', origin: 'web-1', status: 'resolved', endedAt: T }),
          of(4, { source: 'cluster', origin: 'web-2', status: 'firing' }),
          of(5, { source: 'grafana', origin: '', status: 'firing' }),
          of(6, { source: 'zabbix', origin: '', status: 'firing' }),
        ],
      });
      expect(await Promise.all([0, 1, 2, 9].map((limit) => store.countSilent(limit)))).toEqual([0, 1, 2, 2]);
      const firing = (source: string, origin: string, limit = 9) =>
        store.transaction((tx) => tx.countFiring(source, origin, limit));
      expect([await firing('cluster', 'web-1'), await firing('cluster', 'web-1', 1)]).toEqual([2, 1]);
      expect([await firing('grafana', ''), await firing('cluster', ''), await firing('none', 'web-1')]).toEqual([
        1, 0, 0,
      ]);
    });

    test('stale instances: those whose time has come, not yet told, the longest first, at most so many', async () => {
      const quiet = (id: string, staleAt: number, silentSince: number | null = null) =>
        instance(id, { staleAt, silentSince });
      await save(store, { instances: [quiet('a', T), quiet('b', T - 5), quiet('c', T + 1), quiet('d', T - 9, T - 2)] });
      const ids = async (now: number, limit: number) =>
        (await store.staleInstances(now, limit)).map((one) => one.instanceId);
      expect(await ids(T, 10)).toEqual(['b', 'a']);
      expect(await ids(T, 1)).toEqual(['b']);
      expect(await ids(T - 6, 10)).toEqual([]);
      const lease = await claimed(store);
      await store.heartbeat(0, lease);
      const down = await store.heartbeat((await store.now()) + 60_000, lease);
      expect(await ids(T + down - 6, 10)).toEqual([]);
      expect(await ids(T + down - 5, 10)).toEqual(['b']);
      const all = await store.transaction((tx) => tx.findInstances(['a', 'd']));
      expect(all.map((one) => one.staleAt)).toEqual([T + down, T - 9]);
    });

    test('keys', async () => {
      const key = (id: string, fields = {}) => ({
        id,
        instanceId: 'web-1',
        secret: `secret of ${id}`,
        createdAt: T,
        expiresAt: null,
        ...fields,
      });
      await store.createKey(key('k2', { createdAt: T + 1 }));
      await store.createKey(key('k1'));
      await store.createKey(key('k3', { instanceId: 'a', expiresAt: T + 7 }));
      expect(await store.findKey('k1')).toEqual(key('k1'));
      expect(await store.findKey('k9')).toBeUndefined();
      expect((await store.listKeys()).map((one) => one.id)).toEqual(['k3', 'k1', 'k2']);
      await expect(store.createKey(key('k1'))).rejects.toHaveProperty('code');
      expect(await store.expireKey('k1', T + 50)).toBe(true);
      expect(await store.expireKey('k9', T)).toBe(false);
      expect(await store.findKey('k1')).toEqual(key('k1', { expiresAt: T + 50 }));
    });
  });
}
