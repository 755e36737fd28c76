import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Removal } from '../../src/core/removal.ts';
import { type Submission, toQueued } from '../../src/core/submission.ts';
import { commitBatch } from '../../src/pipeline/commit.ts';
import { performRemoval } from '../../src/pipeline/remove.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { claimed, idOf, instance, save, T } from './stored.ts';
import { incoming, submission } from './world.ts';

/** What removal needs of a store. */
export function describeStoreRemoval(name: string, make: () => Promise<Place>): void {
  describe(`${name}: removal`, () => {
    let place: Place;
    let store: Store;
    let ids: number;
    const policy = {
      ...{ groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000, now: () => T + 60_000 },
      newId: () => idOf(ids++),
    };
    beforeEach(async () => {
      ids = 0;
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const commit = (...submissions: Submission[]) => commitBatch(store, submissions.map(toQueued), policy);
    const of = (origin: string, ...names: string[]): Submission => ({
      ...submission(
        0,
        names.map((one) => ({ ...incoming(one, 'firing', 'warning'), groupKey: `instance:${origin}` })),
      ),
      origin,
    });
    const remove = (what: { kind: 'alerts'; ids: string[] } | { kind: 'instances'; instanceIds: string[] }) =>
      performRemoval(store, { actor: 'api', by: 'alice', reason: 'asked', ...what } as Removal, policy);
    const all = async () => (await store.listAlerts({ limit: 100 })).items;
    const open = async () =>
      (await store.listIncidents({ limit: 100 })).items.filter(({ status }) => status === 'open').length;
    const events = async (subject: string) =>
      (await store.history([subject], 9)).map(({ kind, reason, actor }) => `${kind} ${reason} ${actor}`);

    test('alerts are ended, then removed with their events; others stay, and what was removed can fire anew', async () => {
      await commit(of('web-1', 'cpu', 'disk'), of('web-2', 'cpu'));
      const gone = (await all()).filter(({ origin }) => origin === 'web-1').map(({ id }) => id);
      expect(await remove({ kind: 'alerts', ids: [...gone, idOf(999), ...gone] })).toMatchObject({
        removed: 2,
        ended: 2,
      });
      expect((await all()).map(({ origin }) => origin)).toEqual(['web-2']);
      expect(await store.history(gone, 9)).toEqual([]);
      expect(await events('web-1')).toEqual(['alerts_deleted asked api']);
      await commit(of('web-1', 'cpu'));
      expect(await all()).toHaveLength(2);
      expect(await remove({ kind: 'alerts', ids: gone })).toMatchObject({ removed: 0, ended: 0, seq: null });
    });

    test('an instance that is forgotten is not there, what fires of it has ended, and so has its incident', async () => {
      await save(store, { instances: [instance('web-1'), instance('web-2')] });
      await commit(of('web-1', 'cpu', 'disk'), of('web-2', 'load'));
      const before = await open();
      const done = await remove({ kind: 'instances', instanceIds: ['web-1', 'nosuch'] });
      expect(done).toMatchObject({ removed: 1, ended: 2 });
      const { items } = await store.listInstances({ limit: 9 });
      expect(items.map(({ instanceId }) => instanceId)).toEqual(['web-2']);
      expect((await all()).map(({ origin, status }) => `${origin} ${status}`).toSorted()).toEqual([
        'web-1 resolved',
        'web-1 resolved',
        'web-2 firing',
      ]);
      expect(await open()).toBeLessThan(before);
      expect(await events('web-1')).toEqual(['forgotten asked api']);
      expect(await store.transaction((tx) => tx.findInstances(['web-1']))).toEqual([]);
    });

    test('what nobody has told of for long is found: instances, alerts that fire, and keys', async () => {
      await save(store, {
        instances: [
          instance('old', { silentSince: T - 50, lastSeenAt: T - 60 }),
          instance('late', { silentSince: T + 50, lastSeenAt: T - 60 }),
          instance('here', { silentSince: null, lastSeenAt: T - 60 }),
        ],
      });
      expect([await store.longSilent(T, 9), await store.longSilent(T, 0)]).toEqual([['old'], []]);
      await commit(of('web-1', 'cpu'));
      const [alert] = await all();
      const seen = alert?.lastSeenAt ?? 0;
      expect([await store.abandonedAlerts(seen, 9), await store.abandonedAlerts(seen + 1, 9)]).toEqual([
        [],
        [alert?.id],
      ]);
      const key = (id: string, expiresAt: number | null) => ({
        id,
        instanceId: 'a',
        secret: 's'.repeat(20),
        createdAt: T,
        expiresAt,
      });
      for (const one of [key('k1', T - 1), key('k2', T + 1), key('k3', null)]) await store.createKey(one);
      expect(await store.pruneKeys(T, 9, await claimed(store))).toBe(1);
      expect((await store.listKeys()).map(({ id }) => id).toSorted()).toEqual(['k2', 'k3']);
    });
  });
}
