import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SampleWrite } from '../../src/stores/contract/samples.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { changes, T } from './stored.ts';

const sample = (at: number, more: Partial<SampleWrite> = {}): SampleWrite => ({
  ...{
    instanceId: 'web1',
    at,
    receivedAt: at + 5,
    names: ['cpu.load', 'disk.used{mount="/"}'],
    values: [0.25, -1e300],
  },
  ...more,
});

/** What every store keeps of samples and rules; `make` gives an empty place. */
export function describeStoreSamples(name: string, make: () => Promise<Place>): void {
  describe(`${name}: samples`, () => {
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
    const save = (...samples: SampleWrite[]) => store.transaction((tx) => tx.save(changes({ samples })));
    const all = async () => (await store.samplesAfter('', 100)).map(({ position: _, ...rest }) => rest);

    test('gives them in the order in which they came, behind a position, also to who opens it anew', async () => {
      await save(sample(T + 60_000), sample(T, { names: ['a'], values: [1] }));
      await save(sample(T + 1, { instanceId: 'web2' }));
      expect(await all()).toEqual([
        sample(T + 60_000),
        sample(T, { names: ['a'], values: [1] }),
        sample(T + 1, { instanceId: 'web2' }),
      ]);
      const [, second] = await store.samplesAfter('', 2);
      await store.close();
      store = await place.open();
      const rest = await store.samplesAfter(second?.position ?? '', 100);
      expect(rest.map(({ instanceId }) => instanceId)).toEqual(['web2']);
      expect(await store.samplesAfter(rest[0]?.position ?? '', 100)).toEqual([]);
    });

    test('gives those of an instance by their time, and the last ones backwards', async () => {
      await save(
        sample(T + 2),
        sample(T),
        sample(T + 1, { instanceId: 'web2' }),
        sample(T + 3),
        sample(T + 2, { values: [7, 8] }),
      );
      const found = await store.samplesOf('web1', T, T + 3, 10);
      expect(found.map(({ at, values }) => [at, values[0]])).toEqual([
        [T, 0.25],
        [T + 2, 0.25],
        [T + 2, 7],
      ]);
      const last = await store.latestSamples(null, 2);
      expect(last.map(({ at }) => at)).toEqual([T + 2, T + 3]);
      expect((await store.latestSamples(last.at(-1)?.ref ?? null, 10)).map(({ at }) => at)).toEqual([T + 1, T, T + 2]);
    });

    test('gives those of an instance over days, in pages, with gaps and whatever was asked for', async () => {
      const times = [0, 1, 299_999, 300_000, 86_400_000, 9 * 86_400_000 - 1, 9 * 86_400_000].map((ms) => T + ms);
      await save(...times.toReversed().flatMap((at) => [sample(at), sample(at, { instanceId: 'web2' })]));
      const at = async (...query: [from: number, to: number, limit?: number]) =>
        (await store.samplesOf('web1', query[0], query[1], query[2] ?? 100)).map((one) => one.at);
      expect(await at(0, Number.MAX_SAFE_INTEGER)).toEqual(times);
      expect(await at(0, Number.MAX_SAFE_INTEGER, 5)).toEqual(times.slice(0, 5));
      for (const from of times)
        for (const to of times) expect(await at(from, to)).toEqual(times.filter((one) => one >= from && one < to));
      expect(await store.samplesOf('web3', 0, Number.MAX_SAFE_INTEGER, 5)).toEqual([]);
    });

    test('keeps nothing of a transaction that failed, nor the names that came with it', async () => {
      const failed = store.transaction(async (tx) => {
        await tx.save(changes({ samples: [sample(T)] }));
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await all()).toEqual([]);
      await save(sample(T));
      expect(await all()).toEqual([sample(T)]);
    });

    test('forgets the oldest of those that came before a time', async () => {
      await save(sample(T), sample(T + 1), sample(T + 2), sample(T + 90));
      const prune = (limit: number) => store.transaction((tx) => tx.pruneSamples(T + 50, limit));
      expect(await prune(2)).toBe(2);
      expect(await prune(2)).toBe(1);
      expect(await prune(2)).toBe(0);
      expect((await all()).map(({ at }) => at)).toEqual([T + 90]);
    });

    test('remembers rules as a whole', async () => {
      await store.transaction((tx) =>
        tx.saveRules([
          { name: '', state: '{}' },
          { name: 'b', state: '{"x":1}' },
        ]),
      );
      await store.transaction((tx) =>
        tx.saveRules([
          { name: 'b', state: '{"x":2}' },
          { name: 'a', state: '[]' },
        ]),
      );
      expect(await store.ruleMemories()).toEqual([
        { name: 'a', state: '[]' },
        { name: 'b', state: '{"x":2}' },
      ]);
    });
  });
}
