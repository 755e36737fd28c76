import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Notice, newNotice } from '../../src/core/notice/notice.ts';
import type { Silence } from '../../src/core/policy/silence.ts';
import type { SilenceQuery } from '../../src/stores/contract/silences.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { claimed, event, idOf, silence, T } from './stored.ts';

const HOUR = 3_600_000;

/** What every store keeps of silences and windows; `make` gives an empty place. */
export function describeStoreSilences(name: string, make: () => Promise<Place>): void {
  describe(`${name}: silences`, () => {
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
    const save = (...silences: readonly Silence[]) => store.changeSilences((tx) => tx.saveSilences(silences));
    const listed = async (query: Partial<SilenceQuery> = {}) =>
      (await store.listSilences({ limit: 100, now: T, ...query })).items.map(({ id }) => id);

    test('keeps them to the field, also for who opens it anew', async () => {
      const matchers = [
        { name: 'a "quoted" name', value: String.raw`\d+|"x"`, isRegex: true, isEqual: false },
        { name: 'team', value: '', isRegex: false, isEqual: false },
      ];
      const all = [
        silence(1, { matchers, comment: 'Ünïcödé 🦄\n', origin: 'alertmanager' }),
        silence(2, { kind: 'maintenance', endedAt: T + 5, endedBy: 'ben', replaces: idOf(1) }),
      ];
      await save(...all);
      for (let round = 0; round < 2; round += 1) {
        expect((await store.listSilences({ limit: 10, now: T })).items).toEqual(all.toReversed());
        expect(await store.findSilence(idOf(2))).toEqual(all[1]);
        expect(await store.findSilence('nobody')).toBeUndefined();
        await store.close();
        store = await place.open();
      }
    });

    test('what is written again changes, but not what it holds back and who made it', async () => {
      await save(silence(1));
      const changed = {
        startsAt: T + 1,
        endsAt: T + 2,
        createdBy: 'ben',
        comment: 'x',
        updatedAt: T + 3,
        endedAt: T + 4,
      };
      await save(silence(1, { ...changed, endedBy: 'monitor', kind: 'maintenance', matchers: [], origin: 'cli' }));
      expect(await store.findSilence(idOf(1))).toEqual(silence(1, { ...changed, endedBy: 'monitor' }));
    });

    test('lists by kind and by where they stand in time, newest first, page by page', async () => {
      await save(
        silence(1),
        silence(2, { startsAt: T + 1 }),
        silence(3, { startsAt: T - HOUR, endsAt: T }),
        silence(4, { kind: 'maintenance' }),
      );
      const of = (...numbers: readonly number[]) => numbers.map(idOf);
      expect(await listed()).toEqual(of(4, 3, 2, 1));
      expect(await listed({ state: 'active' })).toEqual(of(4, 1));
      expect(await listed({ state: 'pending' })).toEqual(of(2));
      expect(await listed({ state: 'expired' })).toEqual(of(3));
      expect(await listed({ state: 'live', kind: 'silence' })).toEqual(of(2, 1));
      expect(await listed({ kind: 'maintenance' })).toEqual(of(4));
      const first = await store.listSilences({ limit: 3, now: T });
      expect(first.items.map(({ id }) => id)).toEqual(of(4, 3, 2));
      const second = await store.listSilences({ limit: 3, now: T, cursor: first.nextCursor ?? '' });
      expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([of(1), null]);
    });

    test('gives those that have not expired, the first to end first', async () => {
      await save(
        silence(1, { endsAt: T + 9 }),
        silence(2, { endsAt: T + 5, startsAt: T + 4 }),
        silence(3, { endsAt: T }),
      );
      const live = async (now: number) => (await store.liveSilences(now)).map(({ id }) => id);
      expect(await live(T)).toEqual([idOf(2), idOf(1)]);
      expect(await live(T + 5)).toEqual([idOf(1)]);
      expect(await live(T + 9)).toEqual([]);
    });

    test('a transaction that throws keeps nothing, and under a lease that is lost there is none', async () => {
      const failed = store.changeSilences(async (tx) => {
        await tx.saveSilences([silence(1)]);
        await tx.addEvents([event(1, { subject: 'silence' })]);
        throw new Error('on purpose');
      });
      await expect(failed).rejects.toThrow('on purpose');
      expect([await listed(), await store.history([idOf(1)], 10)]).toEqual([[], []]);
      const lease = await claimed(store);
      await store.changeSilences((tx) => tx.saveSilences([silence(1)]), lease);
      await store.release(lease);
      const late = store.changeSilences((tx) => tx.saveSilences([silence(2)]), lease);
      await expect(late).rejects.toHaveProperty('name', 'FencedError');
      expect(await listed()).toEqual([idOf(1)]);
    });

    test('runs alone: twenty at once count every one', async () => {
      await save(silence(1, { endsAt: T }));
      const add = () =>
        store.changeSilences(async (tx) => {
          const [found] = await tx.findSilences([idOf(1), 'nobody']);
          await new Promise((resolve) => setImmediate(resolve));
          await tx.saveSilences([{ ...silence(1), endsAt: (found?.endsAt ?? 0) + 1 }]);
        });
      await Promise.all(Array.from({ length: 20 }, add));
      expect(await store.findSilence(idOf(1))).toMatchObject({ endsAt: T + 20 });
    });

    test('finds those whose end the history does not have, the first to end first', async () => {
      const over = { endsAt: T - 1, startsAt: T - HOUR };
      await save(
        silence(1, { ...over, endsAt: T }),
        silence(2, over),
        silence(3, { ...over, endedAt: T - 1, endedBy: 'ann' }),
        silence(4),
      );
      const overdue = (limit: number) =>
        store.changeSilences(async (tx) => (await tx.findOverdue(T, limit)).map(({ id }) => id));
      expect(await overdue(10)).toEqual([idOf(2), idOf(1)]);
      expect(await overdue(1)).toEqual([idOf(2)]);
      const live = (now: number) => store.changeSilences((tx) => tx.countLive(now));
      expect([await live(T), await live(T + 3_600_000)]).toEqual([(await store.liveSilences(T)).length, 0]);
    });

    test('finds ids by a part, and what holds back incidents', async () => {
      await save(silence(1), silence(2));
      expect(await store.findIds('silences', idOf(2).slice(-4), 5)).toEqual([idOf(2)]);
      expect(await store.findIds('silences', idOf(1).slice(0, 8), 5)).toEqual([idOf(2), idOf(1)]);
      const lease = await claimed(store);
      const notice = (number: number, decision: Notice['decision'], channel = 'ops') => ({
        ...newNotice(idOf(number), channel, T),
        decision,
      });
      const speaks = { state: 'firing', severity: 'critical', members: { ids: [], total: 0, hash: '' } } as const;
      const pending: Notice['pending'] = {
        ...{
          phase: 'firing',
          step: 0,
          reason: 'new',
          key: 'k',
          firstAt: T,
          attempts: 1,
          isUnderWay: false,
          retryAt: T,
        },
        ...{ maybeTold: false, speaks, digest: null, progress: null },
      };
      const held = { action: 'hold', reason: 'silenced', by: idOf(1), until: T + 5 } as const;
      await store.follow(lease, (tx) =>
        tx.notices.saveNotices(
          [
            notice(1, held),
            notice(1, { action: 'rest', reason: 'told', until: null }, 'pager'),
            notice(2, { action: 'wait', reason: 'group_wait', until: T }),
            // Its last attempt failed, and is to be made again once it is not held back any more.
            { ...notice(3, { ...held, reason: 'inhibited', until: null }), pending },
          ],
          T,
        ),
      );
      expect(await store.findHolds([1, 2, 3].map(idOf))).toEqual([
        { incidentId: idOf(1), reason: 'silenced', by: idOf(1), until: T + 5 },
        { incidentId: idOf(3), reason: 'inhibited', by: idOf(1), until: null },
      ]);
      expect(await store.findHolds([idOf(2)])).toEqual([]);
      expect(await store.findHolds([])).toEqual([]);
    });

    test('retention removes those that ended before its time, in steps', async () => {
      const lease = await claimed(store);
      const ends = [T - 3, T - 2, T - 1, T, T + HOUR];
      await save(...ends.map((endsAt, n) => silence(n, { startsAt: T - HOUR, endsAt })));
      const first = await store.prune('silences', T, null, 2, lease);
      expect(first.removed).toBe(2);
      expect(await store.prune('silences', T, first.after, 2, lease)).toEqual({ removed: 1, after: null });
      expect(await listed()).toEqual([idOf(4), idOf(3)]);
    });

    test('of one that has not ended the newest event of each kind stays, whatever its age', async () => {
      const lease = await claimed(store);
      const of = (number: number, kind: string, at: number) =>
        event(at, { subject: 'silence', subjectId: idOf(number), kind });
      await store.changeSilences(async (tx) => {
        await tx.saveSilences([silence(1), silence(2, { endedAt: T, endedBy: 'ann' })]);
        await tx.addEvents([of(1, 'created', 1), of(2, 'created', 2), of(1, 'changed', 3), of(1, 'changed', 4)]);
      });
      expect((await store.prune('events', T + 1000, null, 100, lease)).removed).toBe(2);
      expect((await store.history([idOf(1), idOf(2)], 9)).map(({ kind, at }) => `${kind} ${at - T}`)).toEqual([
        'created 1',
        'changed 4',
      ]);
    });
  });
}
