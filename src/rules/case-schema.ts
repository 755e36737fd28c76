import * as z from 'zod';
import { SEVERITIES } from '../core/alert/alert.ts';
import { parseDuration } from '../core/figures.ts';

const TIME = 'must be a time such as 90s or 5m, since the start of the case';
const time = z
  .union([z.string({ error: TIME }), z.int({ error: TIME }).min(0, { error: TIME })], { error: TIME })
  .transform((given, context) => {
    const ms = parseDuration(given);
    if (ms === null) context.addIssue({ code: 'custom', message: TIME });
    return ms ?? 0;
  });
const START = 'must be a time such as 2026-06-03T10:00:00Z, with its offset';
const start = z.string({ error: START }).transform((text, context) => {
  const at = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: START });
  return at;
});
const labels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String), {
    error: 'must hold labels in the form "name: value"',
  })
  .default({});
const VALUES = 'must be values with blanks between them, one a step: numbers, _ for none, 95x5 for five of them';
const values = z
  .union([z.string({ error: VALUES }), z.number().transform(String)], { error: VALUES })
  .transform((text, context) => {
    const read = readValues(text);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: VALUES });
    return z.NEVER;
  });
const STATES = 'must be a letter a step: "." ok, p pending, F firing, ? firing without data, k kept';
/** The file of cases, as it is written. */
export const CASES_SCHEMA = z.strictObject({
  rules: z.unknown().optional(),
  cases: z
    .array(
      z.strictObject({
        name: z.string({ error: 'must be a name' }),
        start: start.default(Date.UTC(2026, 0, 5)),
        step: time.default(60_000),
        steps: z.int({ error: 'must be a whole number from 1' }).min(1).max(1_000_000).optional(),
        hub_down: z.array(z.strictObject({ from: time, to: time })).default([]),
        samples: z
          .array(z.strictObject({ metric: z.string({ error: 'must be the name of a metric' }), labels, values }), {
            error: 'must be a list',
          })
          .default([]),
        states: z
          .array(
            z.strictObject({
              rule: z.string(),
              labels,
              is: z.string({ error: STATES }).regex(/^[.pF?k]+$/, { error: STATES }),
            }),
            { error: 'must be a list' },
          )
          .default([]),
        alerts: z
          .array(
            z.strictObject({
              rule: z.string(),
              labels,
              severity: z.enum(SEVERITIES).optional(),
              from: time,
              to: time.optional(),
            }),
            { error: 'must be a list' },
          )
          .optional(),
      }),
      { error: 'must be a list of cases' },
    )
    .min(1, { error: 'must hold a case' }),
});

// One case is judged in memory.
const MOST_VALUES = 1_000_000;

/** `80 95x3 _` as values: null for none, and for what no hub accepts (NaN, ±Inf). Null where it cannot be read. */
function readValues(text: string): readonly (number | null)[] | null {
  const all: (number | null)[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const [, value = '', times = '1'] =
      /^(_|[+-]?(?:Inf|NaN|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))(?:x(\d{1,7}))?$/.exec(word) ?? [];
    if (value === '' || all.length + Number(times) > MOST_VALUES) return null;
    const number = Number(value);
    all.push(
      ...Array.from({ length: Number(times) }, () => (Number.isFinite(number) && value !== '_' ? number : null)),
    );
  }
  return all;
}
