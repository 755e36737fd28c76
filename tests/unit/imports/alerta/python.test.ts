import { describe, expect, test } from '@jest/globals';
import { readAssignments } from '../../../../src/imports/alerta/python.ts';

const valueIn = (text: string) => readAssignments(text)[0]?.value;

describe('a settings file of Python', () => {
  test.each([
    ["A = 'x'", 'x'],
    ['A = "it\'s" " one"  # said so', "it's one"],
    ["A = 'a\\n\\'b\\\\'", "a\n'b\\"],
    ['A = -3', -3],
    ['A = 1.5', 1.5],
    ['A = True', true],
    ['A = None', null],
    ['A: list = []', []],
    ["A = ('x')", 'x'],
    ["A = ('x',)", ['x']],
    ["A = [\n  'a',  # first\n  ('b', dict(k='v', n=1), ['*']),\n]\n", ['a', ['b', { k: 'v', n: 1 }, ['*']]]],
    ["A = {'a': {'b': [1, 2]}, }", { a: { b: [1, 2] } }],
  ])('%s is read', (text, value) => {
    expect(valueIn(text)).toEqual(value);
  });

  test.each([
    "A = os.environ['X']",
    "A = 'a' + B",
    'A = [x for x in y]',
    "A = 'not ended",
    'A = open("/etc/passwd").read()',
    `A = ${'['.repeat(50)}${']'.repeat(50)}`,
    "A = f'{x}'",
    'A = 5 * 60',
  ])('%s is no plain value', (text) => {
    expect(valueIn(text)).toBeUndefined();
  });

  test('has the lines of its names, those within others left out', () => {
    const text = "# A = 1\nA = 1\n\nif x:\n    B = 2\nC = [\n'D = 3',\n]\nE == 4\n";
    expect(readAssignments(text).map(({ name, line }) => [name, line])).toEqual([
      ['A', 2],
      ['C', 6],
    ]);
  });
});
