import * as z from 'zod';
import { comparing } from '../core/rule/comparison.ts';
import { timeUntil } from '../core/rule/fit.ts';
import { valueInForce, within } from '../core/rule/points.ts';
import {
  comparison,
  comparisonOf,
  defineKind,
  FORGET_MS,
  figure,
  match,
  metric,
  PLAIN,
  RuleOptionsError,
  selectorOf,
  time,
} from './contract.ts';

const HOUR_MS = 3_600_000;

const options = z.strictObject({
  metric: metric().describe('The metric that is looked at'),
  match: match(),
  over: time().default(HOUR_MS).describe('Span over which the change is measured'),
  as: z
    .enum(['difference', 'percent'], { error: 'must be difference or percent' })
    .optional()
    .describe(
      'What is compared with `above` or `below`: by how much it changed (the default), or by how many percent of before',
    ),
  ...comparison(),
  reaches: figure()
    .optional()
    .describe('In place of `above` and `below`: the limit that it must not reach, such as 100'),
  within: time().optional().describe('Beside `reaches`: bad when it will be reached within this time, as it grows now'),
  clear_within: time()
    .optional()
    .describe('Beside `within`, and longer: while it fires it goes on until the limit is further off than this'),
  fit: z
    .enum(['careful', 'theil_sen', 'least_squares'], { error: 'must be careful, theil_sen or least_squares' })
    .default('careful')
    .describe('How growth is measured'),
});

// Fewer values, or ones that span less of the window, say nothing of growth.
const LEAST_POINTS = 10;
const LEAST_SPAN = 0.5;

/** How a figure changes, and when it will reach a limit. */
export const change = defineKind({
  name: 'change',
  summary: 'a figure has changed by so much, or will reach a limit',
  options,
  forgetMs: FORGET_MS,
  bind: (given, { everyMs }) => {
    const { over, reaches, fit } = given;
    const selectors = [selectorOf(given.metric, given.match)];
    if (reaches === undefined) {
      for (const field of ['within', 'clear_within'] as const)
        if (given[field] !== undefined) throw new RuleOptionsError(field, 'needs reaches beside it');
      const isPercent = given.as === 'percent';
      return {
        ...PLAIN,
        ...comparing(comparisonOf(given)),
        selectors,
        lookbackMs: over + 3 * everyMs,
        look: ({ at, members: [series] }) => {
          const points = series?.[0]?.points;
          if (points === undefined) return { value: null, reason: 'no value' };
          const [now, before] = [valueInForce(points, at, everyMs), valueInForce(points, at - over, everyMs)];
          if (now === null || before === null) return { value: null, reason: 'no value to compare with' };
          if (!isPercent) return { value: now - before };
          return before === 0
            ? { value: null, reason: 'it was 0 before, so there is no percentage' }
            : { value: (100 * (now - before)) / Math.abs(before) };
        },
      };
    }
    const { within: horizon } = given;
    if (horizon === undefined) throw new RuleOptionsError('within', 'must be set beside reaches, such as 24h');
    const { clear_within: clearWithin = horizon } = given;
    if (clearWithin < horizon)
      throw new RuleOptionsError('clear_within', 'must be within or longer: it would end before it begins');
    for (const field of ['above', 'below', 'clear', 'as'] as const)
      if (given[field] !== undefined) throw new RuleOptionsError(field, 'stands beside reaches; remove one of them');
    return {
      ...PLAIN,
      selectors,
      lookbackMs: over,
      levels: [null],
      look: ({ at, members: [series] }) => {
        const points = series?.[0]?.points;
        const found = points === undefined ? [] : within(points, at - over, at);
        const [first, last] = [found[0], found.at(-1)];
        if (
          last !== undefined &&
          last[1] >= reaches &&
          points !== undefined &&
          valueInForce(points, at, everyMs) !== null
        )
          return { value: 0 };
        const isEnough = found.length >= LEAST_POINTS && (last?.[0] ?? 0) - (first?.[0] ?? 0) >= LEAST_SPAN * over;
        if (!isEnough) return { value: null, reason: 'too few values to see growth' };
        const ms = timeUntil(found, reaches, fit);
        return ms === null
          ? { value: null, reason: 'it jumped, and what follows is not known yet' }
          : { value: ms / HOUR_MS };
      },
      holds: (hours, _, isFiring) => hours * HOUR_MS <= (isFiring ? clearWithin : horizon),
    };
  },
});
