import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { comparePositions } from '../../src/core/history-position.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import { eventually } from './hub.ts';
import type { Place } from './store-contract.ts';
import { alert, event, idOf, incident, save, T, write } from './stored.ts';

/** The contract that every store keeps about reading its history; `make` gives an empty place. */
export function describeStoreHistory(name: string, make: () => Promise<Place>): void {
  describe(`history of ${name}`, () => {
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
    const add = async (...numbers: number[]) => save(store, { events: numbers.map((number) => event(number)) });
    /** All events, once the store is sure that none comes before them. */
    const all = (count: number) =>
      eventually(async () => {
        const found = await store.placedAfter('0', 100);
        expect(found).toHaveLength(count);
        return found;
      });

    test('events bear their positions, in order, and reading goes on behind any of them', async () => {
      await add(1, 2);
      await add(3);
      const found = await all(3);
      expect(found.map(({ event: { at } }) => at - T)).toEqual([1, 2, 3]);
      const positions = found.map(({ position }) => position);
      expect(positions.toSorted(comparePositions)).toEqual(positions);
      expect(await store.placedAfter(positions[0] ?? '', 1)).toEqual([found[1]]);
      expect(await store.placedAfter(positions[2] ?? '', 9)).toEqual([]);
      expect(comparePositions(positions[2] ?? '', await store.historyHead())).toBeLessThanOrEqual(0);
    });

    test('counts what opened, step by step and by severity', async () => {
      const opened = (number: number, severity: string, more: object = {}) =>
        event(number, {
          kind: 'opened',
          subjectId: idOf(number),
          data: { status: 'firing', severity, message: 'says "severity":"critical"' },
          ...more,
        });
      const events = [
        ...[opened(1, 'critical'), opened(2, 'warning'), opened(9, 'warning'), opened(10, 'info')],
        ...[opened(11, 'info', { kind: 'updated' }), opened(12, 'critical', { subject: 'incident', kind: 'reopened' })],
        ...[
          opened(35, 'warning', { data: { severity: 'warning', previous_severity: 'critical' } }),
          opened(50, 'info'),
        ],
      ];
      await save(store, { events });
      const asked = { from: T + 1, to: T + 50, stepMs: 10 };
      expect(await store.openedBySeverity({ ...asked, subject: 'alert' })).toEqual({
        points: [
          { at: T + 1, critical: 1, warning: 2, info: 1 },
          { at: T + 31, critical: 0, warning: 1, info: 0 },
        ],
        isCut: false,
      });
      expect((await store.openedBySeverity({ ...asked, subject: 'incident' })).points).toEqual([
        { at: T + 11, critical: 1, warning: 0, info: 0 },
      ]);
      await save(store, {
        incidents: [incident(12)],
        alerts: [
          write('insert', alert(1, { labels: { team: 'web' } })),
          write('insert', alert(2, { labels: { team: 'db' } })),
          write('insert', alert(9, { labels: { team: 'web' }, incidentId: idOf(12) })),
        ],
      });
      const confined = (team: string, subject: 'alert' | 'incident') =>
        store.openedBySeverity({
          ...{ ...asked, subject, confinement: [{ name: 'team', values: [team], isNot: false }] },
        });
      expect((await confined('web', 'alert')).points).toEqual([{ at: T + 1, critical: 1, warning: 1, info: 0 }]);
      expect((await confined('web', 'incident')).points).toHaveLength(1);
      expect((await confined('db', 'incident')).points).toEqual([]);
      const later = { ...asked, from: T + 100_000, to: T + 200_000 };
      expect((await store.openedBySeverity({ ...later, subject: 'alert' })).points).toEqual([]);
    });

    test('what stands around a position', async () => {
      const empty = await store.surroundings('0');
      expect(empty).toMatchObject({ before: null, next: null });
      await add(1, 2, 3);
      const [first, second, third] = (await all(3)).map(({ position }) => position);
      expect(await store.surroundings(second ?? '')).toMatchObject({
        before: { position: second, at: T + 2 },
        next: third,
      });
      expect(await store.surroundings('0')).toMatchObject({ before: null, next: first });
      expect(await store.surroundings(third ?? '')).toMatchObject({ before: { position: third }, next: null });
    });
  });
}
