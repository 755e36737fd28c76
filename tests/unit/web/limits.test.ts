import { expect, test } from '@jest/globals';
import { createLimiter } from '../../../src/web/limits.ts';

test('a burst at once, then one each time a token has grown back', () => {
  const limit = createLimiter({ perSecond: 2, burst: 3 });
  expect([0, 0, 0, 0].map((now) => limit('a', now))).toEqual([0, 0, 0, 1]);
  expect(limit('a', 499)).toBe(1);
  expect(limit('a', 500)).toBe(0);
  expect(limit('a', 501)).toBe(1);
  expect([60_000, 60_000, 60_000, 60_000].map((now) => limit('a', now))).toEqual([0, 0, 0, 1]);
});

test('being refused costs nothing: who keeps asking is let in on time', () => {
  const limit = createLimiter({ perSecond: 1, burst: 1 });
  limit('a', 0);
  for (let now = 10; now < 1000; now += 10) expect(limit('a', now)).toBe(1);
  expect(limit('a', 1000)).toBe(0);
});

test('each credential has its own', () => {
  const limit = createLimiter({ perSecond: 1, burst: 1 });
  expect([limit('a', 0), limit('a', 0), limit('b', 0), limit('b', 0)]).toEqual([0, 1, 0, 1]);
});

test('a clock that goes back neither gives nor takes tokens', () => {
  const limit = createLimiter({ perSecond: 1, burst: 2 });
  expect([limit('a', 100_000), limit('a', 50_000), limit('a', 50_000), limit('a', 51_000)]).toEqual([0, 0, 1, 0]);
});

test('times that come out of order are not counted twice', () => {
  const limit = createLimiter({ perSecond: 100, burst: 200 });
  let granted = 0;
  for (let now = 10_000; now < 10_100; now += 0.05) {
    if (limit('a', now) === 0) granted += 1;
    if (limit('a', now - 2000) === 0) granted += 1;
  }
  expect(granted).toBe(209);
});

test('the wait is in whole seconds and long enough', () => {
  const limit = createLimiter({ perSecond: 0.25, burst: 1 });
  limit('a', 0);
  expect(limit('a', 0)).toBe(4);
  expect(limit('a', 3999)).toBe(1);
  expect(limit('a', 4000)).toBe(0);
});

test('however many credentials come, those in use are still limited', () => {
  const limit = createLimiter({ perSecond: 1, burst: 1 });
  for (let index = 0; index < 30_000; index += 1) {
    limit(`stranger ${index}`, 0);
    if (index % 5000 === 0) expect(limit('used', 0)).toBe(index === 0 ? 0 : 1);
  }
});

test('0 a second is no limit', () => {
  const limit = createLimiter({ perSecond: 0, burst: 1 });
  expect(Array.from({ length: 1000 }, () => limit('a', 0)).every((wait) => wait === 0)).toBe(true);
});
