import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newNotice, unroutedNotice } from '../../src/core/notice/notice.ts';
import type { Lease } from '../../src/stores/contract/leases.ts';
import type { Page } from '../../src/stores/contract/reads.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import { eventually } from './hub.ts';
import type { Place } from './store-contract.ts';
import { alert, changes, event, identityOf, idOf, incident, save, T, write } from './stored.ts';

const LONG = 3_600_000;

/** The contract that every store keeps about followers and notices; `make` gives an empty place. */
export function describeStoreFollowers(name: string, make: () => Promise<Place>): void {
  describe(`followers of ${name}`, () => {
    let place: Place;
    let store: Store;
    let other: Store;
    let lease: Lease;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
      other = await place.open();
      lease = (await store.claim('follower test', 'a', LONG)) as Lease;
    });
    afterEach(async () => {
      await store.close();
      await other.close();
      await place.remove();
    });
    const told = async (cursor: string) => (await store.eventsAfter(cursor, 100)).events.map(({ at }) => at - T);

    test('events come in order, from where a follower stands, and its position stays', async () => {
      expect(await store.followerCursor('test')).toBeUndefined();
      for (const number of [1, 2, 3]) await save(store, { events: [event(number)] });
      await eventually(async () => expect(await told('')).toEqual([1, 2, 3]));
      const first = await store.eventsAfter('', 2);
      expect(first.events.map(({ at }) => at - T)).toEqual([1, 2]);
      await store.follow(lease, (tx) => tx.moveCursor('test', first.cursor, T));
      expect(await other.followerCursor('test')).toBe(first.cursor);
      expect(await told(first.cursor)).toEqual([3]);
      expect(await store.lagBehind(first.cursor, T + 10)).toEqual({ events: 1, ms: 7 });
    });

    test('a follower without a past begins behind what is committed', async () => {
      await save(store, { events: [event(1)] });
      await eventually(async () => expect(await told('')).toEqual([1]));
      const head = await store.historyHead();
      expect(await told(head)).toEqual([]);
      await save(other, { events: [event(2)] });
      await eventually(async () => expect(await told(head)).toEqual([2]));
    });

    test('a position moves with what is written, or not at all', async () => {
      const failed = store.follow(lease, async (tx) => {
        await tx.notices.scheduleEvaluations([idOf(1)], T);
        await tx.moveCursor('test', '5', T);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await store.followerCursor('test')).toBeUndefined();
      expect(await store.dueEvaluations(T, 9)).toEqual([]);
      await store.release(lease);
      await expect(store.follow(lease, async () => {})).rejects.toHaveProperty('name', 'FencedError');
    });

    test('an event that another transaction can still precede is not passed over', async () => {
      if (place.oneWriter) return;
      let go = () => {};
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      let isWritten = () => {};
      const written = new Promise<void>((resolve) => {
        isWritten = resolve;
      });
      const slow = other.transaction(async (tx) => {
        await tx.save(changes({ events: [event(1)] }));
        isWritten();
        await held;
      });
      await written;
      await save(store, { events: [event(2)] });
      // Its number is drawn and its commit is not there: what came later waits for it.
      expect(await told('')).toEqual([]);
      go();
      await slow;
      await eventually(async () => expect(await told('')).toEqual([1, 2]));
    });

    test('looks are due at the earliest time they were given', async () => {
      await store.follow(lease, async (tx) => {
        await tx.notices.scheduleEvaluations([idOf(1)], T + 5);
        await tx.notices.scheduleEvaluations([idOf(1)], T + 9);
        await tx.notices.setEvaluations([{ incidentId: idOf(2), at: T + 7 }]);
      });
      expect(await store.nextEvaluationAt()).toBe(T + 5);
      expect(await store.dueEvaluations(T + 6, 9)).toEqual([idOf(1)]);
      await store.follow(lease, (tx) => tx.notices.setEvaluations([{ incidentId: idOf(1), at: null }]));
      expect(await store.dueEvaluations(T + 9, 9)).toEqual([idOf(2)]);
    });

    test('what was told of an incident goes with it', async () => {
      await save(store, { incidents: [incident(1, { status: 'resolved', resolvedAt: T })] });
      await store.follow(lease, async (tx) => {
        await tx.notices.saveNotices([newNotice(idOf(1), 'ops', T)], T);
        await tx.notices.scheduleEvaluations([idOf(1)], T);
        const row = { id: idOf(5), incidentId: idOf(1), channel: 'ops', phase: 'firing', step: 0, key: 'k' } as const;
        const rest = { attempt: 1, at: T, tookMs: 5, outcome: 'ok', reason: 'accepted', digest: null } as const;
        await tx.notices.addAttempts([{ ...row, ...rest }]);
      });
      const held = async () => [
        (await store.listNotices({ state: 'rest', limit: 9 })).items,
        await store.attemptsOf(idOf(1), 9),
        await store.dueEvaluations(T, 9),
      ];
      expect((await held()).map(({ length }) => length)).toEqual([1, 1, 1]);
      expect((await store.prune('incidents', T + 1000, null, 100, lease)).removed).toBe(1);
      expect(await held()).toEqual([[], [], []]);
    });

    test('whether a live incident was told by a message is known by the name of that in its target', async () => {
      const numbers = [1, 2, 3];
      await save(store, {
        incidents: numbers.map((n) => incident(n, n === 2 ? { status: 'resolved', resolvedAt: T } : {})),
      });
      const refs = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)] as const;
      const members = { ids: [], total: 0, hash: '' };
      const told = (ref: string) => ({ state: 'firing', at: T, severity: 'warning', members, ref }) as const;
      await store.follow(lease, async (tx) => {
        const rows = [
          { ...newNotice(idOf(1), 'ops', T), told: told(refs[0]) },
          { ...newNotice(idOf(2), 'ops', T), told: told(refs[1]) },
          { ...newNotice(idOf(3), 'ops', T), told: { ...told(refs[0]), digests: [refs[2]] } },
        ];
        await tx.notices.saveNotices(rows, T);
      });
      const asked = [refs[0], refs[1], refs[2], 'd'.repeat(64), '%'].map((ref) => store.hasLiveTold('ops', ref));
      expect(await Promise.all(asked)).toEqual([true, false, true, false, false]);
      expect(await store.hasLiveTold('mail', refs[0])).toBe(false);
    });

    test('the outbox is a list of what is to be done, by pages, channels and states', async () => {
      const numbers = [1, 2, 3];
      await save(store, { incidents: numbers.map((n) => incident(n)) });
      const wait = { action: 'wait', until: T + 9, reason: 'group_wait' } as const;
      await store.follow(lease, async (tx) => {
        const rows = numbers.flatMap((n) => [
          { ...newNotice(idOf(n), 'mail', T), decision: wait },
          { ...newNotice(idOf(n), 'ops', T), ...(n === 2 && { decision: wait }) },
          unroutedNotice(idOf(n), T),
        ]);
        await tx.notices.saveNotices(rows, T);
        const attempt = {
          phase: 'firing',
          step: 0,
          key: 'k',
          attempt: 1,
          at: T,
          tookMs: null,
          reason: '',
          digest: null,
        } as const;
        const tried = numbers.flatMap((n) =>
          (['ok', 'failed'] as const).map((outcome, index) => ({
            ...{ ...attempt, id: idOf(n * 10 + index), incidentId: idOf(n), channel: 'ops', outcome },
          })),
        );
        await tx.notices.addAttempts(tried);
      });
      const names = (page: Awaited<ReturnType<typeof store.listNotices>>) =>
        page.items.map(({ notice }) => `${numbers.find((n) => idOf(n) === notice.incidentId)} ${notice.channel}`);
      const all = ['3 mail', '2 mail', '2 ops', '1 mail'];
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Awaited<ReturnType<typeof store.listNotices>> = await store.listNotices({
          limit: 1,
          ...(cursor !== undefined && { cursor }),
        });
        seen.push(...names(page));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(all);
      const first = await store.listNotices({ limit: 9 });
      expect(first.items[0]).toMatchObject({ state: 'wait', updatedAt: T, title: incident(3).title });
      expect(names(await store.listNotices({ channel: 'ops', limit: 9 }))).toEqual(['2 ops']);
      expect(names(await store.listNotices({ state: 'rest', limit: 9 }))).toEqual(['3 ops', '1 ops']);
      expect(names(await store.listNotices({ incidentId: idOf(1), limit: 9 }))).toEqual(['1 mail']);
      const attempts = await store.listAttempts({ outcome: 'failed', limit: 2 });
      expect(attempts.items.map(({ id }) => id)).toEqual([idOf(31), idOf(21)]);
      const rest = await store.listAttempts({ outcome: 'failed', limit: 2, cursor: attempts.nextCursor ?? '' });
      expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([[idOf(11)], null]);
    });

    test('pages of the outbox and of attempts hold each row once while there are more with every page', async () => {
      const attempt = (n: number) => ({
        ...({ id: idOf(n), incidentId: idOf(n), channel: 'ops', phase: 'firing', step: 0, key: 'k' } as const),
        ...({ attempt: 1, at: T, tookMs: null, outcome: 'ok', reason: '', digest: null } as const),
      });
      const tell = async (numbers: readonly number[]) => {
        await save(store, { incidents: numbers.map((n) => incident(n)) });
        await store.follow(lease, async (tx) => {
          const wait = { action: 'wait', until: T + 9, reason: 'group_wait' } as const;
          const rows = numbers.flatMap((n) =>
            ['mail', 'ops'].map((channel) => ({ ...newNotice(idOf(n), channel, T), decision: wait })),
          );
          await tx.notices.saveNotices(rows, T);
          await tx.notices.addAttempts(numbers.map(attempt));
        });
      };
      const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
      await tell(range(100, 20));
      let next = 200;
      const read = async <T>(
        list: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
        nameOf: (row: T) => string,
      ) => {
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; next += 10) {
          const page: Page<T> = await list({ limit: 7, ...(cursor !== undefined && { cursor }) });
          seen.push(...page.items.map(nameOf));
          cursor = page.nextCursor;
          await tell(range(next, 10));
        }
        return seen;
      };
      const first = range(100, 20).toReversed();
      const told = await read(store.listNotices, ({ notice }) => `${notice.incidentId} ${notice.channel}`);
      expect(told).toEqual(first.flatMap((n) => [`${idOf(n)} mail`, `${idOf(n)} ops`]));
      const tried = await read(store.listAttempts, ({ id }) => id);
      expect(new Set(tried).size).toBe(tried.length);
      expect(tried).toEqual(expect.arrayContaining(first.map(idOf)));
    });

    test('an incident is given with what fires in it, and when its key turned', async () => {
      await save(store, {
        incidents: [incident(1)],
        alerts: [
          write('insert', alert(11, { incidentId: idOf(1) })),
          write('insert', alert(12, { incidentId: idOf(1), status: 'resolved', endedAt: T })),
        ],
        events: [event(1, { subject: 'incident', subjectId: idOf(1), kind: 'opened' })],
      });
      const [state] = await store.noticeStates([idOf(1), idOf(9)]);
      expect(state?.incident).toEqual(incident(1));
      expect(state?.firing).toEqual([alert(11, { incidentId: idOf(1) })]);
      expect(state?.turns).toEqual([T + 1]);
      expect((await store.alertsForMessage(idOf(1), 9)).map(({ id }) => id)).toEqual([idOf(11), idOf(12)]);
      expect(await store.liveIncidentIds('', 9)).toEqual([idOf(1)]);
    });

    test('an incident is given as it was at one moment, whatever is committed meanwhile', async () => {
      await save(store, {
        incidents: [incident(1)],
        alerts: [write('insert', alert(11, { incidentId: idOf(1) }))],
      });
      const [stored] = await store.transaction((tx) => tx.findAlerts([identityOf(alert(11))]));
      const ref = stored?.ref ?? null;
      let isOver = false;
      const looks = (async () => {
        const torn: string[] = [];
        let count = 0;
        for (; !isOver; count += 1) {
          const [state] = await store.noticeStates([idOf(1)]);
          const fires = (state?.firing.length ?? 0) > 0;
          if ((state?.incident.status === 'open') !== fires) torn.push(`${state?.incident.status}, fires: ${fires}`);
        }
        return { torn, count };
      })();
      for (let n = 0; n < 100; n += 1) {
        const status = n % 2 === 0 ? 'resolved' : 'firing';
        await save(store, {
          incidents: [incident(1, { status: status === 'firing' ? 'open' : 'resolved' })],
          alerts: [write('update', alert(11, { incidentId: idOf(1), status }), ref)],
        });
      }
      isOver = true;
      const { torn, count } = await looks;
      expect(torn).toEqual([]);
      expect(count).toBeGreaterThan(0);
    });
  });
}
