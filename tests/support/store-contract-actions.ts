import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expireAcknowledgements, performAction } from '../../src/pipeline/act.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, changes, claimed, event, idOf, incident, save, T, write } from './stored.ts';

/** What actions need of a store. */
export function describeStoreActions(name: string, make: () => Promise<Place>): void {
  describe(`${name}: actions`, () => {
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
    const record = (id: string, at = T) => ({ id, digest: 'ab', result: '{"outcome":"done"}', at });
    const find = (id: string) => store.transaction((tx) => tx.findAction(id));

    test('what people did about an incident is kept, and taken back', async () => {
      const busy = incident(1, {
        ...{ status: 'acknowledged', acknowledgedAt: T + 1, acknowledgedBy: 'alice', acknowledgedUntil: T + 8 },
        ...{ assignee: 'bob', shelvedUntil: T + 9, shelvedBy: '' },
      });
      await save(store, { incidents: [busy] });
      expect(await store.findIncident(idOf(1))).toMatchObject(busy);
      await save(store, { incidents: [incident(1)] });
      expect(await store.findIncident(idOf(1))).toMatchObject(incident(1));
    });

    test('an action is found by its id', async () => {
      await store.transaction((tx) => tx.saveAction(record('one "with" \\ signs')));
      expect(await find('one "with" \\ signs')).toEqual(record('one "with" \\ signs'));
      expect(await find('another')).toBeUndefined();
    });

    test('actions of long ago are forgotten, the oldest first', async () => {
      await store.transaction(async (tx) => {
        for (const [id, at] of [
          ['old', T],
          ['older', T - 1],
          ['new', T + 5],
        ] as const)
          await tx.saveAction(record(id, at));
      });
      const lease = await claimed(store);
      expect(await store.pruneActions(T + 5, 1, lease)).toBe(1);
      expect(await find('older')).toBeUndefined();
      expect(await store.pruneActions(T + 5, 10, lease)).toBe(1);
      expect(await find('new')).toBeDefined();
    });

    test('finds the alerts of an incident that fire, whole', async () => {
      const alerts = [
        alert(1, { incidentId: idOf(9) }),
        alert(2, { incidentId: idOf(9), status: 'resolved', endedAt: T }),
        alert(3, { incidentId: idOf(8) }),
        alert(4, { incidentId: idOf(9), source: 'zabbix', origin: '' }),
      ];
      await save(store, { alerts: alerts.map((one) => write('insert', one)) });
      const found = await store.transaction((tx) => tx.findFiringOf(idOf(9)));
      expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([alerts[0], alerts[3]]);
    });

    test('acknowledgements whose time is over end once, with the history, and who had them stays known', async () => {
      const acked = (n: number, until: number | null, fields = {}) =>
        incident(n, {
          status: 'acknowledged',
          acknowledgedAt: T,
          acknowledgedBy: `a${n}`,
          acknowledgedUntil: until,
          ...fields,
        });
      const over = { status: 'resolved', resolvedAt: T } as const;
      await save(store, {
        incidents: [acked(1, T + 5), acked(2, T + 6), acked(3, null), acked(4, T + 1), acked(5, T, over)],
      });
      const lease = await claimed(store);
      expect(await expireAcknowledgements(store, T + 5, 1, lease)).toMatchObject({ ended: 1 });
      expect(await expireAcknowledgements(store, T + 5, 10, lease)).toMatchObject({
        ended: 1,
        seq: expect.any(Number),
      });
      expect(await expireAcknowledgements(store, T + 5, 10, lease)).toEqual({ ended: 0, seq: null });
      expect(await store.findIncident(idOf(1))).toMatchObject({
        status: 'open',
        acknowledgedAt: null,
        acknowledgedBy: 'a1',
      });
      expect(await store.findIncident(idOf(2))).toMatchObject(acked(2, T + 6));
      expect(await store.history([idOf(4), idOf(1)], 10)).toMatchObject([
        { kind: 'unacknowledged', reason: 'expired', actor: 'monitor', data: { by: 'a4' } },
        { kind: 'unacknowledged', reason: 'expired', data: { by: 'a1' } },
      ]);
    });

    test('finds the alerts of an incident that a person ended and whose senders are not believed yet', async () => {
      const over = { incidentId: idOf(9), status: 'resolved', endedAt: T } as const;
      const alerts = [
        alert(1, { ...over, expiresAt: T + 9 }),
        alert(2, over),
        alert(3, { ...over, expiresAt: T + 5 }),
        alert(4, { incidentId: idOf(9), expiresAt: T + 9 }),
        alert(5, { ...over, incidentId: idOf(8), expiresAt: T + 9 }),
      ];
      await save(store, { alerts: alerts.map((one) => write('insert', one)) });
      expect(await store.transaction((tx) => tx.findHeldOf(idOf(9), T + 5))).toEqual([alerts[0]]);
    });

    test('the same action at two hubs at once is done once', async () => {
      await save(store, { incidents: [incident(1)] });
      const other = place.oneWriter ? store : await place.open();
      const policy = { groupBy: [], reopenWithinMs: 0, staleAfterMs: 0, newId: () => idOf(9), now: () => T };
      const note = { kind: 'note', incidentId: idOf(1), actor: 'api', by: 'ann', comment: 'a cable' } as const;
      for (let round = 0; round < 5; round += 1) {
        const action = { ...note, id: `k${round}` };
        const [one, two] = await Promise.all([store, other].map((hub) => performAction(hub, action, policy)));
        expect(one?.result).toEqual(two?.result);
      }
      if (other !== store) await other.close();
      expect((await store.history([idOf(1)], 50)).map(({ kind }) => kind)).toEqual(Array(5).fill('noted'));
    });

    test('keys of links are kept by their ids, newest first, and what of them changes', async () => {
      const key = { id: '3fa2c91e', sealed: 'plain:x', createdAt: T, expiresAt: null };
      await store.saveLinkKeys([key, { ...key, id: 'ffffffff', createdAt: T + 1 }]);
      expect(await store.findLinkKey('3fa2c91e')).toEqual(key);
      expect((await store.listLinkKeys()).map(({ id }) => id)).toEqual(['ffffffff', '3fa2c91e']);
      await store.saveLinkKeys([{ ...key, sealed: 'plain:y', expiresAt: T + 9 }]);
      expect(await store.findLinkKey('3fa2c91e')).toEqual({ ...key, sealed: 'plain:y', expiresAt: T + 9 });
      expect(await store.findLinkKey('00000000')).toBeUndefined();
    });

    test('the number of a hub is drawn once', async () => {
      expect(await store.hubId(281474976710654)).toBe(281474976710654);
      expect(await store.hubId(7)).toBe(281474976710654);
    });

    test('the keys that other tools were told are known, for as long as they are told', async () => {
      const lease = await claimed(store);
      const keys = (...list: string[]) => list.map((key) => ({ key, incidentId: null }));
      await store.follow(lease, (tx) => tx.notices.saveOwnKeys(keys('a', 'b'), T));
      await store.follow(lease, (tx) => tx.notices.saveOwnKeys(keys('b', 'c'), T + 5));
      const find = async (...asked: string[]) =>
        (await store.transaction((tx) => tx.findOwnKeys(asked))).map(
          ({ key, incidentId }) => `${key}${incidentId ?? ''}`,
        );
      expect((await find('a', 'c', 'x')).toSorted()).toEqual(['a', 'c']);
      await store.follow(lease, (tx) => tx.notices.saveOwnKeys([{ key: 'd', incidentId: 'i1' }], T + 5));
      expect(await find('d')).toEqual(['di1']);
      expect(await find()).toEqual([]);
      expect(await store.pruneOwnKeys(T + 1, 10, lease)).toBe(1);
      expect((await find('a', 'b', 'c')).toSorted()).toEqual(['b', 'c']);
    });

    test('a write tells the highest number of its events', async () => {
      expect(await save(store, { incidents: [incident(1)] })).toBeNull();
      const seq = await save(store, { events: [event(1), event(2), event(3)] });
      const events = await store.history([idOf(1)], 10);
      expect(seq).toBe(Math.max(...events.map((one) => one.seq)));
      expect(await store.transaction((tx) => tx.save(changes({ events: [event(4)] })))).toBeGreaterThan(seq ?? 0);
    });
  });
}
