import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commitBatch } from '../../../src/pipeline/commit.ts';
import type { Delivery, Parcel } from '../../../src/pipeline/delivery.ts';
import { portionsOf, weightOf } from '../../../src/pipeline/portions.ts';
import { delivery, incoming, openWorld, T, type World } from '../../support/world.ts';

const parcel = (bytes: number, open: () => Delivery | null = () => null): Parcel => ({ bytes, open });
const least = weightOf(parcel(0));

test.each([
  ['nothing', [], []],
  ['all that fits goes together', [100, 200, 200], [[100, 200, 200]]],
  ['what does not fit begins the next one', [600, 600, 100], [[600], [600, 100]]],
  ['one that is larger than a portion goes alone', [10, 5000, 10], [[10], [5000], [10]]],
  [
    'what is empty counts too',
    Array.from({ length: 7 }, () => 0),
    [
      [0, 0, 0, 0, 0],
      [0, 0],
    ],
  ],
])('portions: %s', (_, sizes, expected) => {
  const portions = portionsOf(
    sizes.map((bytes) => parcel(bytes)),
    5 * least,
  );
  expect(portions.map((portion) => portion.map(({ bytes }) => bytes))).toEqual(expected);
});

describe('a batch of several portions', () => {
  let world: World;
  beforeEach(() => {
    world = openWorld();
  });
  afterEach(() => world.close());

  const PORTION = 20_000;
  const fire = (name: string, fields: Partial<Delivery> = {}) =>
    delivery(1, [incoming(name, 'firing', 'info')], fields);
  const commit = (...parcels: Parcel[]) => {
    let ids = 0;
    const newId = () => `00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`;
    const policy = { groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000, newId, now: () => T + 1 };
    return commitBatch(world.store, parcels, policy);
  };
  const large = (open: () => Delivery | null) => parcel(PORTION, open);

  test('is larger than what the embedded store is given at a time', () => {
    expect(portionsOf([parcel(PORTION), parcel(PORTION)], world.store.portionBytes)).toHaveLength(2);
  });

  test('each sees what those before it made, and nothing is opened before its turn', async () => {
    const seen: string[] = [];
    const opened = (name: string, one: Delivery | null) =>
      large(() => {
        seen.push(name);
        return one;
      });
    const replay = { key: 'n', signature: 'ab' };
    const answers = await commit(
      opened('first', fire('a', { replay })),
      opened('refused', null),
      opened('again', fire('a', { replay })),
      opened('other', fire('b', { replay: { key: 'n', signature: 'cd' } })),
      opened('repeat', fire('a')),
    );
    expect(seen).toEqual(['first', 'refused', 'again', 'other', 'repeat']);
    expect(answers[1]).toBeNull();
    expect(answers[2]).toEqual(answers[0]);
    expect(answers.map((answer) => answer?.outcome)).toEqual([
      'committed',
      undefined,
      'committed',
      'refused',
      'committed',
    ]);
    const { alerts, incidents } = await world.story();
    expect(alerts.map((one) => [one.fingerprint, one.status])).toEqual([['a', 'firing']]);
    expect(incidents).toHaveLength(1);
  });

  test('where one cannot be read, nothing of the whole batch is kept, nor remembered', async () => {
    const broken = large(() => {
      throw new Error('a driver that fails');
    });
    await expect(
      commit(
        large(() => fire('a')),
        broken,
      ),
    ).rejects.toThrow('a driver that fails');
    expect((await world.story()).alerts).toEqual([]);
    expect(await commit(large(() => fire('a')))).toMatchObject([{ counts: { alertsCreated: 1 } }]);
  });
});
