import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { QueuedRequest, Submission } from '../../../src/core/submission.ts';
import { commitBatch } from '../../../src/pipeline/commit.ts';
import { createIngest } from '../../../src/pipeline/ingest.ts';
import { incoming, openWorld, submission, T, type World } from '../../support/world.ts';

let world: World;
let ids = 0;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const request = (open: () => Submission | null): QueuedRequest => ({ bytes: 0, flow: '', open });
const fire = (name: string, fields: Partial<Submission> = {}) =>
  submission(1, [incoming(name, 'firing', 'info')], fields);
const many = (count: number, name: string) =>
  submission(
    1,
    Array.from({ length: count }, (_, index) => incoming(`${name} ${index}`, 'firing', 'info')),
  );
/** Commits with so many alerts at a time. */
const commit = async (chunkAlerts: number, requests: readonly QueuedRequest[]) => {
  const newId = () => `00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`;
  const policy = { groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000, newId, now: () => T + 1 };
  return (await commitBatch({ ...world.store, chunkAlerts }, requests, policy)).answers;
};

test.each([[1], [3], [Number.POSITIVE_INFINITY]])(
  'with %p at a time, each sees what those before it made, and all are opened once, in order',
  async (chunkAlerts) => {
    const seen: string[] = [];
    const opened = (name: string, one: Submission | null) =>
      request(() => {
        seen.push(name);
        return one;
      });
    const replay = { key: 'n', signature: 'ab' };
    const answers = await commit(chunkAlerts, [
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
  const broken = request(() => {
    throw new Error('a driver that fails');
  });
  await expect(commit(1, [request(() => fire('a')), broken])).rejects.toThrow('a driver that fails');
  expect((await world.story()).alerts).toEqual([]);
  expect(await commit(1, [request(() => fire('a'))])).toMatchObject([{ counts: { alertsCreated: 1 } }]);
});

test('a batch in which nobody says anything writes nothing, and each is answered', async () => {
  expect(await commit(100, [request(() => null), request(() => null)])).toEqual([null, null]);
});

test('one transaction holds some 2,000 alerts, however small they are; the rest is for the next', async () => {
  const opened: number[] = [];
  const failures: unknown[] = [];
  const requests = Array.from({ length: 6 }, (_, index) =>
    request(() => {
      opened.push(index);
      return many(900, `push ${index}`);
    }),
  );
  for (const chunkAlerts of [100, Number.POSITIVE_INFINITY]) {
    expect(await commit(chunkAlerts, requests)).toHaveLength(3);
    expect(opened.splice(0)).toEqual([0, 1, 2]);
  }
  const ingest = createIngest(
    (batch) => commit(100, batch),
    (error) => failures.push(error),
  );
  const answers = await Promise.all(requests.map((one) => ingest.submit(one)));
  expect(failures).toEqual([]);
  expect(answers.map((answer) => answer?.outcome)).toEqual(requests.map(() => 'committed'));
  expect(opened).toEqual([0, 1, 2, 3, 4, 5]);
  await ingest.close();
});
