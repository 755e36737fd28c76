import { describe, expect, test } from '@jest/globals';
import { compileSilence } from '../../../../src/core/policy/silence.ts';
import { indexSilences } from '../../../../src/core/policy/silence-index.ts';
import { anchoredRegex } from '../../../../src/lib/regex.ts';
import fc from '../../../support/property.ts';
import { silence } from '../../../support/stored.ts';

const NAMES = ['a', 'b', 'c'];
const VALUES = ['', 'x', 'y', 'x|y', '.*'];
const matcher = fc.record({
  name: fc.constantFrom(...NAMES),
  value: fc.constantFrom(...VALUES),
  isRegex: fc.boolean(),
  isEqual: fc.boolean(),
});
const labels = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('', 'x', 'y', 'z'), { noNullPrototype: true });

describe('an index of silences', () => {
  test('gives what asking each of them gives, in the same order', () => {
    void fc.assert(
      fc.property(
        fc.array(fc.array(matcher, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
        labels,
        (all, given) => {
          const silences = all.map((matchers, n) => compileSilence(silence(n, { matchers }), anchoredRegex));
          const expected = silences.filter(({ matches }) => matches(given)).map(({ id }) => id);
          expect(indexSilences(silences)(given).map(({ id }) => id)).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('asks only those that name a value of the alert', () => {
    let asked = 0;
    const silences = Array.from({ length: 1000 }, (_, n) => ({
      ...{ matchers: [{ name: 'host', value: `h${n}`, isRegex: false, isEqual: true }] },
      matches: () => {
        asked += 1;
        return true;
      },
    }));
    expect(indexSilences(silences)({ host: 'h7', team: 'x' })).toEqual([silences[7]]);
    expect(asked).toBe(1);
  });
});
