import { expect, test } from '@jest/globals';
import { readRules } from '../../../src/config/rules/read.ts';

const problemsOf = (...values: unknown[]) => readRules({ values, at: () => 'f:1' }).problems;
const rule = (more: object) => ({ name: 'r', runbook: 'none', ...more });
const THRESHOLD = { threshold: { metric: 'load', above: 5 } };

test.each<[string, unknown, string]>([
  ['no map', 5, 'rules[0]: must hold settings in the form "name: value"'],
  ['no condition', rule({}), 'rules[0]: has no condition: add one of threshold'],
  [
    'two conditions',
    rule({ ...THRESHOLD, missing: { metric: 'x', after: '1m' } }),
    'rules[0].missing: stands beside threshold',
  ],
  ['an unknown key', rule({ ...THRESHOLD, fro: '5m' }), 'rules[0].fro: unknown setting; did you mean for?'],
  [
    'an unknown option',
    rule({ threshold: { metric: 'load', abov: 5 } }),
    'rules[0].threshold.abov: unknown setting; did you mean above?',
  ],
  ['no runbook', { name: 'r', ...THRESHOLD }, 'rules[0].runbook: must be the address of what to do'],
  ['no bound', rule({ threshold: { metric: 'load' } }), 'rules[0].threshold.above: must be set, or below'],
  [
    'an end before the beginning',
    rule({ threshold: { metric: 'load', above: 3, clear: 7 } }),
    'rules[0].threshold.clear: must be 3 or lower',
  ],
  [
    'levels the wrong way',
    rule({ threshold: { metric: 'load', above: { warning: 9, critical: 8 } } }),
    'rules[0].threshold.above: warning must be lower than critical',
  ],
  [
    'matchers',
    rule({ threshold: { metric: 'load', above: 3, match: 'a' } }),
    'rules[0].threshold.match: "a" is not a matcher',
  ],
  [
    'a live value in a label',
    rule({ ...THRESHOLD, labels: { v: '{{ value }}' } }),
    'rules[0].labels.v: must be plain text',
  ],
  ['a template', rule({ ...THRESHOLD, annotations: { message: '{{ value' } }), 'rules[0].annotations.message: '],
  ['a rule that there is none of', rule({ composite: { all: ['x'] } }), 'rules[0].composite: there is no rule "x"'],
  ['itself', rule({ composite: { not: 'r' } }), 'rules[0].composite: goes in a circle: r → r'],
  ['a zone', rule({ schedule: { zone: 'Mars' } }), 'rules[0].schedule.zone: "Mars" is no time zone'],
  ['a span', rule({ missing: { metric: 'x', after: 'soon' } }), 'rules[0].missing.after: must be a time such as'],
])('tells %s with its place', (_, value, message) => {
  expect(problemsOf(value).join('\n')).toContain(`f:1: ${message}`);
});

test('all mistakes are told at once, and a name that stands twice', () => {
  const told = problemsOf(rule(THRESHOLD), rule({ ...THRESHOLD, for: 'long', severity: 'bad' }), rule(THRESHOLD));
  expect(told).toHaveLength(3);
  expect(told.join('\n')).toMatch(/rules\[2\]\.name: is that of f:1: rules\[0\], too/);
});

test('a rule that is switched off is left out', () => {
  expect(readRules({ values: [rule({ ...THRESHOLD, enabled: false })], at: () => '' })).toEqual({
    rules: [],
    problems: [],
  });
  expect(
    problemsOf(rule({ ...THRESHOLD, enabled: false }), { ...rule({ composite: { not: 'r' } }), name: 's' }),
  ).toEqual(['f:1: rules[1].composite: the rule "r" is switched off; switch it on, or take it out']);
});
