import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Lease } from '../../src/stores/contract/leases.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import { eventually } from './hub.ts';
import type { Place } from './store-contract.ts';
import { alert, changes, claimed, idOf, instance, save, T, write } from './stored.ts';

// Longer than any test takes, on any machine; and gone before anybody can look.
const LONG = 3_600_000;
const GONE = 1;

/** The contract that every store keeps about leases; `make` gives an empty place. */
export function describeStoreLeases(name: string, make: () => Promise<Place>): void {
  describe(`leases of ${name}`, () => {
    let place: Place;
    let store: Store;
    let other: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
      other = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await other.close();
      await place.remove();
    });
    const insert = (by: Store, number: number, fence: Lease) =>
      by.transaction((tx) => tx.save(changes({ alerts: [write('insert', alert(number))] })), fence);
    const stored = async () => (await store.listAlerts({ limit: 9 })).items.map((one) => one.id);

    test('of many that claim at once, one wins', async () => {
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : other).claim('sweep', `hub-${n}`, LONG)),
      );
      expect(claims.filter((lease) => lease !== undefined)).toEqual([
        { work: 'sweep', holder: expect.stringMatching(/^hub-/), number: 1 },
      ]);
      expect(await store.claim('sweep', 'late', LONG)).toBeUndefined();
    });

    test('each work has its own', async () => {
      expect(await store.claim('sweep', 'a', LONG)).toEqual({ work: 'sweep', holder: 'a', number: 1 });
      expect(await other.claim('retention', 'b', LONG)).toEqual({ work: 'retention', holder: 'b', number: 1 });
    });

    test('who has one, and for how long, is told while it has not run out', async () => {
      expect(await store.findLease('sweep')).toBeUndefined();
      const lease = await claimed(store, 'a', LONG);
      const held = await other.findLease('sweep');
      expect(held).toEqual({ ...lease, remainingMs: expect.any(Number) });
      expect(held?.remainingMs).toBeGreaterThan(0);
      expect(held?.remainingMs).toBeLessThanOrEqual(LONG);
      await store.release(lease);
      expect(await other.findLease('sweep')).toBeUndefined();
    });

    test('one that has run out is taken by another, and its holder can do nothing with it', async () => {
      const first = await claimed(store, 'a', GONE);
      const second = await eventually(() => claimed(other, 'b'));
      expect(second).toEqual({ work: 'sweep', holder: 'b', number: 2 });
      expect(await store.renew(first, LONG)).toBe(false);
      await store.release(first);
      await expect(insert(store, 1, first)).rejects.toHaveProperty('name', 'FencedError');
      await insert(other, 2, second);
      expect(await stored()).toEqual([idOf(2)]);
    });

    test('one that has run out is lost though nobody took it', async () => {
      const lease = await claimed(store, 'a', GONE);
      await eventually(async () => expect(await store.renew(lease, GONE)).toBe(false));
      await expect(insert(store, 1, lease)).rejects.toHaveProperty('name', 'FencedError');
      expect(await claimed(store, 'a')).toMatchObject({ number: 2 });
    });

    test('its holder renews it, and it stands', async () => {
      const lease = await claimed(store, 'a', 30_000);
      expect(await store.renew(lease, LONG)).toBe(true);
      expect(await other.claim('sweep', 'b', LONG)).toBeUndefined();
      await insert(store, 1, lease);
      expect(await stored()).toEqual([idOf(1)]);
    });

    test('released, it is there for the next at once, under the next number; the one before is worth nothing', async () => {
      const numbers: number[] = [];
      let before: Lease | undefined;
      for (const [by, holder] of [[store, 'a'] as const, [other, 'b'] as const, [store, 'a'] as const]) {
        const lease = await claimed(by, holder);
        numbers.push(lease.number);
        if (before !== undefined) await expect(insert(by, 9, before)).rejects.toHaveProperty('name', 'FencedError');
        await by.release(lease);
        expect(await by.renew(lease, LONG)).toBe(false);
        before = lease;
      }
      expect(numbers).toEqual([1, 2, 3]);
      expect(await stored()).toEqual([]);
    });

    test('a holder that claims again, as after a restart, has it at once under a new number', async () => {
      const old = await claimed(store, 'a');
      const renewed = await claimed(other, 'a');
      expect(renewed.number).toBe(2);
      await expect(insert(store, 1, old)).rejects.toHaveProperty('name', 'FencedError');
      await insert(other, 2, renewed);
    });

    test('the same number under another name is no lease: it may be of a database that has forgotten', async () => {
      const lease = await claimed(store, 'a');
      await expect(insert(store, 1, { ...lease, holder: 'b' })).rejects.toHaveProperty('name', 'FencedError');
      await expect(insert(store, 1, { ...lease, number: 2 })).rejects.toHaveProperty('name', 'FencedError');
      await expect(insert(store, 1, { ...lease, work: 'else' })).rejects.toHaveProperty('name', 'FencedError');
    });

    test('every write of the work is fenced', async () => {
      const replays = [{ key: 'k', signature: 's', answer: '{}', at: T }];
      await save(store, { instances: [instance('web-1')], replays });
      const lost = await claimed(store, 'a');
      const begun = await store.now();
      expect(await store.heartbeat(begun, lost)).toBe(0);
      await store.release(lost);
      const present = await claimed(other, 'b');
      for (const write of [
        (fence: Lease) => store.heartbeat(begun + LONG, fence),
        (fence: Lease) => store.pruneReplays(T + 1, 9, fence),
      ]) {
        await expect(write(lost)).rejects.toHaveProperty('name', 'FencedError');
      }
      const [untouched] = await store.transaction((tx) => tx.findInstances(['web-1']));
      expect(untouched).toEqual(instance('web-1'));
      expect(await store.heartbeat(begun + LONG, present)).toBeGreaterThan(LONG - 60_000);
      expect(await store.pruneReplays(T + 1, 9, present)).toBe(1);
    });

    test('it cannot be taken between the check and the commit', async () => {
      const lease = await claimed(store, 'a');
      const steps: string[] = [];
      let next: Promise<unknown> = Promise.resolve();
      await store.transaction(async (tx) => {
        // The holder gives its lease up through another connection: that has to wait, or be done before the check.
        next = store.release(lease).then(async () => {
          await claimed(other, 'b');
          steps.push('taken');
        });
        // Time enough for it to get there, if it could.
        for (let turn = 0; turn < 10; turn += 1) await other.now();
        await tx.save(changes({ alerts: [write('insert', alert(1))] }));
        steps.push('saved');
      }, lease);
      await next;
      expect(steps).toEqual(['saved', 'taken']);
    });

    test('the clock of the store goes on', async () => {
      const before = await store.now();
      expect(before).toBeGreaterThan(Date.UTC(2020, 0));
      await eventually(async () => expect(await other.now()).toBeGreaterThan(before));
    });
  });
}
