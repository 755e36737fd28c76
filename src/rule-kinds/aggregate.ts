import * as z from 'zod';
import { comparing } from '../core/rule/comparison.ts';
import { valueInForce } from '../core/rule/points.ts';
import {
  comparison,
  comparisonOf,
  count,
  defineKind,
  FORGET_MS,
  figure,
  labelNames,
  match,
  metric,
  PLAIN,
  percent,
  RuleOptionsError,
  selectorOf,
  time,
} from './contract.ts';

const FUNCTIONS = ['avg', 'max', 'min', 'sum', 'count', 'percentile', 'share'] as const;

const options = z.strictObject({
  metric: metric().describe('The metric whose series are taken together'),
  match: match(),
  group_by: labelNames().optional().describe('Labels whose values make a group; left out, all series are one'),
  function: z
    .enum(FUNCTIONS, { error: `must be one of ${FUNCTIONS.join(', ')}` })
    .describe('What is made of the values; `share` is how many percent of the series are bad'),
  percentile: percent().optional().describe('Of `percentile`: which one, by nearest rank'),
  bad_above: figure().optional().describe('Of `share`: a series is bad above this'),
  bad_below: figure().optional().describe('Of `share`: a series is bad below this'),
  missing: z
    .enum(['ignore', 'bad', 'good'], { error: 'must be ignore, bad or good' })
    .default('ignore')
    .describe('Of `share`: what a series counts as that has no value now and had one within a day'),
  quorum: z
    .number({ error: 'must be a number from 0 to 100' })
    .min(0, { error: 'must be a number from 0 to 100' })
    .max(100, { error: 'must be a number from 0 to 100' })
    .default(50)
    .describe('Nothing is said while fewer percent of the series that had a value within a day have one'),
  least_members: count(1).describe('Nothing is said of fewer series'),
  ...comparison(),
  stale_after: time()
    .optional()
    .describe('A value counts for so long; left out, three times the interval of its series'),
});

const KNOWN_MS = 86_400_000;

/** Several series taken together. */
export const aggregate = defineKind({
  name: 'aggregate',
  summary: 'several series taken together: their average, sum, percentile, or the share that is bad',
  options,
  forgetMs: FORGET_MS,
  bind: (given, { everyMs }) => {
    const { function: made, percentile, bad_above: above, bad_below: below, quorum, least_members: least } = given;
    if ((made === 'percentile') !== (percentile !== undefined))
      throw new RuleOptionsError(
        'percentile',
        made === 'percentile' ? 'must be set, such as 95' : 'needs function: percentile',
      );
    if (made === 'share' && (above === undefined) === (below === undefined))
      throw new RuleOptionsError('bad_above', 'one of bad_above and bad_below must be set');
    if (made !== 'share' && (above ?? below) !== undefined)
      throw new RuleOptionsError(above === undefined ? 'bad_below' : 'bad_above', 'needs function: share');
    const isBad = (value: number) => (above !== undefined ? value > above : value < (below as number));
    const asksQuorum = made !== 'share' || given.missing === 'ignore';
    return {
      ...PLAIN,
      ...comparing(comparisonOf(given)),
      selectors: [selectorOf(given.metric, given.match)],
      groupBy: given.group_by ?? [],
      lookbackMs: KNOWN_MS,
      look: ({ at, members: [series = []] }) => {
        const values: number[] = [];
        let known = 0;
        for (const { points } of series) {
          const last = points.at[points.indexAt(at)];
          if (last === undefined || at - last >= KNOWN_MS) continue;
          known += 1;
          const value = valueInForce(points, at, everyMs, given.stale_after);
          if (value !== null) values.push(value);
        }
        if (known < least) return { value: null, reason: `${known} of at least ${least} series` };
        if (asksQuorum && (values.length === 0 || 100 * values.length < quorum * known))
          return { value: null, reason: `${values.length} of ${known} series have a value` };
        if (made !== 'share') return { value: combined(made, values, percentile ?? 0) };
        const bad = values.filter(isBad).length + (given.missing === 'bad' ? known - values.length : 0);
        const all = given.missing === 'ignore' ? values.length : known;
        return { value: (100 * bad) / all };
      },
    };
  },
});

function combined(
  made: Exclude<(typeof FUNCTIONS)[number], 'share'>,
  values: readonly number[],
  percentile: number,
): number {
  const sum = () => values.reduce((all, one) => all + one, 0);
  switch (made) {
    case 'avg':
      return sum() / values.length;
    case 'sum':
      return sum();
    case 'count':
      return values.length;
    case 'max':
      return values.reduce((a, b) => Math.max(a, b));
    case 'min':
      return values.reduce((a, b) => Math.min(a, b));
    case 'percentile':
      return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil((percentile / 100) * values.length)) - 1] as number;
  }
}
