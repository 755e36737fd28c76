import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PrunableTable } from '../../src/stores/contract/housekeeping.ts';
import type { Lease } from '../../src/stores/contract/leases.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, changes, event, identityOf, idOf, incident, save, T, write } from './stored.ts';

// What happened before OLD may go.
const OLD = T + 1_000_000;
const YOUNG = OLD + 1;
// A time that has not come yet.
const AHEAD = 4_000_000_000_000;

/** The contract that every store keeps about retention; `make` gives an empty place. */
export function describeStoreRetention(name: string, make: () => Promise<Place>): void {
  describe(`retention of ${name}`, () => {
    let place: Place;
    let store: Store;
    let lease: Lease;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
      const claimed = await store.claim('retention', 'test', 3_600_000);
      if (claimed === undefined) throw new Error('another holds the lease');
      lease = claimed;
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    /** A whole round over one table in steps of `limit`; how many it removed, and in how many steps. */
    const prune = async (table: PrunableTable, limit = 100) => {
      let [removed, steps, after] = [0, 0, null as string | null];
      do {
        const step = await store.prune(table, OLD, after, limit, lease);
        removed += step.removed;
        steps += 1;
        after = step.after;
      } while (after !== null);
      return { removed, steps };
    };
    const round = async () => {
      const removed = [];
      for (const table of ['events', 'alerts', 'incidents'] as const) removed.push((await prune(table)).removed);
      return removed;
    };
    const alerts = async () => (await store.listAlerts({ limit: 100 })).items.map((one) => one.id).toReversed();
    const incidents = async () => (await store.listIncidents({ limit: 100 })).items.map((one) => one.id).toReversed();
    const kinds = async (id: string) => (await store.history([id], 100)).map(({ kind, at }) => `${kind} ${at - T}`);
    const resolved = (number: number, fields = {}) =>
      alert(number, { status: 'resolved', endedAt: T, receivedAt: T + number, ...fields });

    test('nothing stored, nothing removed', async () => {
      expect(await round()).toEqual([0, 0, 0]);
    });

    describe('alerts', () => {
      test('go when they are resolved and old by the time of the hub, not by that of their sender', async () => {
        const all = [
          resolved(1),
          resolved(2, { receivedAt: YOUNG, endedAt: T - 9_000_000 }),
          resolved(3, { receivedAt: OLD, endedAt: T }),
          alert(4),
          resolved(5, { endedAt: YOUNG + 99 }),
        ];
        await save(store, { alerts: all.map((one) => write('insert', one)) });
        expect(await round()).toEqual([0, 2, 0]);
        expect(await alerts()).toEqual([2, 3, 4].map(idOf));
      });

      test.each(['open', 'acknowledged'] as const)('of an incident that is %s stay', async (status) => {
        const held = incident(7, { status });
        const writes = [resolved(1, { incidentId: idOf(7) }), resolved(2)].map((one) => write('insert', one));
        await save(store, { alerts: writes, incidents: [held] });
        expect(await round()).toEqual([0, 1, 0]);
        expect(await alerts()).toEqual([idOf(1)]);
        await save(store, { incidents: [{ ...held, status: 'resolved', resolvedAt: T }] });
        expect(await round()).toEqual([0, 1, 1]);
      });

      test('of which people have spoken since stay', async () => {
        const writes = [resolved(1), resolved(2)].map((one) => write('insert', one));
        await save(store, { alerts: writes, events: [event(1, { at: YOUNG, kind: 'commented' })] });
        expect(await round()).toEqual([0, 1, 0]);
        expect(await alerts()).toEqual([idOf(1)]);
      });

      test('that come back are new, also to a store that has just seen them', async () => {
        await save(store, { alerts: [write('insert', resolved(1))] });
        const find = () => store.transaction((tx) => tx.findAlerts([identityOf(alert(1))]));
        expect(await find()).toMatchObject([{ id: idOf(1) }]);
        expect((await prune('alerts')).removed).toBe(1);
        expect(await find()).toEqual([undefined]);
        const again = alert(9, { fingerprint: 'check-1' });
        await save(store, { alerts: [write('insert', again)] });
        expect(await store.findAlert(idOf(9))).toEqual(again);
      });

      test('go in steps that look at no more rows than they may, past those that stay', async () => {
        const held = (n: number) => (n <= 5 ? { incidentId: idOf(7) } : {});
        const writes = Array.from({ length: 20 }, (_, n) => write('insert', resolved(n + 1, held(n + 1))));
        await save(store, { alerts: writes, incidents: [incident(7)] });
        expect(await store.prune('alerts', OLD, null, 4, lease)).toMatchObject({
          removed: 0,
          after: expect.any(String),
        });
        expect(await prune('alerts', 4)).toEqual({ removed: 15, steps: 6 });
        expect(await alerts()).toHaveLength(5);
      });
    });

    describe('incidents', () => {
      test('go when they are over, old, and have no alert left', async () => {
        const over = (n: number, fields = {}) => incident(n, { status: 'resolved', resolvedAt: T + n, ...fields });
        await save(store, {
          incidents: [over(1), over(2, { resolvedAt: YOUNG }), incident(3), over(4), over(5, { status: 'closed' })],
          alerts: [write('insert', alert(1, { incidentId: idOf(4) }))],
        });
        expect(await prune('incidents', 1)).toEqual({ removed: 2, steps: 4 });
        expect(await incidents()).toEqual([2, 3, 4].map(idOf));
      });

      test('of which people have spoken since stay', async () => {
        const over = incident(1, { status: 'resolved', resolvedAt: T });
        await save(store, { incidents: [over], events: [event(1, { at: YOUNG, subject: 'incident' })] });
        expect(await round()).toEqual([0, 0, 0]);
        expect(await incidents()).toEqual([idOf(1)]);
      });
    });

    describe('events', () => {
      test('go with age, in the order in which they came', async () => {
        const events = Array.from({ length: 10 }, (_, n) => event(n, { at: n < 7 ? T + n : YOUNG + n, kind: `k${n}` }));
        await save(store, { events });
        expect(await prune('events', 3)).toEqual({ removed: 7, steps: 4 });
        expect((await store.history([idOf(1)], 100)).map(({ kind }) => kind)).toEqual(['k7', 'k8', 'k9']);
        expect(await prune('events', 3)).toEqual({ removed: 0, steps: 1 });
      });

      test('from a hub whose clock is far ahead stay until their time, and hold up nothing behind them', async () => {
        const at = (n: number) => (n < 2 ? T + n : n < 12 ? AHEAD + n : n < 16 ? T + n : YOUNG + n);
        await save(store, { events: Array.from({ length: 24 }, (_, n) => event(n, { at: at(n), kind: `k${n}` })) });
        // Looked at: 0 to 2, three steps ahead of their time, 12 to 17, and 18 to 20 that are young.
        expect(await prune('events', 3)).toEqual({ removed: 6, steps: 7 });
        const left = (await store.history([idOf(1)], 100)).map(({ kind }) => Number(kind.slice(1)));
        expect(left).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23]);
      });

      test('of an alert that fires the newest of each kind stays: it says why that is so', async () => {
        const story = ['opened', 'resolved', 'opened', 'updated', 'updated', 'told'];
        const events = story.flatMap((kind, n) => [1, 2].map((m) => event(n, { subjectId: idOf(m), kind })));
        await save(store, { alerts: [alert(1), resolved(2)].map((one) => write('insert', one)), events });
        expect((await prune('events', 5)).removed).toBe(8);
        expect(await kinds(idOf(1))).toEqual(['resolved 1', 'opened 2', 'updated 4', 'told 5']);
        expect(await kinds(idOf(2))).toEqual([]);
        await save(store, { events: [event(0, { at: YOUNG, kind: 'updated' })] });
        expect((await prune('events')).removed).toBe(1);
      });

      test('of a live incident too', async () => {
        const of = (n: number) => event(n, { subject: 'incident', subjectId: idOf(n), kind: 'opened' });
        const over = incident(2, { status: 'resolved', resolvedAt: T });
        await save(store, { incidents: [incident(1), over], events: [of(1), of(2)] });
        expect(await round()).toEqual([1, 0, 1]);
        expect(await kinds(idOf(1))).toEqual(['opened 1']);
      });
    });

    test('under a lease that is lost nothing is removed', async () => {
      await save(store, { alerts: [write('insert', resolved(1))] });
      await store.release(lease);
      await store.claim('retention', 'another', 3_600_000);
      await expect(store.prune('alerts', OLD, null, 10, lease)).rejects.toHaveProperty('name', 'FencedError');
      expect(await alerts()).toEqual([idOf(1)]);
    });

    test('while alerts come back and others go, none is lost and none is twice', async () => {
      const writes = Array.from({ length: 60 }, (_, n) => write('insert', resolved(n)));
      await save(store, { alerts: writes });
      const refire = (n: number) =>
        store.transaction(async (tx) => {
          const [known] = await tx.findAlerts([identityOf(alert(n))]);
          const next = alert(n, { id: known?.id ?? idOf(1000 + n), receivedAt: YOUNG });
          const mode = known === undefined ? 'insert' : 'update';
          await tx.save(changes({ alerts: [write(mode, next, known?.ref ?? null)] }));
        });
      const refires = Array.from({ length: 30 }, (_, n) => refire(59 - 2 * n));
      await Promise.all([prune('alerts', 7), ...refires]);
      const left = (await store.listAlerts({ limit: 100 })).items;
      expect(left.map((one) => Number(one.fingerprint.slice(6))).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, n) => 2 * n + 1),
      );
      expect(left.every((one) => one.status === 'firing')).toBe(true);
    });
  });
}
