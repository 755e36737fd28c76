import { describe, expect, test } from '@jest/globals';
import { createIntervalTimes, holds, type IntervalRule, nextChange } from '../../../../src/core/policy/interval.ts';
import { createZone } from '../../../../src/core/time/zone.ts';

const berlin = createZone('Europe/Berlin');
const interval = (...rules: Omit<IntervalRule, 'zone'>[]) => ({
  name: 'x',
  rules: rules.map((rule) => ({ zone: berlin, ...rule })),
});
const utc = (text: string) => Date.parse(`${text}Z`);
const NIGHT = interval({ times: [{ from: 22 * 60, to: 6 * 60 }], weekdays: [{ from: 1, to: 5 }] });
const MONTH_END = interval({ days: [{ from: -1, to: -1 }] });
const SPRING = interval({ times: [{ from: 120, to: 180 }] });

describe('whether an interval holds, and when that changes', () => {
  test.each([
    // Friday's night goes into Saturday; Saturday has none of its own.
    ['a night', NIGHT, '2026-06-05T21:00', true, '2026-06-06T04:00'],
    ['the morning after', NIGHT, '2026-06-06T03:59', true, '2026-06-06T04:00'],
    ['after it', NIGHT, '2026-06-06T04:00', false, '2026-06-08T20:00'],
    ['the last day of February', MONTH_END, '2026-02-28T12:00', true, '2026-02-28T23:00'],
    ['the day before', MONTH_END, '2026-02-27T12:00', false, '2026-02-27T23:00'],
    ['an hour that is left out', SPRING, '2026-03-28T12:00', false, '2026-03-30T00:00'],
    ['an hour that comes twice', SPRING, '2026-10-25T00:30', true, '2026-10-25T02:00'],
    ['a year that is over', interval({ years: [{ from: 2000, to: 2000 }] }), '2026-01-01T00:00', false, null],
  ])('%s', (_, given, at, expected, next) => {
    const times = createIntervalTimes();
    const list = [given];
    expect(holds(given, utc(at))).toBe(expected);
    expect(nextChange(list, utc(at))).toBe(next === null ? null : utc(next));
    expect([times.isOn(list, utc(at)), times.nextChange(list, utc(at))]).toEqual([
      expected,
      next === null ? null : utc(next),
    ]);
  });
});

test('what is remembered ends with the next change, and holds for no time before', () => {
  const times = createIntervalTimes();
  const list = [NIGHT];
  const at = ['2026-06-05T19:59', '2026-06-05T20:00', '2026-06-06T03:59', '2026-06-06T04:00', '2026-06-05T19:59'];
  expect(at.map((time) => times.isOn(list, utc(time)))).toEqual([false, true, true, false, false]);
});

test('a storm under an interval that never changes is searched once', () => {
  const times = createIntervalTimes();
  const list = [interval({ years: [{ from: 2000, to: 2000 }] })];
  let asked = 0;
  const counted = [
    {
      ...list[0],
      name: 'x',
      get rules() {
        asked += 1;
        return list[0]?.rules ?? [];
      },
    },
  ];
  times.nextChange(counted, utc('2026-01-01T00:00'));
  const once = asked;
  for (let second = 1; second < 1000; second += 1) times.isOn(counted, utc('2026-01-01T00:00') + second * 1000);
  expect(asked).toBe(once);
});
