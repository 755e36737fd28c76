import { describe, expect, test } from '@jest/globals';
import { STRATEGIES } from '../../../../src/core/endpoint/endpoint.ts';
import { freshMs, judge, type Witness } from '../../../../src/core/endpoint/judge.ts';
import type { QuorumRule } from '../../../../src/core/endpoint/watched.ts';

const NOW = 1_700_000_000_000;
const SECOND = 1000;
const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index + 1}`);

/** `u`: up; `d`: down; `a`: abstains; `s`: down, and stale; `-`: has not looked. */
function witnesses(letters: string): Witness[] {
  return [...letters].flatMap((letter, index): Witness[] => {
    if (letter === '-') return [];
    const says = letter === 'u' ? 'up' : letter === 'a' ? 'abstain' : 'down';
    return [{ probe: `p${index + 1}`, at: letter === 's' ? NOW - 60_001 : NOW - SECOND, says }];
  });
}

const strategy = (name: (typeof STRATEGIES)[number]): QuorumRule => ({ kind: 'strategy', strategy: name });
const ask = (letters: string, rule: QuorumRule, probes = names(letters.length)) =>
  judge(witnesses(letters), { rule, probes, intervalMs: 5 * SECOND }, NOW);

test('a probe that is silent testifies nothing, however fresh its last look is', () => {
  const silent = new Set(['p2']);
  const found = judge(
    witnesses('ud'),
    { rule: strategy('any-down'), probes: names(2), intervalMs: SECOND, silent },
    NOW,
  );
  expect(found).toMatchObject({ state: 'up', up: 1, down: 0 });
});

describe('a verdict', () => {
  test.each([
    ['any-down', 'uuu', 'up', 'not_enough_down'],
    ['any-down', 'uud', 'down', 'enough_down'],
    ['any-down', 'uus', 'up', 'not_enough_down'],
    ['any-down', 'aad', 'down', 'enough_down'],
    ['any-down', '---', 'unknown', 'no_witness'],
    ['any-down', 'aas', 'unknown', 'no_witness'],
    ['majority-down', 'uud', 'up', 'not_enough_down'],
    ['majority-down', 'udd', 'down', 'enough_down'],
    // A tie is down.
    ['majority-down', 'uudd', 'down', 'enough_down'],
    ['majority-down', 'ud', 'down', 'enough_down'],
    ['majority-down', 'ud-', 'down', 'enough_down'],
    // One of three is no majority of anything.
    ['majority-down', 'd--', 'unknown', 'too_few_witnesses'],
    ['majority-down', 'daa', 'unknown', 'too_few_witnesses'],
    ['majority-down', 'dss', 'unknown', 'too_few_witnesses'],
    ['majority-down', 'd', 'down', 'enough_down'],
    ['all-down', 'ddd', 'down', 'enough_down'],
    ['all-down', 'ddu', 'up', 'not_enough_down'],
    ['all-down', 'dda', 'down', 'enough_down'],
    ['all-down', 'daa', 'unknown', 'too_few_witnesses'],
  ] as const)('under %s of %s is %s: %s', (name, letters, state, reason) => {
    expect(ask(letters, strategy(name))).toMatchObject({ state, reason });
  });

  test.each([
    [2, 'dduuu', 'down', 'enough_down'],
    [2, 'duuuu', 'up', 'not_enough_down'],
    [3, 'dd---', 'unknown', 'too_few_witnesses'],
    [3, 'ddaaa', 'unknown', 'too_few_witnesses'],
    [3, 'ddu--', 'up', 'not_enough_down'],
    [1, 'd', 'down', 'enough_down'],
  ] as const)('with a quorum of %i of %s is %s: %s', (down, letters, state, reason) => {
    expect(ask(letters, { kind: 'quorum', down })).toMatchObject({ state, reason, needed: down });
  });

  test('counts no probe that is not to look', () => {
    expect(ask('ddu', strategy('any-down'), ['p3'])).toMatchObject({ state: 'up', up: 1, down: 0 });
    expect(ask('d', strategy('any-down'), [])).toMatchObject({ state: 'unknown', reason: 'no_witness' });
  });

  test('a look testifies for three intervals, a minute at least', () => {
    expect([freshMs(SECOND), freshMs(20 * SECOND), freshMs(21 * SECOND)]).toEqual([60_000, 60_000, 63_000]);
    const one = (age: number) =>
      judge(
        [{ probe: 'p1', at: NOW - age, says: 'down' }],
        { rule: strategy('any-down'), probes: ['p1'], intervalMs: 30 * SECOND },
        NOW,
      ).state;
    expect([one(90_000), one(90_001)]).toEqual(['down', 'unknown']);
  });
});

/** The rule in plain words, written without a look at the code. */
function model(letters: string, rule: QuorumRule): string {
  const count = (letter: string) => letters.split(letter).length - 1;
  const [down, up] = [count('d'), count('u')];
  const heard = down + up;
  if (heard === 0) return 'unknown';
  if (rule.kind === 'quorum') return heard < rule.down ? 'unknown' : down >= rule.down ? 'down' : 'up';
  if (rule.strategy === 'any-down') return down > 0 ? 'down' : 'up';
  if (heard * 2 < letters.length) return 'unknown';
  if (rule.strategy === 'all-down') return up > 0 ? 'up' : 'down';
  return up > Math.floor(heard / 2) ? 'up' : 'down';
}

test('is that of the model for every five probes, whatever each of them does, under every rule', () => {
  const wrong: string[] = [];
  let asked = 0;
  for (let probes = 1; probes <= 5; probes += 1) {
    const quorums = names(probes).map((_, index): QuorumRule => ({ kind: 'quorum', down: index + 1 }));
    const rules = [...STRATEGIES.map(strategy), ...quorums];
    for (let number = 0; number < 5 ** probes; number += 1) {
      const letters = Array.from({ length: probes }, (_, at) => 'udas-'[Math.floor(number / 5 ** at) % 5]).join('');
      for (const rule of rules) {
        asked += 1;
        const { state } = ask(letters, rule);
        if (state !== model(letters, rule)) wrong.push(`${letters} ${JSON.stringify(rule)}: ${state}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBe(4 * 5 + 5 * 25 + 6 * 125 + 7 * 625 + 8 * 3125);
});
