import { describe, expect, test } from '@jest/globals';
import { presentMap, presentText, presentTime } from '../../../../src/core/reading/absent.ts';

describe('text that is there', () => {
  test.each([
    ['x', 'x'],
    [' x ', ' x '],
    ['none', 'none'],
    ['failure on <no value>', 'failure on <no value>'],
    [0, '0'],
    [false, 'false'],
    ['{HOST.NAME}', '{HOST.NAME}'],
    ['$HOSTNAME', '$HOSTNAME'],
  ])('%j is %j', (value, text) => {
    expect(presentText(value)).toBe(text);
  });
});

test.each([
  ...[undefined, null, '', ' \t\n', 'null', 'undefined', '<nil>', '<no value>', ' [no value] '],
  ...['%!s(<nil>)', '%!d(string=hot)', '%!s(MISSING)', '%!(NOVERB)', 'N/A', 'NA', 'n/a', {}, [], [1]],
])('%j stands for nothing', (value) => {
  expect(presentText(value)).toBeUndefined();
});

test('a map leaves out what stands for nothing, and keeps NA and every name', () => {
  const map = presentMap(JSON.parse('{"a":"<no value>","b":"","c":"x","region":"NA","n":5,"__proto__":"p","z":null}'));
  expect(Object.entries(map)).toEqual([
    ['c', 'x'],
    ['region', 'NA'],
    ['n', '5'],
    ['__proto__', 'p'],
  ]);
  for (const value of [null, undefined, 'x', 3, []]) expect(presentMap(value)).toEqual({});
});

describe('times', () => {
  test.each([
    ['2022-11-02T08:12:16.003Z', Date.UTC(2022, 10, 2, 8, 12, 16, 3)],
    ['2018-08-01T02:01:44.71271343-04:00', Date.UTC(2018, 7, 1, 6, 1, 44, 712)],
    ['2015-07-17T08:42:58.315+0000', Date.UTC(2015, 6, 17, 8, 42, 58, 315)],
    ['1759343584000', 1_759_343_584_000],
    [' 1759343584 ', 1_759_343_584_000],
    [1_759_343_584, 1_759_343_584_000],
  ])('%j is %j', (value, time) => {
    expect(presentTime(value)).toBe(time);
  });

  test.each(['0001-01-01T00:00:00Z', '', 'null', '<no value>', '$DATE', '99999999999999999999', '5', null, {}, 1e300])(
    '%j is no time',
    (value) => {
      expect(presentTime(value)).toBeUndefined();
    },
  );
});
