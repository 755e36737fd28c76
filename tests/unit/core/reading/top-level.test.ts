import { expect, test } from '@jest/globals';
import { topLevelTexts } from '../../../../src/core/reading/top-level.ts';
import fc from '../../../support/property.ts';

const found = (text: string) => topLevelTexts(Buffer.from(text));

test.each<[string, string, Record<string, string>]>([
  ['texts', '{"a":"1", "b" : "2"}', { a: '1', b: '2' }],
  ['behind a byte order mark and blanks', '\uFEFF \n{"a":"1"}', { a: '1' }],
  ['not of what is inside', '{"o":{"a":"1"},"l":["a","b"],"c":"3"}', { c: '3' }],
  ['beside other values', '{"n":1,"t":true,"z":null,"a":"1"}', { a: '1' }],
  ['with escapes', '{"a\\"b":"c\\\\","\\u0061":"\\u00e9"}', { 'a"b': 'c\\', a: 'é' }],
  ['the last of two with one name', '{"a":"1","a":"2"}', { a: '2' }],
  ['of the first object only', '{"a":"1"}{"a":"2"}', { a: '1' }],
  ['of no list', '[{"a":"1"}]', {}],
  ['of no text', '"a"', {}],
  ['none that is long', `{"a":"${'x'.repeat(2000)}","b":"1"}`, { b: '1' }],
  ['of what is cut off', '{"a":"1","b":"2', { a: '1' }],
  ['of nothing', '', {}],
])('%s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test('`__proto__` is an ordinary name', () => {
  expect(Object.entries(found('{"__proto__":"x"}'))).toEqual([['__proto__', 'x']]);
});

test('what is not UTF-8 is left out', () => {
  expect(topLevelTexts(Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('","b":"1"}')]))).toEqual({
    b: '1',
  });
});

test('of every object it finds what the parser finds', () => {
  const value = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 20 });
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 2 }), (given, indent) => {
      const expected = Object.entries(given).filter(([, one]) => typeof one === 'string');
      expect(Object.entries(found(JSON.stringify(given, null, indent))).toSorted()).toEqual(expected.toSorted());
    }),
  );
});

test('whatever the bytes are, it ends', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void topLevelTexts(bytes)));
});
