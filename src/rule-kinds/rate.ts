import * as z from 'zod';
import { comparing } from '../core/rule/comparison.ts';
import { increase, within } from '../core/rule/points.ts';
import type { Member } from '../core/rule/rule.ts';
import {
  comparison,
  comparisonOf,
  count,
  defineKind,
  FORGET_MS,
  labelNames,
  match,
  metric,
  PLAIN,
  selectorOf,
  time,
} from './contract.ts';

const options = z.strictObject({
  bad: metric().describe('Counts what went wrong'),
  all: metric().describe('Counts everything'),
  match: match(),
  window: time().default(300_000).describe('Time over which both are counted'),
  least: count(20).describe('Of fewer than so many in the window nothing is said'),
  values: z
    .enum(['counter', 'delta'], { error: 'must be counter or delta' })
    .default('counter')
    .describe('`counter` only grows; `delta` says what was added since the last value'),
  group_by: labelNames().optional().describe('Labels whose values make a group; left out, each series by itself'),
  ...comparison(),
});

/** A share of what happens, in percent. */
export const rate = defineKind({
  name: 'rate',
  summary: 'the share of bad among all over a window, in percent',
  options,
  forgetMs: FORGET_MS,
  bind: (given) => {
    const { window, least, values, group_by: groupBy } = given;
    const grown = (members: readonly Member[] | undefined, at: number): number | null => {
      let sum: number | null = null;
      for (const { points } of members ?? []) {
        const one = values === 'counter' ? increase(points, at - window, at) : added(points, at - window, at);
        if (one !== null) sum = (sum ?? 0) + one;
      }
      return sum;
    };
    return {
      ...PLAIN,
      ...comparing(comparisonOf(given)),
      selectors: [selectorOf(given.bad, given.match), selectorOf(given.all, given.match)],
      groupBy: groupBy ?? null,
      // The step into the window begins before it.
      lookbackMs: 2 * window,
      unknownEndsMs: window,
      look: ({ at, members }) => {
        const all = grown(members[1], at);
        if (all === null || all <= 0) return { value: null, reason: 'nothing happened' };
        if (all < least) return { value: null, reason: `too few: ${all} of at least ${least}` };
        // Of a series that has not begun nothing is known, and that is no reason to call it 0.
        if ((members[0] ?? []).length === 0) return { value: null, reason: `${given.bad} was never told` };
        return { value: (100 * (grown(members[0], at) ?? 0)) / all };
      },
    };
  },
});

function added(points: Member['points'], from: number, to: number): number | null {
  const found = within(points, from, to);
  return found.length === 0 ? null : found.reduce((sum, [, value]) => sum + value, 0);
}
