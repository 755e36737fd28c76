import * as z from 'zod';
import { comparing } from '../core/rule/comparison.ts';
import { valueInForce } from '../core/rule/points.ts';
import { comparison, comparisonOf, defineKind, FORGET_MS, match, metric, PLAIN, selectorOf, time } from './contract.ts';

const options = z.strictObject({
  metric: metric().describe('The metric that is looked at'),
  match: match(),
  ...comparison(),
  stale_after: time()
    .optional()
    .describe('A value counts for so long; left out, three times the interval of its series, and a minute at least'),
});

/** A figure above or below a bound. */
export const threshold = defineKind({
  name: 'threshold',
  summary: 'a figure is above or below a bound',
  options,
  forgetMs: FORGET_MS,
  bind: (given, { everyMs }) => {
    const staleMs = given.stale_after ?? null;
    return {
      ...PLAIN,
      ...comparing(comparisonOf(given)),
      selectors: [selectorOf(given.metric, given.match)],
      lookbackMs: staleMs ?? 3 * everyMs,
      look: ({ at, members }) => {
        const [member] = members[0] ?? [];
        const value = member === undefined ? null : valueInForce(member.points, at, everyMs, staleMs);
        return value === null ? { value, reason: 'no value' } : { value };
      },
    };
  },
});
