import * as z from 'zod';
import type { Truth } from '../core/rule/level.ts';
import { defineKind, FORGET_MS, PLAIN, RuleOptionsError } from './contract.ts';

/** Parts of a composite: the name of a rule, or parts joined. */
export type Part =
  | string
  | { readonly all: readonly Part[] }
  | { readonly any: readonly Part[] }
  | { readonly not: Part }
  | { readonly at_least: number; readonly of: readonly Part[] };

const PART = 'must be the name of a rule, or one of all, any, not, at_least with of';
const list = () => z.array(part, { error: 'must be a list of rules' }).min(1, { error: 'must name a rule' });
const part: z.ZodType<Part, Part> = z.lazy(() =>
  z.union(
    [
      z.string({ error: PART }).min(1, { error: PART }),
      z.strictObject({ all: list() }),
      z.strictObject({ any: list() }),
      z.strictObject({ not: part }),
      z.strictObject({ at_least: z.int({ error: 'must be a whole number from 1' }).min(1), of: list() }),
    ],
    { error: PART },
  ),
);

const options = z.strictObject({
  all: list().optional().describe('All of these rules hold'),
  any: list().optional().describe('One of these rules holds, or more'),
  not: part.optional().describe('This rule does not hold'),
  at_least: z
    .int({ error: 'must be a whole number from 1' })
    .min(1, { error: 'must be a whole number from 1' })
    .optional()
    .describe('So many of the rules in `of` hold'),
  of: list().optional().describe('Beside `at_least`: the rules'),
});

/** Other rules, joined. A rule that waits for its `for` does not hold; one that nothing is known of leaves the sum open. */
export const composite = defineKind({
  name: 'composite',
  summary: 'other rules hold: all, any, none or so many of them',
  options,
  forgetMs: FORGET_MS,
  bind: (given) => {
    const whole = wholeOf(given);
    return {
      ...PLAIN,
      selectors: [],
      refersTo: [...new Set(namesOf(whole))],
      lookbackMs: 0,
      levels: [null],
      look: ({ truthOf }) => {
        const truth = truthOfPart(whole, truthOf);
        return truth === null ? { value: null, reason: 'not enough of its rules are known' } : { value: Number(truth) };
      },
      holds: (value) => value === 1,
    };
  },
});

function wholeOf({ all, any, not, at_least: least, of }: z.output<typeof options>): Part {
  if ((least === undefined) !== (of === undefined))
    throw new RuleOptionsError(least === undefined ? 'at_least' : 'of', 'at_least and of stand beside one another');
  if (least !== undefined && of !== undefined && least > of.length)
    throw new RuleOptionsError('at_least', `must be ${of.length} or less: there are no more in of`);
  const parts: Part[] = [
    ...(all === undefined ? [] : [{ all }]),
    ...(any === undefined ? [] : [{ any }]),
    ...(not === undefined ? [] : [{ not }]),
    ...(least === undefined || of === undefined ? [] : [{ at_least: least, of }]),
  ];
  const [only] = parts;
  if (only === undefined) throw new RuleOptionsError('all', 'must be set, or any, not, or at_least with of');
  return parts.length === 1 ? only : { all: parts };
}

function namesOf(whole: Part): readonly string[] {
  if (typeof whole === 'string') return [whole];
  if ('not' in whole) return namesOf(whole.not);
  return ('all' in whole ? whole.all : 'any' in whole ? whole.any : whole.of).flatMap(namesOf);
}

/** Kleene's logic: what is open may be either. */
function truthOfPart(whole: Part, truthOf: (rule: string) => Truth): Truth {
  if (typeof whole === 'string') return truthOf(whole);
  if ('not' in whole) {
    const truth = truthOfPart(whole.not, truthOf);
    return truth === null ? null : !truth;
  }
  const parts = ('all' in whole ? whole.all : 'any' in whole ? whole.any : whole.of).map((one) =>
    truthOfPart(one, truthOf),
  );
  const needed = 'all' in whole ? parts.length : 'any' in whole ? 1 : whole.at_least;
  const [yes, open] = [parts.filter((one) => one === true).length, parts.filter((one) => one === null).length];
  return yes >= needed ? true : yes + open < needed ? false : null;
}
