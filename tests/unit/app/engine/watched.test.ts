import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withWatchedFollowers } from '../../../../src/app/engine/watched.ts';
import { claimed, event } from '../../../support/stored.ts';
import { openWorld, T, type World } from '../../../support/world.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

test('what a follower writes is told once it is committed, with the highest number', async () => {
  const grown: number[] = [];
  const store = withWatchedFollowers(world.store, (seq) => grown.push(seq));
  const lease = await claimed(store);
  await store.follow(lease, async (tx) => {
    await tx.notices.addEvents([event(1), event(2)]);
    await tx.notices.addEvents([event(3)]);
    await tx.notices.addEvents([]);
    expect(grown).toEqual([]);
  });
  const events = await store.history([event(1).subjectId], 10);
  expect(grown).toEqual([Math.max(...events.map(({ seq }) => seq))]);
  await store.follow(lease, (tx) => tx.notices.saveOwnKeys([{ key: 'a', incidentId: null }], T));
  await expect(
    store.follow(lease, async (tx) => {
      await tx.notices.addEvents([event(4)]);
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  expect(grown).toHaveLength(1);
});
