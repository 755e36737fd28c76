import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { incoming, openWorld, submission, type World } from '../../support/world.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const content = { labels: { host: 'a' }, annotations: { message: 'why' }, metrics: { load: 9 } };
const fire = incoming('cpu', 'firing', 'critical', content);
const statusOnly = incoming('cpu', 'resolved', 'info', { name: 'cpu-key', annotations: {}, statusOnly: true });

test.each([
  ['in a later transaction', false],
  ['in the same one', true],
])('a resolve that tells no more than that leaves the alert as it was told before, %s', async (_, isOne) => {
  const submissions = [submission(1, [fire]), submission(2, [statusOnly])];
  if (isOne) await world.commit(...submissions);
  else for (const one of submissions) await world.commit(one);
  const [alert] = (await world.store.listAlerts({ limit: 2 })).items;
  expect(alert).toMatchObject({ ...content, name: 'cpu trouble', status: 'resolved', severity: 'critical' });
});

test('of an alert never seen it opens nothing', async () => {
  await world.commit(submission(1, [statusOnly]));
  expect((await world.store.listAlerts({ limit: 2 })).items).toEqual([]);
});

test('beside others in one batch, each keeps its own', async () => {
  const other = (fields: object) => incoming('disk', 'firing', 'warning', { labels: { disk: '/' }, ...fields });
  await world.commit(submission(1, [other({})]), submission(1, [fire]));
  await world.commit(submission(2, [other({ labels: { disk: '/var' } })]), submission(2, [statusOnly]));
  const labels = (await world.store.listAlerts({ limit: 3 })).items.map((alert) => alert.labels);
  expect(labels).toEqual([{ host: 'a' }, { disk: '/var' }]);
});
