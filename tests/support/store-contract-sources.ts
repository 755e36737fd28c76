import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyReport, recordRefused, recordSeen } from '../../src/core/source-report.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { T } from './stored.ts';

/** What every store keeps of the sources; `make` gives an empty place. */
export function describeStoreSources(name: string, make: () => Promise<Place>): void {
  describe(`${name}: sources`, () => {
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

    test('keeps what was heard, by name, also for who opens it anew', async () => {
      expect(await store.listSources()).toEqual([]);
      const [b, a] = [
        recordSeen(emptyReport('b'), T, ['a test: "ümlaut" \u2028']),
        recordRefused(emptyReport('a'), T + 1, 'wrong secret'),
      ];
      await store.saveSources([b, a]);
      expect(await store.listSources()).toEqual([a, b]);
      await store.close();
      store = await place.open();
      expect(await store.listSources()).toEqual([a, b]);
    });

    test('adds the later of each thing, whoever says it and in whatever order', async () => {
      const first = recordRefused(recordSeen(emptyReport('a'), T, ['first']), T + 5, 'refused later');
      const second = recordRefused(recordSeen(emptyReport('a'), T + 10, []), T + 1, 'refused earlier');
      const third = recordSeen(emptyReport('a'), T + 3, ['second']);
      await store.saveSources([first]);
      const other = await place.open();
      await other.saveSources([third]);
      await other.saveSources([second]);
      await other.close();
      await store.saveSources([emptyReport('a'), emptyReport('b')]);
      expect(await store.listSources()).toEqual([
        {
          ...{ source: 'a', heardAt: T + 10, remark: 'second', remarkAt: T + 3 },
          ...{ refusal: 'refused later', refusedAt: T + 5, ownNotices: 0 },
        },
        emptyReport('b'),
      ]);
    });

    test('several at once do not get in one another’s way', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `source-${index}`);
      const others = await Promise.all([place.open(), place.open()]);
      const save = (one: Store, at: number, list: readonly string[]) =>
        one.saveSources(list.map((source) => recordSeen(emptyReport(source), T + at, [])));
      await Promise.all([
        save(store, 1, names),
        ...others.map((one, index) => save(one, 2 + index, names.toReversed())),
      ]);
      await Promise.all(others.map((one) => one.close()));
      expect(new Set((await store.listSources()).map(({ heardAt }) => heardAt))).toEqual(new Set([T + 3]));
    });
  });
}
