import { describe, expect, test } from '@jest/globals';
import { isObject, scalarText, textMap, timeOf } from '../../../../src/core/reading/read.ts';

const parse = (text: string): unknown => JSON.parse(text);

test.each([
  ['{}', true],
  ['{"a":1}', true],
  ['[]', false],
  ['null', false],
  ['"x"', false],
  ['1', false],
])('%s is an object: %s', (text, answer) => {
  expect(isObject(parse(text))).toBe(answer);
});

describe('text of a scalar', () => {
  test.each([
    ['x', 'x'],
    ['', ''],
    [0, '0'],
    [1e21, '1e+21'],
    [true, 'true'],
    [false, 'false'],
    [null, undefined],
    [undefined, undefined],
    [{}, null],
    [[], null],
  ])('%j is %j', (value, text) => {
    expect(scalarText(value)).toBe(text);
  });
});

describe('a map of text', () => {
  const read = (text: string) => textMap(parse(text) as Record<string, unknown>);

  test('scalars as text, objects and lists as JSON, null left out', () => {
    expect(read('{"a":"x","b":1.50,"c":true,"d":null,"e":[1,"y"],"f":{"g":null},"h":1e400,"":"empty"}')).toEqual({
      a: 'x',
      b: '1.5',
      c: 'true',
      e: '[1,"y"]',
      f: '{"g":null}',
      h: 'Infinity',
      '': 'empty',
    });
  });

  test('names of the prototype are ordinary names', () => {
    const map = read('{"__proto__":{"polluted":1},"constructor":"c","hasOwnProperty":"h","toString":"t"}');
    expect(Object.entries(map)).toEqual([
      ['__proto__', '{"polluted":1}'],
      ['constructor', 'c'],
      ['hasOwnProperty', 'h'],
      ['toString', 't'],
    ]);
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('the last of several equal names counts, as in every parser of JSON', () => {
    expect(read('{"a":1,"a":2}')).toEqual({ a: '2' });
  });
});

describe('time', () => {
  const NOON = Date.UTC(2026, 2, 29, 12, 0, 0);

  test.each([
    ['2026-03-29T12:00:00Z', NOON],
    ['2026-03-29T12:00:00.000Z', NOON],
    ['2026-03-29T12:00:00.5Z', NOON + 500],
    ['2026-03-29T12:00:00.123456Z', NOON + 123],
    ['2026-03-29T12:00:00.123456789Z', NOON + 123],
    ['2026-03-29T12:00:00.123456+00:00', NOON + 123],
    ['2026-03-29T14:00:00+02:00', NOON],
    ['2026-03-29T06:30:00-05:30', NOON],
    ['2026-03-29T14:00:00+0200', NOON],
    ['2026-03-29T12:00Z', NOON],
    ['2026-03-29 12:00:00Z', NOON],
    ['2026-03-29 12:00:00+00:00', NOON],
    ['2026-03-29T12:00:00z', NOON],
    ['2026-03-29', NOON - 12 * 3_600_000],
  ])('%s', (text, time) => {
    expect(timeOf(text)).toBe(time);
  });

  test.each([['2026-03-29T12:00:00'], ['2026-03-29T12:00:00.000000'], ['2026-03-29 12:00:00']])(
    '%s without an offset is UTC, wherever the hub stands',
    (text) => {
      expect(timeOf(text)).toBe(NOON);
    },
  );

  test.each([
    [NOON / 1000, NOON],
    [NOON, NOON],
    [NOON / 1000 + 0.25, NOON + 250],
    [NOON + 0.4, NOON],
    [1, 1000],
  ])('the number %d', (value, time) => {
    expect(timeOf(value)).toBe(time);
  });

  test.each([
    [''],
    ['now'],
    ['5'],
    ['1774785600'],
    ['2026'],
    ['March 7'],
    ['2026-03-29T12:00:00+99:99'],
    ['2026-13-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59Z'],
    ['+012026-03-29T12:00:00Z'],
    ['2026-03-29T12:00:00Z\0'],
    [0],
    [-1],
    [1e300],
    [Number.POSITIVE_INFINITY],
    [Number.NaN],
    [true],
    [null],
    [undefined],
    [{}],
    [[NOON]],
  ])('%j is none', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });
});
