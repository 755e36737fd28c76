import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Delivery, Parcel } from '../../../src/core/submission.ts';
import { commitBatch } from '../../../src/pipeline/commit.ts';
import { createIngest } from '../../../src/pipeline/ingest.ts';
import { delivery, incoming, openWorld, T, type World } from '../../support/world.ts';

let world: World;
let ids = 0;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const parcel = (open: () => Delivery | null): Parcel => ({ bytes: 0, open });
const fire = (name: string, fields: Partial<Delivery> = {}) => delivery(1, [incoming(name, 'firing', 'info')], fields);
const many = (count: number, name: string) =>
  delivery(
    1,
    Array.from({ length: count }, (_, index) => incoming(`${name} ${index}`, 'firing', 'info')),
  );
/** Commits with so many alerts at a time. */
const commit = (portion: number, parcels: readonly Parcel[]) => {
  const newId = () => `00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`;
  const policy = { groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000, newId, now: () => T + 1 };
  return commitBatch({ ...world.store, portion }, parcels, policy);
};

test.each([[1], [3], [Number.POSITIVE_INFINITY]])(
  'with %p at a time, each sees what those before it made, and all are opened once, in order',
  async (portion) => {
    const seen: string[] = [];
    const opened = (name: string, one: Delivery | null) =>
      parcel(() => {
        seen.push(name);
        return one;
      });
    const replay = { key: 'n', signature: 'ab' };
    const answers = await commit(portion, [
      opened('first', fire('a', { replay })),
      opened('refused', null),
      opened('again', fire('a', { replay })),
      opened('other', fire('b', { replay: { key: 'n', signature: 'cd' } })),
      opened('repeat', fire('a')),
    ]);
    expect(seen).toEqual(['first', 'refused', 'again', 'other', 'repeat']);
    expect(answers[2]).toEqual(answers[0]);
    const outcomes = answers.map((answer) => answer?.outcome ?? null);
    expect(outcomes).toEqual(['committed', null, 'committed', 'refused', 'committed']);
    const { alerts, incidents } = await world.story();
    expect(alerts.map((one) => [one.fingerprint, one.status, one.occurrences])).toEqual([['a', 'firing', 1]]);
    expect(incidents).toMatchObject([{ alertCount: 1 }]);
  },
);

test('where one cannot be opened, nothing of the whole batch is kept, nor remembered', async () => {
  const broken = parcel(() => {
    throw new Error('a driver that fails');
  });
  await expect(commit(1, [parcel(() => fire('a')), broken])).rejects.toThrow('a driver that fails');
  expect((await world.story()).alerts).toEqual([]);
  expect(await commit(1, [parcel(() => fire('a'))])).toMatchObject([{ counts: { alertsCreated: 1 } }]);
});

test('a batch in which nobody says anything writes nothing, and each is answered', async () => {
  expect(await commit(100, [parcel(() => null), parcel(() => null)])).toEqual([null, null]);
});

test('one transaction holds some 2,000 alerts, however small they are; the rest is for the next', async () => {
  const opened: number[] = [];
  const failures: unknown[] = [];
  const parcels = Array.from({ length: 6 }, (_, index) =>
    parcel(() => {
      opened.push(index);
      return many(900, `push ${index}`);
    }),
  );
  for (const portion of [100, Number.POSITIVE_INFINITY]) {
    expect(await commit(portion, parcels)).toHaveLength(3);
    expect(opened.splice(0)).toEqual([0, 1, 2]);
  }
  const ingest = createIngest(
    (batch) => commit(100, batch),
    (error) => failures.push(error),
  );
  const answers = await Promise.all(parcels.map((one) => ingest.submit(one)));
  expect(failures).toEqual([]);
  expect(answers.map((answer) => answer?.outcome)).toEqual(parcels.map(() => 'committed'));
  expect(opened).toEqual([0, 1, 2, 3, 4, 5]);
  await ingest.close();
});
