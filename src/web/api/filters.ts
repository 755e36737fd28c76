import * as z from 'zod';
import { MOST_SEARCHED, searchWords } from '../../core/search/words.ts';
import type { LabelFilter } from '../../stores/contract/reads.ts';

/** A text of a query string that may stand there once. */
export const text = z.string('must be given once').max(1024, 'is longer than 1024 characters');

// More than people ask for; each is one more comparison for every alert that is looked at.
const MOST = 20;

/** A parameter that may be given several times, as a list. */
export const several = (message = 'must be texts', one: z.ZodString = text) =>
  z
    .union([one, z.array(one)], message)
    .transform((given) => [given].flat())
    .refine((given) => given.length <= MOST, `must be given at most ${MOST} times`);

/** One value alone, so that equal questions are the same statement. */
function oneOrMore<T>(given: readonly T[]): T | readonly T[] {
  return given.length === 1 ? (given[0] as T) : given;
}

/** A filter that may be given several times: one of its values must hold. */
export const anyOf = several().transform(oneOrMore).describe('Given several times, one must hold');

/** The same with a closed list of words, which may also stand in one text with commas between them. */
export function wordsOf<const Word extends string>(words: readonly Word[]) {
  const word = `\\s*(?:${words.join('|')})\\s*`;
  const listed = text.regex(new RegExp(`^${word}(?:,${word})*$`), `must be one of ${words.join(', ')}, or several`);
  return several('must be texts', listed)
    .transform((given) => given.flatMap((one) => one.split(',').map((part) => part.trim())))
    .transform((given) => oneOrMore([...new Set(given)] as Word[]))
    .describe(`One or several of ${words.join(', ')}`);
}

/** What is searched for, as words; none for an empty text. */
export const searched = text
  .transform((given, context) => {
    const words = searchWords(given);
    const wrong =
      words.length > MOST_SEARCHED
        ? `must have at most ${MOST_SEARCHED} words`
        : words.length === 0 && given.trim() !== ''
          ? 'must have a letter or a digit'
          : null;
    if (wrong === null) return words.length === 0 ? undefined : words;
    context.addIssue({ code: 'custom', message: wrong });
    return z.NEVER;
  })
  .describe('Words; each must be the beginning of a word of what is found');

const LABEL = /^([^=!]+?)\s*(!?=)([\s\S]*)$/;

/** Conditions on labels, each `name=value` or `name!=value`; all of them must hold. */
export const labels = several()
  .refine((given) => given.every((one) => LABEL.test(one)), 'must be name=value or name!=value')
  .transform((given) =>
    given.map((one): LabelFilter => {
      const [, name = '', operator, value = ''] = LABEL.exec(one) ?? [];
      return { name, value, isNot: operator === '!=' };
    }),
  )
  .describe('name=value or name!=value; given several times, all must hold');

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const SINCE = 'must be a span of time such as 30m, 2h or 7d, or a time such as 2026-03-29T14:00:00Z';

/** A span of time before now, or a time: which one, in UTC milliseconds, once it is known what the time is. */
export const since = text
  .transform((given, context) => {
    const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(given.trim()) ?? [];
    if (count !== undefined) return (now: number) => Math.max(0, now - Number(count) * (UNITS[unit] ?? 0));
    const time = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/.test(given) ? Date.parse(given) : Number.NaN;
    if (Number.isFinite(time)) return () => Math.max(0, time);
    context.addIssue({ code: 'custom', message: SINCE });
    return z.NEVER;
  })
  .describe('A span such as 2h, or a time');
