import { describe, expect, test } from '@jest/globals';
import { compileMatchers, matcherText, parseMatchers } from '../../../../src/core/policy/matchers.ts';
import { anchoredRegex } from '../../../../src/lib/regex.ts';

const spec = (name: string, value: string, operator = '=') => ({
  ...{ name, value },
  ...{ isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') },
});

describe('matchers are read as Alertmanager reads them', () => {
  test.each([
    ['foo=bar', [spec('foo', 'bar')]],
    ['foo = bar', [spec('foo', 'bar')]],
    ['foo="a b"', [spec('foo', 'a b')]],
    ['foo=a b', [spec('foo', 'a b')]],
    ['foo=~a.*', [spec('foo', 'a.*', '=~')]],
    ['foo!~"x|y"', [spec('foo', 'x|y', '!~')]],
    ['foo!=x', [spec('foo', 'x', '!=')]],
    ['foo=', [spec('foo', '')]],
    ['foo=""', [spec('foo', '')]],
    ['{a="1",b="2"}', [spec('a', '1'), spec('b', '2')]],
    ['a=1,b=2', [spec('a', '1'), spec('b', '2')]],
    ['a="1,2", b="}"', [spec('a', '1,2'), spec('b', '}')]],
    ['{a="1",}', [spec('a', '1')]],
    ['a=~"x{2}"', [spec('a', 'x{2}', '=~')]],
    [String.raw`a=~"\d+"`, [spec('a', String.raw`\d+`, '=~')]],
    [String.raw`a=~"\\d+"`, [spec('a', String.raw`\d+`, '=~')]],
    [String.raw`a="say \"hi\"\n"`, [spec('a', 'say "hi"\n')]],
    ['"foo-bar"=x', [spec('foo-bar', 'x')]],
  ])('%s', (text, expected) => {
    const read = parseMatchers(text);
    expect(read).toEqual(expected);
    expect(parseMatchers(read.map(matcherText).join(','))).toEqual(expected);
  });

  test.each([
    ['', 'is not a matcher'],
    ['foo', 'is not a matcher'],
    ['foo-bar=x', 'is not a matcher'],
    ['=x', 'is not a matcher'],
    ['a="x', 'do not match'],
    ['a="x"y"', 'do not match'],
    ['a=x"y', 'whole value in quotes'],
    ['a=1,,b=2', 'is not a matcher'],
  ])('%s is refused', (text, reason) => {
    expect(() => parseMatchers(text)).toThrow(reason);
  });
});

describe('what matchers hold of', () => {
  test.each([
    ['a=~"a.*"', { a: 'xabc' }, false],
    ['a=~"a.*"', { a: 'abc' }, true],
    ['a=~"a|ab"', { a: 'ab' }, true],
    ['a!~"a.*"', { a: 'xabc' }, true],
    ['a=""', {}, true],
    ['a=~".*"', {}, true],
    ['a=~".+"', {}, false],
    ['a!=""', {}, false],
    ['a!="y"', {}, true],
    ['a=~"(?i)BAR"', { a: 'bar' }, true],
    ['a="1",b="2"', { a: '1', b: '2' }, true],
    ['a="1",b="2"', { a: '1' }, false],
    ['toString=""', {}, true],
  ])('%s of %j: %s', (text, labels, expected) => {
    expect(compileMatchers(parseMatchers(text), anchoredRegex)(labels)).toBe(expected);
  });

  test.each(['(', '(?=a)', 'a{1001}', String.raw`(a)\1`, 'x'.repeat(5000)])(
    'the expression %s is refused',
    (pattern) => {
      expect(() => compileMatchers([spec('a', pattern, '=~')], anchoredRegex)).toThrow(/regular expression/);
    },
  );

  test('an expression that others take years over is linear', () => {
    const test = anchoredRegex('(a+)+$');
    expect(test(`${'a'.repeat(4000)}b`)).toBe(false);
  });
});
