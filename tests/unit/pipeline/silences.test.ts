import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SilenceAction } from '../../../src/core/policy/silence-change.ts';
import { performSilenceAction, recordSilenceEnds } from '../../../src/pipeline/silences.ts';
import { claimed, idOf, silence, T } from '../../support/stored.ts';
import { openWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const HOUR = 3_600_000;
const perform = (action: SilenceAction, now = T) => performSilenceAction(world.store, action, () => now);
const { matchers, comment } = silence(1);
const create = (id = idOf(1), fields = {}): SilenceAction => {
  const span = { startsAt: T, endsAt: T + HOUR };
  const request = { id: null, kind: null, matchers, ...span, createdBy: 'ann', comment, ...fields };
  return { type: 'set_silence', id, actor: 'api', origin: 'api', request };
};
const end = (silenceId: string): SilenceAction => ({
  ...{ type: 'end_silence', id: idOf(9), actor: 'ben', silenceId, kind: null },
});
const history = async (...ids: readonly string[]) =>
  (await world.store.history(ids, 99)).map(({ kind, reason, actor }) => `${kind} ${reason} by ${actor}`);

test('a silence is made, changed, replaced and ended; each stands in the history once', async () => {
  expect(await perform(create())).toMatchObject({ result: { outcome: 'created' }, seq: 1 });
  expect(await perform(create())).toMatchObject({
    result: { outcome: 'unchanged', silence: { id: idOf(1) } },
    seq: null,
  });
  await perform(create(idOf(2), { id: idOf(1), endsAt: T + 2 * HOUR }));
  const other = [{ name: 'host', value: 'db.*', isRegex: true, isEqual: true }];
  expect(await perform(create(idOf(3), { id: idOf(1), matchers: other }), T + 5)).toMatchObject({
    result: { outcome: 'replaced', silence: { id: idOf(3), replaces: idOf(1) } },
  });
  await perform(end(idOf(3)), T + 10);
  expect(await perform(end(idOf(3)), T + 10)).toMatchObject({ result: { outcome: 'already_ended' }, seq: null });
  expect(await history(idOf(1))).toEqual(['created new by api', 'changed asked by api', 'expired replaced by api']);
  expect(await history(idOf(3))).toEqual(['created replaces by api', 'expired asked by ben']);
  expect(await world.store.findSilence(idOf(1))).toMatchObject({ endsAt: T + 5, endedBy: 'api' });
  expect(await world.store.findSilence(idOf(3))).toMatchObject({ endsAt: T + 10, endedBy: 'ben' });
  expect(await world.store.liveSilences(T + 11)).toEqual([]);
});

test('what cannot be is not kept', async () => {
  expect(await perform(create(idOf(1), { matchers: [] }))).toMatchObject({ result: { outcome: 'invalid' }, seq: null });
  expect(await perform(create(idOf(1), { id: idOf(5) }))).toEqual({ result: { outcome: 'not_found' }, seq: null });
  expect(await perform(end(idOf(5)))).toEqual({ result: { outcome: 'not_found' }, seq: null });
  expect([await world.store.liveSilences(T), await history(idOf(1), idOf(5))]).toEqual([[], []]);
});

test('the end of time is recorded once', async () => {
  const lease = await claimed(world.store);
  for (const n of [1, 2, 3]) await perform(create(idOf(n), { endsAt: T + n * HOUR }));
  const record = (now: number, limit: number) => recordSilenceEnds(world.store, now, limit, lease);
  expect(await record(T, 9)).toEqual({ ended: 0, seq: null });
  expect((await record(T + 2 * HOUR, 1)).ended).toBe(1);
  expect((await record(T + 2 * HOUR, 9)).ended).toBe(1);
  expect((await record(T + 2 * HOUR, 9)).ended).toBe(0);
  expect(await history(idOf(1))).toEqual(['created new by api', 'expired time_over by monitor']);
  expect(await world.store.findSilence(idOf(1))).toMatchObject({
    endsAt: T + HOUR,
    endedAt: T + HOUR,
    endedBy: 'monitor',
  });
  expect(await world.store.findSilence(idOf(3))).toMatchObject({ endedAt: null });
});

test('a part of an id will do where it names one', async () => {
  for (const n of [1, 2]) await perform(create(idOf(n)));
  expect(await perform(end(idOf(1).slice(0, 20)))).toEqual({
    result: { outcome: 'ambiguous', candidates: expect.arrayContaining([idOf(1), idOf(2)]) },
    seq: null,
  });
  expect(await perform(end('ffff'))).toEqual({ result: { outcome: 'not_found' }, seq: null });
  expect(await perform(end(idOf(2).slice(-6)))).toMatchObject({
    result: { outcome: 'ended', silence: { id: idOf(2) } },
  });
});

test('what is not given in a change stays as it is', async () => {
  await perform(create());
  const change: SilenceAction = {
    ...{ type: 'change_silence', id: idOf(2), actor: 'api', origin: 'api', silenceId: idOf(1), kind: 'silence' },
    changes: { comment: 'more' },
  };
  expect(await perform(change)).toMatchObject({
    result: { outcome: 'changed', silence: { id: idOf(1), comment: 'more', createdBy: 'ann', endsAt: T + HOUR } },
  });
  expect(await perform({ ...change, kind: 'maintenance' })).toMatchObject({ result: { outcome: 'not_found' } });
});
