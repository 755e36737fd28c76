import { describe, expect, test } from '@jest/globals';
import { PATH_LIMITS, parseJsonPath, valueAt } from '../../../../src/core/reading/json-path.ts';

const BODY = JSON.parse(
  '{"title":"t","a":{"b":[{"c":5},null]},"x y":{"it\'s \\"so\\"":1,"":2,"a.b":3},"größe":4,"__proto__":{"own":true},"length":9}',
);

function read(text: string): unknown {
  const path = parseJsonPath(text);
  if ('error' in path) throw new Error(path.error);
  return valueAt(BODY, path);
}

describe('paths', () => {
  test.each([
    ['$', BODY],
    ['$.title', 't'],
    ['$.a.b[0].c', 5],
    ["$['a']['b'][0]['c']", 5],
    ['$["a"].b[1]', null],
    ["$['x y']['it\\'s \"so\"']", 1],
    ['$[\'x y\']["it\'s \\"so\\""]', 1],
    ["$['x y']['']", 2],
    ["$['x y']['a.b']", 3],
    ['$.größe', 4],
    ['$.__proto__.own', true],
    ['$.length', 9],
  ])('%s', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    '$.nothing',
    '$.title.length',
    '$.a.b.length',
    '$.a.b[2]',
    '$.a[0]',
    '$.toString',
    '$.a.constructor.name',
  ])('%s leads nowhere', (text) => {
    expect(read(text)).toBeUndefined();
  });
});

test.each([
  ['critical', 'critical'],
  ['', ''],
  ['costs $5', 'costs $5'],
  ['$$5', '$5'],
  ['$$.title', '$.title'],
])('%j is the constant %j', (text, constant) => {
  expect(parseJsonPath(text)).toEqual({ constant });
});

test.each([
  ...['$title', '$.', '$..title', '$.a.', '$.a b', '$[', '$[]', '$[-1]', '$[1', '$[*]', '$.*', '$[?(@.a)]'],
  ...["$['a", "$['a'", "$['a\\']", '$[a]', '$.a()', '$[0:2]', '$[9999999]', '$ .a', '$+a'],
])('%s is refused, and told how to write it', (text) => {
  const path = parseJsonPath(text);
  expect(path).toEqual({ error: expect.stringMatching(/^cannot be read from .* on: write \$\.name/) });
});

test('paths are bounded', () => {
  expect(parseJsonPath(`$${'.a'.repeat(PATH_LIMITS.steps)}`)).toHaveProperty('steps');
  expect(parseJsonPath(`$${'.a'.repeat(PATH_LIMITS.steps + 1)}`)).toEqual({ error: 'has more than 16 steps' });
  expect(parseJsonPath('x'.repeat(PATH_LIMITS.length + 1))).toEqual({ error: 'is longer than 256 characters' });
});

test('a path may be used on any body', () => {
  const path = parseJsonPath('$.a[0]');
  if ('error' in path) throw new Error(path.error);
  for (const body of [null, undefined, 1, 'text', true, [], [[1]]]) expect(valueAt(body, path)).toBeUndefined();
});
