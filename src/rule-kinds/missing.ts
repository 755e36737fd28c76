import * as z from 'zod';
import { within } from '../core/rule/points.ts';
import {
  defineKind,
  labelMap,
  labelNames,
  match,
  metric,
  PLAIN,
  RuleOptionsError,
  selectorOf,
  time,
} from './contract.ts';

const COUNT = 'must be a whole number from 1';
const number = z.int({ error: COUNT }).min(1, { error: COUNT });

const options = z.strictObject({
  metric: metric().describe('The metric whose values are awaited'),
  match: match(),
  after: time().optional().describe('Bad when nothing has come for so long'),
  least: number.optional().describe('In place of `after`: bad when fewer than so many have come in the window'),
  window: time().optional().describe('Beside `least`: the window'),
  group_by: labelNames().optional().describe('Labels whose values make a group; left out, each series by itself'),
  expect: z
    .array(labelMap(), { error: 'must be a list of labels' })
    .optional()
    .describe('Labels of groups that are missed even if they were never seen'),
});

const WEEK_MS = 604_800_000;

/** What is awaited does not come. */
export const missing = defineKind({
  name: 'missing',
  summary: 'nothing comes, or fewer than expected',
  options,
  forgetMs: WEEK_MS,
  bind: (given, { everyMs }) => {
    const { after, least, window, group_by: groupBy = null, expect: expected = [] } = given;
    if ((after === undefined) === (least === undefined))
      throw new RuleOptionsError(
        'after',
        after === undefined ? 'must be set, or least' : 'stands beside least; remove one',
      );
    if (least !== undefined && window === undefined) throw new RuleOptionsError('window', 'must be set beside least');
    const base = {
      ...PLAIN,
      selectors: [selectorOf(given.metric, given.match)],
      ...{ groupBy, expected, levels: [null] },
      holds: (value: number) => value > 0,
    };
    if (after !== undefined)
      return {
        ...base,
        lookbackMs: after,
        look: ({ at, members, beganAt, downMs }) => {
          let last = Number.NEGATIVE_INFINITY;
          for (const { points } of members[0] ?? []) last = Math.max(last, points.at[points.indexAt(at)] ?? last);
          const since = last === Number.NEGATIVE_INFINITY ? beganAt : last;
          // Nobody could send while no hub was up.
          return { value: at - since - downMs(since, at) >= after ? (at - since) / 1000 : 0 };
        },
      };
    const span = window as number;
    return {
      ...base,
      lookbackMs: span,
      look: ({ at, members, beganAt, downMs }) => {
        const from = at - span;
        const firstAt = Math.min(...(members[0] ?? []).map((one) => one.firstAt));
        const begins = Number.isFinite(firstAt) ? firstAt : beganAt;
        if (from + everyMs < begins) return { value: null, reason: 'it has not been watched for one window' };
        if (downMs(from, at) > 0) return { value: null, reason: 'the hub was down' };
        const come = (members[0] ?? []).reduce((sum, { points }) => sum + within(points, from, at).length, 0);
        return { value: Math.max(0, (least as number) - come) };
      },
    };
  },
});
