import { describe, expect, test } from '@jest/globals';
import {
  parseDaySpan,
  parseDays,
  parseMonths,
  parseWeekdays,
  parseYears,
} from '../../../../src/core/policy/interval-text.ts';

const range = (from: number, to = from) => ({ from, to });

test.each([
  [parseDaySpan, '09:00-17:00', range(540, 1020)],
  [parseDaySpan, '22:00 - 06:00', range(1320, 360)],
  [parseDaySpan, '00:00-24:00', range(0, 1440)],
  [parseWeekdays, 'monday', [range(1)]],
  [parseWeekdays, 'Mon:Fri', [range(1, 5)]],
  [parseWeekdays, 'saturday:sunday', [range(6), range(0)]],
  [parseMonths, 'january', [range(1)]],
  [parseMonths, '12', [range(12)]],
  [parseMonths, 'november:february', [range(11, 12), range(1, 2)]],
  [parseDays, '15', range(15)],
  [parseDays, '1:7', range(1, 7)],
  [parseDays, '-3:-1', range(-3, -1)],
  [parseDays, '5:-1', range(5, -1)],
  [parseYears, '2026', range(2026)],
  [parseYears, '2026:2028', range(2026, 2028)],
])('%p reads %s', (parse, text, expected) => {
  expect(parse(text)).toEqual(expected);
});

describe('what cannot be read is refused', () => {
  test.each([
    [parseDaySpan, '9-17'],
    [parseDaySpan, '09:00-09:00'],
    [parseDaySpan, '24:00-06:00'],
    [parseDaySpan, '09:60-10:00'],
    [parseDaySpan, '09:00-24:01'],
    [parseWeekdays, 'mo'],
    [parseWeekdays, 'monday:tuesday:friday'],
    [parseMonths, '0'],
    [parseMonths, '13'],
    [parseMonths, 'smarch'],
    [parseDays, '0'],
    [parseDays, '32'],
    [parseDays, '7:1'],
    [parseDays, '-1:3'],
    [parseYears, '26'],
    [parseYears, '2028:2026'],
  ])('%p, %s', (parse, text) => {
    expect(() => parse(text)).toThrow(text);
  });
});
