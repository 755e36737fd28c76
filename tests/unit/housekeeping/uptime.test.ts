import { expect, test } from '@jest/globals';
import { createUptime, type Uptime } from '../../../src/housekeeping/uptime.ts';

/** A look at each of these times, by the clock of the database; gives since when it was up, as each look saw it. */
function looks(uptime: Uptime, ...times: readonly (number | 'break')[]): number[] {
  return times.flatMap((now) => {
    if (now === 'break') {
      uptime.break();
      return [];
    }
    const since = uptime.since(now);
    uptime.confirm(since, now);
    return [since];
  });
}

test.each<[string, (number | 'break')[], number[]]>([
  ['since its first look', [1000, 1010, 1030], [1000, 1000, 1000]],
  ['a pause as long as the gap is none', [1000, 1020], [1000, 1000]],
  ['since the look after a longer one', [1000, 1021, 1030], [1000, 1021, 1021]],
  ['since a break, however short', [1000, 'break', 1001, 1010], [1000, 1001, 1001]],
  ['a break before the first look', ['break', 1000, 1010], [1000, 1000]],
  ['a clock set back begins anew, once', [9000, 1000, 1010, 1020], [9000, 1000, 1000, 1000]],
  ['a clock set back within the gap, too', [1000, 995, 1000], [1000, 995, 995]],
  ['a clock set forward is a break', [1000, 9000, 9010], [1000, 9000, 9000]],
])('%s', (_, times, expected) => {
  expect(looks(createUptime(20), ...times)).toEqual(expected);
});

test('work that takes longer than the gap is no break', () => {
  const uptime = createUptime(20);
  uptime.confirm(uptime.since(1000), 1100);
  expect(uptime.since(1110)).toBe(1000);
});

test('nothing is kept of a look that is not confirmed', () => {
  const uptime = createUptime(20);
  looks(uptime, 1000);
  expect([uptime.since(1100), uptime.since(1200)]).toEqual([1100, 1200]);
});
