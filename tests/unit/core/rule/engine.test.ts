import { describe, expect, test } from '@jest/globals';
import type { RuleEntry } from '../../../../src/config/rules/document.ts';
import { readRules } from '../../../../src/config/rules/read.ts';
import { createRuleEngine, type Sample, type Transition } from '../../../../src/core/rule/engine.ts';
import type { SavedRule } from '../../../../src/core/rule/groups.ts';
import { parseSeries, seriesText } from '../../../../src/core/rule/series.ts';
import { compileRules } from '../../../../src/rules/compile.ts';
import fc from '../../../support/property.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);

function entries(...rules: readonly object[]): readonly RuleEntry[] {
  const read = readRules({ values: rules.map((rule) => ({ runbook: 'none', ...rule })), at: () => 'test' });
  expect(read.problems).toEqual([]);
  return read.rules;
}

const RULES = entries(
  {
    name: 'high',
    for: '2m',
    keep_firing_for: '2m',
    threshold: { metric: 'a', above: { warning: 5, critical: 8 }, clear: { warning: 4 } },
  },
  { name: 'again', suppress_for: '10m', threshold: { metric: 'a', above: 5 } },
  { name: 'errors', rate: { bad: 'a', all: 'b', window: '4m', least: 2, above: 20 } },
  { name: 'grown', every: '2m', change: { metric: 'a', over: '3m', above: 2 } },
  { name: 'full', change: { metric: 'b', over: '20m', reaches: 30, within: '30m' } },
  { name: 'silent', missing: { metric: 'b', after: '3m', expect: [{ host: 'h9' }] } },
  { name: 'few', forget: '20m', missing: { metric: 'b', least: 3, window: '5m' } },
  { name: 'mean', aggregate: { metric: 'a', function: 'avg', above: 5 } },
  { name: 'both', composite: { all: ['high', { not: 'silent' }] } },
);

const SAMPLES = fc.array(
  fc.record({
    minute: fc.integer({ min: 1, max: 60 }),
    metric: fc.constantFrom('a', 'b'),
    host: fc.constantFrom('h1', 'h2'),
    value: fc.integer({ min: 0, max: 12 }),
    off: fc.integer({ min: 0, max: 50_000 }),
  }),
  { maxLength: 150 },
);

/** One of each metric, host and time: of two of one time the last to come counts, and here the order is shuffled. */
function distinct(samples: readonly Sample[]): readonly Sample[] {
  return [...new Map(samples.map((one) => [`${one.metric} ${one.labels.host} ${one.at}`, one])).values()];
}

/** Groups of one tick stand in the order in which they were first heard of. */
function inOrder(transitions: readonly Transition[]): readonly Transition[] {
  const key = ({ at, rule, labels, kind }: Transition) => `${at} ${rule} ${labels.host} ${kind}`;
  return transitions.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function toSamples(
  given: readonly { minute: number; metric: string; host: string; value: number; off: number }[],
): readonly Sample[] {
  return distinct(
    given.map(({ minute, metric, host, value, off }) => ({
      metric,
      labels: { host },
      value,
      at: START + minute * MINUTE - off,
    })),
  );
}

describe('judged bit by bit', () => {
  test('comes to what judging the whole past comes to, in any order within the watermark, over restarts', () => {
    const rules = compileRules(RULES);
    const end = START + 70 * MINUTE;
    fc.assert(
      fc.property(
        SAMPLES,
        fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
        (given, steps, order) => {
          const samples = toSamples(given);
          const whole = createRuleEngine(rules, START);
          for (const one of samples) whole.add(one);
          const expected = whole.advance(end);

          let engine = createRuleEngine(rules, START);
          const got: Transition[] = [];
          let at = START;
          for (const step of [...steps, 70]) {
            const to = Math.min(end, at + step * MINUTE);
            const due = samples
              .filter((one) => one.at > at && one.at <= to)
              .map((one) => [order.next().value ?? 0, one] as const);
            for (const [, one] of due.toSorted(([a], [b]) => a - b)) engine.add(one);
            got.push(...engine.advance(to));
            at = to;
            const keptFrom = at - 25 * MINUTE;
            const saved = new Map(JSON.parse(JSON.stringify([...engine.saved(keptFrom)])) as [string, SavedRule][]);
            expect(engine.late).toBe(0);
            engine = createRuleEngine(rules, at, saved);
            for (const one of samples) if (one.at >= keptFrom && one.at <= at) engine.recall(one);
          }
          expect(inOrder(got)).toEqual(inOrder(expected));
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('what comes late is counted, and counts for the ticks to come', () => {
  const engine = createRuleEngine(compileRules(entries({ name: 'r', threshold: { metric: 'a', above: 5 } })), START);
  engine.add({ metric: 'a', labels: {}, at: START + MINUTE, value: 1 });
  expect(engine.advance(START + 2 * MINUTE)).toEqual([]);
  engine.add({ metric: 'a', labels: {}, at: START + 2 * MINUTE, value: 9 });
  expect(engine.late).toBe(1);
  expect(engine.advance(START + 3 * MINUTE)).toMatchObject([{ kind: 'fired', at: START + 3 * MINUTE }]);
});

test('a rule that fires for everything is held to a thousand groups, and nothing ends by it', () => {
  const engine = createRuleEngine(compileRules(entries({ name: 'r', threshold: { metric: 'a', above: 5 } })), START);
  for (let host = 0; host < 1010; host += 1)
    engine.add({ metric: 'a', labels: { host: String(host) }, at: START + MINUTE, value: 9 });
  expect(engine.advance(START + MINUTE)).toHaveLength(1000);
  expect(engine.capped).toBe(10);
  expect(engine.advance(START + 2 * MINUTE)).toEqual([]);
});

test('a rule whose condition was changed is judged anew', () => {
  const before = createRuleEngine(compileRules(entries({ name: 'r', threshold: { metric: 'a', above: 5 } })), START);
  before.add({ metric: 'a', labels: {}, at: START + MINUTE, value: 9 });
  before.advance(START + MINUTE);
  const saved = before.saved(START);
  const same = createRuleEngine(
    compileRules(entries({ name: 'r', threshold: { above: 5, metric: 'a' }, for: '3m' })),
    START + MINUTE,
    saved,
  );
  expect(same.groups()).toMatchObject([{ letter: 'F' }]);
  const other = createRuleEngine(
    compileRules(entries({ name: 'r', threshold: { metric: 'a', above: 6 } })),
    START + MINUTE,
    saved,
  );
  expect(other.groups()).toEqual([]);
});

test('the name of a series can be read back', () => {
  const names = fc.record({
    metric: fc.stringMatching(/^[a-z][a-z._:/]{0,10}$/),
    labels: fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,5}$/).filter((name) => name !== '__proto__'),
      fc.string({ unit: 'binary' }),
      { noNullPrototype: true },
    ),
  });
  fc.assert(fc.property(names, (name) => expect(parseSeries(seriesText(name))).toEqual(name)));
  for (const text of ['', '{a="b"}', 'm{a="b"', 'm{a=b}', 'm{a="b";c="d"}']) expect(parseSeries(text)).toBeNull();
});
