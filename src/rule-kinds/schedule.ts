import * as z from 'zod';
import { holds, type IntervalRule } from '../core/policy/interval.ts';
import { parseDaySpan, parseWeekdays } from '../core/policy/interval-text.ts';
import { createZone } from '../core/time/zone.ts';
import { defineKind, FORGET_MS, PLAIN, RuleOptionsError } from './contract.ts';

const texts = (what: string) =>
  z.union([z.string().transform((one) => [one]), z.array(z.string({ error: what }), { error: what })], { error: what });

const options = z.strictObject({
  times: texts('must be a time of day such as 22:00-06:00, or a list of them')
    .optional()
    .describe('Times of day, such as `22:00-06:00`; left out, the whole day'),
  weekdays: texts('must be weekdays such as monday:friday, or a list of them')
    .optional()
    .describe('Weekdays, such as `monday:friday`; a night belongs to the day on which it begins'),
  zone: z
    .string({ error: 'must be a time zone such as Europe/Berlin' })
    .default('UTC')
    .describe('IANA name of the zone'),
});

/** A time of the day or week; what other rules are joined with. */
export const schedule = defineKind({
  name: 'schedule',
  summary: 'it is a time of the day or the week; to be joined with others in a composite',
  options,
  forgetMs: FORGET_MS,
  bind: ({ times, weekdays, zone }) => {
    const read = <T>(field: string, make: () => T): T => {
      try {
        return make();
      } catch (error) {
        throw new RuleOptionsError(field, (error as Error).message);
      }
    };
    const rule: IntervalRule = {
      zone: read('zone', () => createZone(zone)),
      ...(times !== undefined && { times: read('times', () => times.map(parseDaySpan)) }),
      ...(weekdays !== undefined && { weekdays: read('weekdays', () => weekdays.flatMap(parseWeekdays)) }),
    };
    return {
      ...PLAIN,
      selectors: [],
      expected: [{}],
      lookbackMs: 0,
      levels: [null],
      look: ({ at }) => ({ value: Number(holds({ name: 'schedule', rules: [rule] }, at)) }),
      holds: (value) => value === 1,
    };
  },
});
