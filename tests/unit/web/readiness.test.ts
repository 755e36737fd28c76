import { expect, test } from '@jest/globals';
import { createReadiness } from '../../../src/web/readiness.ts';
import { handClock } from '../../support/hand-clock.ts';

const HELD_UP = 'the store has not answered for 2 s: it is held up';

test('the store is asked once a second, however often readiness is', async () => {
  const { clock, tick } = handClock();
  let asked = 0;
  const notReady = createReadiness(async () => {
    asked += 1;
  }, clock);
  expect([await notReady(), await notReady(), asked]).toEqual([null, null, 1]);
  await tick(1000);
  expect([await notReady(), asked]).toEqual([null, 2]);
});

test('the reason of the store is told', async () => {
  const { clock } = handClock();
  const notReady = createReadiness(() => Promise.reject(new Error('the disk is full')), clock);
  expect(await notReady()).toBe('the store cannot be written: the disk is full');
});

test('a store that does not answer: told within two seconds, and not asked again meanwhile', async () => {
  const { clock, tick } = handClock();
  let asked = 0;
  let answer = () => {};
  const notReady = createReadiness(() => {
    asked += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  }, clock);
  const first = notReady();
  await tick(2000);
  expect(await first).toBe(HELD_UP);
  const late = notReady();
  await tick(0);
  expect([await late, asked]).toEqual([HELD_UP, 1]);
  answer();
  await tick(0);
  await tick(1000);
  const next = notReady();
  answer();
  expect([await next, asked]).toEqual([null, 2]);
});

test('a store that failed and is late now: the reason it gave is told', async () => {
  const { clock, tick } = handClock();
  let asked = 0;
  const notReady = createReadiness(() => {
    asked += 1;
    return asked === 1 ? Promise.reject(new Error('the lock is held')) : new Promise(() => {});
  }, clock);
  await notReady();
  await tick(1000);
  const next = notReady();
  await tick(2000);
  expect([await next, asked]).toEqual(['the store cannot be written: the lock is held', 2]);
});
