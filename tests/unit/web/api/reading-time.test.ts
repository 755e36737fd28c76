import { expect, test } from '@jest/globals';
import { createReadingTime, SlowFilterError } from '../../../../src/web/api/reading-time.ts';

test('filters may take two seconds together, and give others their turn every ten milliseconds', () => {
  let now = 0;
  const time = createReadingTime(() => now);
  const take = (ms: number) =>
    time.measure(() => {
      now += ms;
      return ms;
    });
  expect([take(4), time.isTurnOver(), take(6), time.isTurnOver(), time.isTurnOver()]).toEqual([
    4,
    false,
    6,
    true,
    false,
  ]);
  // What passes between is not of the filters.
  now += 60_000;
  expect(take(1990)).toBe(1990);
  expect(() => take(1)).toThrow(SlowFilterError);
});
