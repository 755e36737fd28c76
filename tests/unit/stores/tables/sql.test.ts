import { expect, test } from '@jest/globals';
import { given, names, type Sql, sql, textOf, where } from '../../../../src/stores/tables/sql.ts';

const numbered = (query: Sql) => [textOf(query, (number) => `$${number}`), query.values];

const EVIL = `'; DROP TABLE alerts; --`;
const inner = sql`a = ${1} AND b = ${2}`;

test.each([
  ['no value', sql`SELECT 1`, ['SELECT 1', []]],
  ['a value goes beside the text', sql`id = ${EVIL}`, ['id = $1', [EVIL]]],
  ['values at both ends', sql`${1} + ${null}`, ['$1 + $2', [1, null]]],
  ['a text is no SQL, whatever it looks like', sql`x ${'$1 ? :x'}`, ['x $1', ['$1 ? :x']]],
  ['a piece alone', sql`${inner}`, ['a = $1 AND b = $2', [1, 2]]],
  [
    'a piece between values',
    sql`x = ${0} AND (${inner}) LIMIT ${3}`,
    ['x = $1 AND (a = $2 AND b = $3) LIMIT $4', [0, 1, 2, 3]],
  ],
  ['pieces side by side', sql`${inner}, ${inner}`, ['a = $1 AND b = $2, a = $3 AND b = $4', [1, 2, 1, 2]]],
  [
    'names of columns',
    sql`SELECT ${names([{ name: 'id' }, { name: 'key' }], 'a')} FROM a`,
    ['SELECT a.id, a.key FROM a', []],
  ],
  ['no condition', sql`SELECT 1 ${where(undefined)}`, ['SELECT 1 ', []]],
  ['one condition of two', where(undefined, sql`a = ${1}`), ['WHERE a = $1', [1]]],
  ['all conditions', where(sql`a = ${1}`, sql`b = ${2}`, sql`c`), ['WHERE a = $1 AND b = $2 AND c', [1, 2]]],
])('%s', (_, query, expected) => {
  expect(numbered(query)).toEqual(expected);
});

test('a condition is made of a value that is given, and null is one', () => {
  const condition = (value: unknown) => sql`a IS ${value as null}`;
  expect(given(undefined, condition)).toBeUndefined();
  expect(given('', condition)?.values).toEqual(['']);
  expect(given(null, condition)?.values).toEqual([null]);
});

test('each engine writes its own placeholders', () => {
  expect(textOf(inner, () => '?')).toBe('a = ? AND b = ?');
});

test('what looks like a piece of SQL and is none, as from a parsed body, is sent as a value', () => {
  const forged = JSON.parse('{"pieces":["1 OR 1=1"],"values":[]}');
  expect(numbered(sql`id = ${forged}`)).toEqual(['id = $1', [forged]]);
});
