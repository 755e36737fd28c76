import { expect, test } from '@jest/globals';
import { createResultSpool } from '../../../../src/core/endpoint/spool.ts';
import fc from '../../../support/property.ts';

interface Result {
  readonly key: string;
  readonly success: boolean;
  readonly abstains: boolean;
  readonly number: number;
}
/** `a+` is a success of `a`, `a-` a failure, `a~` a look from which the probe abstains. */
const results = (text: string): Result[] =>
  text.split(' ').map((word, number) => {
    const [key = '', sign = ''] = word;
    return { key, success: sign === '+', abstains: sign === '~', number };
  });
const written = (all: readonly Result[]) =>
  all.map(({ key, success, abstains }) => `${key}${abstains ? '~' : success ? '+' : '-'}`).join(' ');

function filled(text: string, limit: number) {
  const spool = createResultSpool<Result>(limit);
  for (const one of results(text)) spool.add(one);
  return spool;
}

test.each([
  ['a+ a+ a+ a-', 10, 'a+ a+ a+ a-'],
  ['a+ a+ a+ a+ a- a- a-', 4, 'a+ a- a- a-'],
  ['a+ a- b+ a+ b+ a- b+ a+', 6, 'a+ a- b+ a+ a- b+ a+'],
  ['a~ a~ a- a~ a~', 4, 'a~ a- a~ a~'],
])('%s in a spool of %i', (text, limit, left) => {
  expect(written(filled(text, limit).oldest(100))).toBe(left);
});

test('what is told goes, what came meanwhile stays, and so does what is no longer assigned not', () => {
  const spool = filled('a+ b- c+', 10);
  const batch = spool.oldest(2);
  for (const one of results('a- b+')) spool.add(one);
  spool.remove(batch);
  expect([written(spool.oldest(9)), spool.size()]).toEqual(['c+ a- b+', 3]);
  expect([spool.keepOnly(new Set(['a', 'c'])), written(spool.oldest(9))]).toEqual([1, 'c+ a-']);
});

test('the first failure and the latest result of every endpoint are never left out, in order, and the rest is bounded', () => {
  const word = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('+', '-', '~')).map((two) => two.join(''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 120 }), fc.integer({ min: 2, max: 20 }), (words, limit) => {
      const all = results(words.join(' '));
      const spool = createResultSpool<Result>(limit);
      for (const one of all) spool.add(one);
      const left = spool.oldest(1000);
      for (const key of new Set(all.map((one) => one.key))) {
        const own = all.filter((one) => one.key === key);
        expect(left).toContain(own.at(-1));
        const failure = own.find(({ success, abstains }) => !success && !abstains);
        if (failure !== undefined) expect(left).toContain(failure);
      }
      expect(left.map(({ number }) => number)).toEqual(left.map(({ number }) => number).toSorted((a, b) => a - b));
      expect(left.length).toBeLessThanOrEqual(Math.max(limit, 2 * 2 * 4));
    }),
    { numRuns: 500 },
  );
});
