import { expect, test } from '@jest/globals';
import { createSettledClock } from '../../../src/housekeeping/settled-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What it says each minute, while the clock is `offset` ahead of the steady one. */
function play(offsets: readonly number[]): string {
  let steady = 0;
  const clock = createSettledClock(() => steady, 5 * MINUTE);
  return offsets
    .map((offset) => {
      const said = clock.isSettled(1_700_000_000_000 + steady + offset) ? 'x' : '.';
      steady += MINUTE;
      return said;
    })
    .join('');
}

const of = (count: number, offset = 0) => Array.from({ length: count }, () => offset);

test.each([
  ['goes on', of(8), '.....xxx'],
  ['is slewed', of(8).map((_, n) => n * 500), '.....xxx'],
  ['was wrong at the start, and is set right', [...of(3, HOUR), ...of(8)], '........xxx'],
  ['jumps ahead and comes back', [...of(7), HOUR, HOUR, ...of(8)], '.....xx.......xxx'],
  ['goes back', [...of(7), ...of(8, -HOUR)], '.....xx.....xxx'],
])('a clock that %s', (_, offsets, expected) => {
  expect(play(offsets)).toBe(expected);
});
