import { expect, test } from '@jest/globals';
import { readTemplate } from '../../../src/lib/template.ts';

const plain = (text: string) => text;

test.each([["{% render 'package.json' %}"], ["{% include '/etc/passwd' %}"], ["{% layout 'x' %}"]])(
  '%s reads no file',
  (text) => {
    expect(() => readTemplate(text, plain).render({})).toThrow(/.+/);
  },
);

test.each([
  ['{{ constructor.name }}|{{ a.__proto__ }}|{{ a.toString }}', '||'],
  ['{{ missing.deep.er }}', ''],
  ['{{ a }}', '{"b":1}'],
])('%s shows own properties only', (text, shown) =>
  expect(readTemplate(text, plain).render({ a: { b: 1 } })).toBe(shown),
);

test.each([
  ['{% for i in (1..100000000) %}x{% endfor %}'],
  ["{% assign a = 'x' %}{% for i in (1..64) %}{% assign a = a | append: a %}{% endfor %}"],
  ['{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}{% endfor %}{% endfor %}{% endfor %}'],
])('%s ends soon', (text) => expect(() => readTemplate(text, plain).render({})).toThrow(/limit/));

test.each([['{% if %}'], ['{{ a | nosuchfilter }}'], ['{% nosuchtag %}'], ['x'.repeat(100_001)]])(
  'a fault is told: %#',
  (text) => {
    expect(() => readTemplate(text, plain).render({ a: 1 })).toThrow(/^[^\n]{1,300}$/);
  },
);

test('in JSON values are escaped for the inside of a string, and json writes whole ones', () => {
  const template = readTemplate(
    '{"a":"{{ a }}","b":{{ b | json }},"c":"{{ a | raw }}"}',
    (text) => JSON.stringify(text).slice(1, -1),
    true,
  );
  expect(JSON.parse(template.render({ a: 'plain', b: { c: ['"'] } }))).toEqual({
    a: 'plain',
    b: { c: ['"'] },
    c: 'plain',
  });
  expect(template.render({ a: '"\n', b: 1 })).toContain('"a":"\\"\\n"');
});
