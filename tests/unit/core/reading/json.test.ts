import { describe, expect, test } from '@jest/globals';
import { nestsDeeperThan, storable, storableValue } from '../../../../src/core/reading/json.ts';
import fc from '../../../support/property.ts';

const deep = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
const bytes = (text: string) => Buffer.from(text);

describe('nesting', () => {
  test.each([
    ['lists', deep(64), deep(65)],
    ['objects', `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`, `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
    ['a list beside others', `[${deep(63)},${deep(63)}]`, `[${deep(63)},${deep(64)}]`],
    ['behind a quote in a text', `["\\"",${deep(63)}]`, `["\\"",${deep(64)}]`],
    ['behind a backslash at the end of a text', `["\\\\",${deep(63)}]`, `["\\\\",${deep(64)}]`],
  ])('%s: 64 are taken, 65 are not', (_, taken, refused) => {
    expect(nestsDeeperThan(bytes(taken), 64)).toBe(false);
    expect(nestsDeeperThan(bytes(refused), 64)).toBe(true);
  });

  test('brackets inside texts do not count', () => {
    expect(nestsDeeperThan(bytes(JSON.stringify(['['.repeat(500), { '{{{\\"[': '"[[["' }])), 3)).toBe(false);
  });

  test('a million of them are told without a stack', () => {
    expect(nestsDeeperThan(bytes('['.repeat(1_000_000)), 64)).toBe(true);
    expect(nestsDeeperThan(bytes(`"${'['.repeat(1_000_000)}`), 64)).toBe(false);
  });

  test('it agrees with a walk over what the parser makes', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(8), (value, limit) => {
        expect(nestsDeeperThan(bytes(JSON.stringify(value)), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });
});

describe('what can be stored', () => {
  test.each([
    ['a\0b', 'a{U+0000}b'],
    ['\ud800', '{U+D800}'],
    ['\udc00\ud800', '{U+DC00}{U+D800}'],
    ['😀 ü \u{10ffff} \u0001', '😀 ü \u{10ffff} \u0001'],
    ['', ''],
  ])('%j becomes %j', (text, stored) => {
    expect(storable(text)).toBe(stored);
  });

  test('keys and values at every depth; numbers, null and true stay', () => {
    const value: unknown = JSON.parse('{"a\\u0000":["\\ud800",{"__proto__":{"\\udfff":1}}],"b":[1,null,true]}');
    const stored = storableValue(value) as Record<string, unknown>;
    expect(JSON.stringify(stored)).toBe('{"a{U+0000}":["{U+D800}",{"__proto__":{"{U+DFFF}":1}}],"b":[1,null,true]}');
    expect(Object.getPrototypeOf((stored['a{U+0000}'] as unknown[])[1])).toBe(Object.prototype);
  });

  test('whatever JSON holds: the result is well-formed, and what was well-formed is unchanged', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.anything({ key: text, values: [text, fc.integer(), fc.constant(null)] }), (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
        const written = JSON.stringify(storableValue(parsed));
        expect(written.isWellFormed() && !/\\u0000|\\ud[89a-f]/.test(written)).toBe(true);
        const before = JSON.stringify(parsed);
        if (!/\\u0000|\\ud[89a-f]/.test(before)) expect(written).toBe(before);
      }),
    );
  });
});
