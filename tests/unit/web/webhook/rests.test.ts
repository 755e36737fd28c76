import { expect, test } from '@jest/globals';
import type { RequestHead } from '../../../../src/web/request.ts';
import { type Outcome, postponed, refusal } from '../../../../src/web/webhook/outcome.ts';
import { createRests } from '../../../../src/web/webhook/rests.ts';

const head = (key?: string) => ({ headers: key === undefined ? {} : { 'x-cluster-key': key } }) as RequestHead;
const TOO_MANY = postponed('too many requests', 3, 'rate_limited');

test.each<[string, Outcome, number | null]>([
  ['too many requests', TOO_MANY, 2],
  ['a hub that is busy', postponed('the hub is busy'), null],
  ['a refusal', refusal('forbidden', 'no'), null],
])('a key that was told of %s', (_, outcome, expected) => {
  const rests = createRests();
  rests.note(head('k1'), outcome, 1000);
  expect(rests.restOf(head('k1'), 2500)?.retryAfterS ?? null).toBe(expected);
  expect([rests.restOf(head('k2'), 2500), rests.restOf(head(), 2500), rests.restOf(head('k1'), 4000)]).toEqual([
    null,
    null,
    null,
  ]);
});

test('its answer is held for half a second', async () => {
  const waits: number[] = [];
  await createRests(async (ms) => void waits.push(ms)).hold();
  expect(waits).toEqual([500]);
});
