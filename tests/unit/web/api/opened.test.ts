import { expect, test } from '@jest/globals';
import { openedQuery } from '../../../../src/web/api/opened.ts';

const NOW = Date.parse('2026-11-28T12:34:56.789Z');
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const before = (ms: number) => (now: number) => now - ms;
const asked = (from?: number, to?: number) =>
  openedQuery({ subject: 'alert', ...(from && { from: before(from) }), ...(to && { to: before(to) }) }, NOW);

test('a span has some 48 steps, which begin at whole ones', () => {
  expect(asked()).toEqual({
    ...{ subject: 'alert', to: NOW, stepMs: 30 * MINUTE },
    from: Date.parse('2026-11-27T12:30:00.000Z'),
  });
  expect(asked(HOUR).stepMs).toBe(5 * MINUTE);
  expect(asked(7 * DAY).stepMs).toBe(6 * HOUR);
  expect(asked(30 * DAY)).toMatchObject({ stepMs: DAY, from: Date.parse('2026-10-29T00:00:00.000Z') });
  expect(asked(2 * HOUR, HOUR)).toMatchObject({ to: NOW - HOUR, stepMs: 5 * MINUTE });
});

test('what cannot be counted is refused', () => {
  expect(() => asked(HOUR, 2 * HOUR)).toThrow(/from must be before the end/);
  expect(() => asked(32 * DAY)).toThrow(/31 days/);
  // What is to come has not happened.
  expect(openedQuery({ subject: 'incident', to: (now) => now + DAY }, NOW).to).toBe(NOW);
});
