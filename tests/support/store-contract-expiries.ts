import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/core/alert/alert.ts';
import type { AlertWrite } from '../../src/stores/contract/ingest.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, identityOf, idOf, save, T, write } from './stored.ts';

const NO_GRACE = { before: 0, until: 0 };

/** The contract that every store keeps about alerts that end by themselves; `make` gives an empty place. */
export function describeStoreExpiries(name: string, make: () => Promise<Place>): void {
  describe(`expiries of ${name}`, () => {
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
    const open = async (one: Alert) => {
      await save(store, { alerts: [{ ...write('insert', one), checkAt: one.expiresAt }] });
    };
    const rewrite = async (mode: AlertWrite['mode'], one: Alert, checkAt: number | null = null) => {
      const [known] = await store.transaction((tx) => tx.findAlerts([identityOf(one)]));
      await save(store, { alerts: [{ ...write(mode, one, known?.ref ?? null), checkAt }] });
    };
    const due = async (now: number, grace = NO_GRACE, limit = 10) => {
      const { alerts, more } = await store.dueExpiries(now, grace, limit);
      return { ids: alerts.map((one) => one.id), more };
    };

    test('an alert is due from its expiry on, whole, until it has resolved', async () => {
      const one = alert(1, { expiresAt: T + 100 });
      await open(one);
      await open(alert(2));
      expect(await due(T + 99)).toEqual({ ids: [], more: false });
      for (let round = 0; round < 2; round += 1) {
        expect(await store.dueExpiries(T + 100, NO_GRACE, 10)).toEqual({ alerts: [one], more: false });
        expect(await store.findAlert(one.id)).toEqual(one);
        await store.close();
        store = await place.open();
      }
      await rewrite('update', { ...one, status: 'resolved', endedAt: T + 100, expiresAt: null });
      expect(await due(T + 100)).toEqual({ ids: [], more: false });
    });

    test('a repeat moves it, and the look goes on to where it then stands', async () => {
      const one = alert(1, { expiresAt: T + 100 });
      await open(one);
      await rewrite('refresh', { ...one, expiresAt: T + 200 });
      const [known] = await store.transaction((tx) => tx.findAlerts([identityOf(one)]));
      expect(known).toMatchObject({ expiresAt: T + 200 });
      for (const at of [100, 150, 199]) expect((await due(T + at)).ids).toEqual([]);
      expect((await due(T + 200)).ids).toEqual([idOf(1)]);
    });

    test('an expiry that comes earlier, or again after a resolve, is seen in time', async () => {
      const one = alert(1, { expiresAt: T + 10_000 });
      await open(one);
      await rewrite('refresh', { ...one, expiresAt: T + 100 }, T + 100);
      expect((await due(T + 100)).ids).toEqual([idOf(1)]);
      await rewrite('update', { ...one, status: 'resolved', expiresAt: null });
      expect((await due(T + 100)).ids).toEqual([]);
      await rewrite('update', { ...one, expiresAt: T + 300 }, T + 300);
      expect((await due(T + 299)).ids).toEqual([]);
      expect((await due(T + 300)).ids).toEqual([idOf(1)]);
    });

    test('one that does not expire any more is forgotten', async () => {
      const one = alert(1, { expiresAt: T + 100 });
      await open(one);
      await rewrite('refresh', { ...one, expiresAt: null });
      expect((await due(T + 100)).ids).toEqual([]);
      expect((await due(T + 9_999_999)).ids).toEqual([]);
    });

    test('who could not be heard while no hub was up has the grace, others do not', async () => {
      await open(alert(1, { expiresAt: T + 100, lastSeenAt: T }));
      await open(alert(2, { expiresAt: T + 100, lastSeenAt: T + 60 }));
      const grace = { before: T + 50, until: T + 500 };
      expect((await due(T + 100, grace)).ids).toEqual([idOf(2)]);
      expect((await due(T + 499, grace)).ids).toEqual([idOf(2)]);
      expect((await due(T + 500, grace)).ids.toSorted()).toEqual([idOf(1), idOf(2)]);
    });

    test('what alerts hold is found by their handles, in the order asked for', async () => {
      const labels = { __proto__x: 'y', a: 'b' };
      for (const one of [alert(1), alert(2, { labels, annotations: {}, metrics: {} })]) await open(one);
      const contents = await store.transaction(async (tx) => {
        const found = await tx.findAlerts([alert(2), alert(1)].map(identityOf));
        expect(await tx.findContents([])).toEqual([]);
        return tx.findContents(found.map((one) => one?.ref ?? -1));
      });
      const { labels: first, annotations, metrics } = alert(1);
      expect(contents).toEqual([
        { labels, annotations: {}, metrics: {} },
        { labels: first, annotations, metrics },
      ]);
    });

    test('many are given a few at a time, the longest due first', async () => {
      for (const number of [3, 1, 2]) await open(alert(number, { expiresAt: T + number }));
      expect(await due(T + 10, NO_GRACE, 2)).toEqual({ ids: [idOf(1), idOf(2)], more: true });
      expect(await due(T + 10, NO_GRACE, 4)).toEqual({ ids: [idOf(1), idOf(2), idOf(3)], more: false });
    });
  });
}
