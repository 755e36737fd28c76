import { beforeEach, expect, test } from '@jest/globals';
import { createReadSlots, type ReadSlot } from '../../../../src/web/api/read-slots.ts';
import { handClock } from '../../../support/hand-clock.ts';

let hand: ReturnType<typeof handClock>;
let closed: number[];
beforeEach(() => {
  hand = handClock();
  closed = [];
});

const responseOf = (number: number) => ({ destroy: () => closed.push(number) }) as never;

/** Slots of which all sixteen are taken, by 0 to 15. */
async function full() {
  const slots = createReadSlots(hand.clock);
  const held: ReadSlot[] = [];
  for (let number = 0; number < 16; number += 1) held.push((await slots.acquire(responseOf(number))) as ReadSlot);
  return { slots, held };
}

test('one that is released goes to who has waited longest', async () => {
  const { slots, held } = await full();
  const got: number[] = [];
  for (const number of [20, 21]) void slots.acquire(responseOf(number)).then(() => got.push(number));
  held[3]?.release();
  await hand.tick(0);
  expect([got, closed]).toEqual([[20], []]);
});

test('who is not served in five seconds is told to come back', async () => {
  const { slots } = await full();
  const waiting = slots.acquire(responseOf(20));
  await hand.tick(5000);
  expect([await waiting, closed]).toEqual([null, []]);
  expect(hand.waiting()).toHaveLength(16);
});

test('of readers that have taken nothing for a second the slowest makes room', async () => {
  const { slots, held } = await full();
  held[5]?.stalled();
  await hand.tick(600);
  held[2]?.stalled();
  held[9]?.stalled();
  await hand.tick(1500);
  held[9]?.drained();
  expect(await slots.acquire(responseOf(20))).not.toBeNull();
  expect(await slots.acquire(responseOf(21))).not.toBeNull();
  expect(closed).toEqual([5, 2]);
});

test('one that stalls while somebody waits makes room, too', async () => {
  const { slots, held } = await full();
  const waiting = slots.acquire(responseOf(20));
  held[7]?.stalled();
  await hand.tick(1500);
  expect([await waiting, closed]).toEqual([expect.anything(), [7]]);
});

test('two hundred may wait, and no more', async () => {
  const { slots } = await full();
  const waiting = Array.from({ length: 201 }, (_, number) => slots.acquire(responseOf(100 + number)));
  expect(await waiting[200]).toBeNull();
  await hand.tick(5000);
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => null));
});

test('no answer takes longer than five minutes', async () => {
  const slots = createReadSlots(hand.clock);
  const one = (await slots.acquire(responseOf(1))) as ReadSlot;
  (await slots.acquire(responseOf(2)))?.release();
  await hand.tick(300_000);
  one.release();
  expect([closed, hand.waiting()]).toEqual([[1], []]);
});
