import { expect, test } from '@jest/globals';
import { anchoredRegex } from '../../../src/lib/regex.ts';

test.each<[string, string, boolean]>([
  ['db-.*', 'db-1', true],
  ['db-.*', 'a db-1', false],
  ['a|b', 'b', true],
  ['', '', true],
  ['.*b', `${'a'.repeat(4095)}b`, true],
])('%s of %s', (pattern, text, expected) => {
  expect(anchoredRegex(pattern)(text)).toBe(expected);
});

test.each([
  ['(', /cannot be read: /],
  ['a'.repeat(4097), /has 4096 characters at most/],
  ['(a?){1000}(b?){1000}', /it repeats too much; write fewer or smaller {n}/],
  ['(((a{30}){30}){30}){30}', /cannot be read/],
  [`${'('.repeat(2000)}a${')'.repeat(2000)}`, /cannot be read/],
])('%.20s is refused', (pattern, reason) => {
  expect(() => anchoredRegex(pattern)).toThrow(reason);
});

// With an engine that goes back, each of these takes longer than the sun will shine.
test.each([['(a*)*b'], ['(a|a)*b'], ['(a|aa)+b'], ['(.*a){20}b'], ['(a?){50}a{50}b']])(
  '%s is tried in time',
  (pattern) => {
    expect(anchoredRegex(pattern)('a'.repeat(10_000))).toBe(false);
  },
);
