import { expect, test } from '@jest/globals';
import type { Submission } from '../../../src/core/submission.ts';
import { createRefusalAlerts } from '../../../src/housekeeping/refusals.ts';
import { openWorld, T } from '../../support/world.ts';

test('a refusal is an alert of the hub, a minute and a source', () => {
  const submitted: Submission[] = [];
  const tell = createRefusalAlerts((submission) => submitted.push(submission));
  tell('alertmanager', 'a body holds at most 8388608 bytes', T);
  tell('alertmanager', 'again', T + 59_999);
  tell('grafana', 'other', T + 1);
  tell('alertmanager', 'again', T + 60_000);
  expect(submitted.map(({ receivedAt, alerts }) => [receivedAt - T, alerts[0]?.fingerprint])).toEqual([
    [0, 'webhook-refused:alertmanager'],
    [1, 'webhook-refused:grafana'],
    [60_000, 'webhook-refused:alertmanager'],
  ]);
});

test('it is stored as one alert of the source monitor, which ends an hour after the last refusal', async () => {
  const world = openWorld();
  try {
    const commits: Promise<unknown>[] = [];
    const tell = createRefusalAlerts((submission) => commits.push(world.commit(submission)));
    for (const at of [0, 60_000]) {
      tell('alertmanager', `a reason that goes on: ${'x'.repeat(1000)}`, T + at);
      await Promise.all(commits);
    }
    const { items } = await world.store.listAlerts({ limit: 5 });
    expect(items).toMatchObject([
      {
        ...{ source: 'monitor', name: 'Refused what alertmanager sent', status: 'firing', severity: 'warning' },
        ...{ labels: { source: 'alertmanager' }, occurrences: 2, expiresAt: T + 60_000 + 3_600_000 },
      },
    ]);
    expect(items[0]?.annotations.message).toHaveLength(500);
  } finally {
    await world.close();
  }
});
