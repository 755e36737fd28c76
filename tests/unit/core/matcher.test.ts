import { describe, expect, test } from '@jest/globals';
import { MatcherError, parseMatcher, parsePattern } from '../../../src/core/matcher.ts';

const LABELS = { alertname: 'Disk full', severity: 'critical', host: 'db-1.example', odd: 'a"b\\c\nd' };

describe('a matcher', () => {
  test.each([
    ['severity=critical', true],
    ['severity="critical"', true],
    [' severity = "critical" ', true],
    ['severity=crit', false],
    ['severity!=critical', false],
    ['severity!=warning', true],
    ['nobody=""', true],
    ['nobody=', true],
    ['nobody!=""', false],
    ['toString=""', true],
    ['odd="a\\"b\\\\c\\nd"', true],
    ['host=~"db-.*"', true],
    ['host=~db-.*', true],
    ['host=~"db-"', false],
    ['host!~"web-.*|db-9.*"', true],
    ['host!~"web-.*|db-.*"', false],
  ])('%s: %s', (text, holds) => {
    expect(parseMatcher(text).matches(LABELS)).toBe(holds);
  });

  test.each(['severity', '', '="x"', '1a="x"', 'a b="c"', 'a>b'])('"%s" is none', (text) => {
    expect(() => parseMatcher(text)).toThrow(MatcherError);
    expect(() => parseMatcher(text)).toThrow('bad matcher format');
  });
});

describe('a pattern', () => {
  test.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['^abc$', 'abc', true],
    ['a|b|', '', true],
    ['(a|b)', 'b', true],
    ['(?:a|b)', 'a', true],
    ['.', 'x', true],
    ['.', '', false],
    ['.*', '', true],
    ['.+', '', false],
    ['.+', 'x', true],
    ['a.c', 'abc', true],
    ['a\\.c', 'abc', false],
    ['a\\.c', 'a.c', true],
    ['a\\|c', 'a|c', true],
    ['.*b.*', 'abc', true],
    ['.*ab', 'aab', true],
    ['a.+b.+c', 'abbbc', true],
    ['a.*b.*c', 'acb', false],
    ['x.*', '\nx', false],
    ['costs 5\\$', 'costs 5$', true],
  ])('%s on "%s": %s', (pattern, text, holds) => {
    expect(parsePattern(pattern)(text)).toBe(holds);
  });

  test.each(['a*', 'a+', '[ab]', '(a', 'a)', 'a{2}', '\\d', 'a?', '(a|(b))', 'a\\'])(
    '"%s" is more than is taken here, and is told so',
    (pattern) => {
      expect(() => parsePattern(pattern)).toThrow(/is not taken here: it may hold text, "\.", "\.\*"/);
    },
  );

  test('agrees with a regular expression wherever both read the same', () => {
    const parts = ['a', 'b', '.', '.*', '.+', '|', '\\.'];
    const texts = ['', 'a', 'b', 'ab', 'ba', 'aab', 'abb', 'a.b', '.', 'bab'];
    let seed = 7;
    const next = (n: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % n;
    };
    for (let round = 0; round < 3000; round += 1) {
      const pattern = Array.from({ length: next(6) }, () => parts[next(parts.length)]).join('');
      const expected = new RegExp(`^(?:${pattern})$`, 's');
      for (const text of texts)
        expect([pattern, text, parsePattern(pattern)(text)]).toEqual([pattern, text, expected.test(text)]);
    }
  });

  test('takes time by the length of the text times its own, however it is made', () => {
    const match = parsePattern(`${'.*a'.repeat(300)}b`);
    expect(match('a'.repeat(2000))).toBe(false);
  });
});
