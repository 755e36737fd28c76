import { describe, expect, test } from '@jest/globals';
import { oneLine } from '../../../../src/core/one-line.ts';
import { isAbsent } from '../../../../src/core/reading/absent.ts';
import { joinedTags, tagLabels } from '../../../../src/core/reading/tags.ts';

describe('tags', () => {
  test.each([
    ['a text with commas', 'env:prod, role:web', { env: 'prod', role: 'web' }],
    ['a list', ['env:prod', 'role:web'], { env: 'prod', role: 'web' }],
    ['a tag without a colon', 'monitor', { monitor: 'true' }],
    ['a colon in the value', 'url:http://web:80', { url: 'http://web:80' }],
    ['several values of one key', 'sg:a,sg:b,sg:a', { sg: 'a,b' }],
    ['what is no tag', ['', null, {}, ':x', 'null', 7], { 7: 'true' }],
    ['no tags at all', { env: 'prod' }, {}],
    ['an empty value', 'env:', { env: '' }],
  ])('%s', (_, tags, labels) => {
    expect(tagLabels(tags)).toEqual(labels);
  });

  test('reach no prototype', () => {
    const labels = tagLabels('__proto__:x,constructor:y');
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});

test('a hundred thousand values of one key are joined at once', () => {
  const tags = Array.from({ length: 100_000 }, (_, index) => ['a', String(index)] as const);
  expect(joinedTags(tags).a?.split(',')).toHaveLength(100_000);
});

describe('one line', () => {
  test('of a text with several, no longer than asked', () => {
    expect(oneLine(' a\r\n b\t c ')).toBe('a b c');
    expect(oneLine('x'.repeat(300))).toHaveLength(200);
    expect(oneLine('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
    expect(oneLine('😀'.repeat(300), 4).isWellFormed()).toBe(true);
  });
});

test('a megabyte of blanks is looked at once', () => {
  expect(isAbsent(`${' '.repeat(1_000_000)}x`)).toBe(false);
  expect(isAbsent(' '.repeat(1_000_000))).toBe(true);
});
