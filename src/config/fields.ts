import * as z from 'zod';
import { parseDuration } from '../core/figures.ts';

// What sections of monitor.yaml are made of; zod's messages complete "<place>: <path>: …".

/** A time span such as `90s`, `5m` or `1h30m`, or a number of seconds; milliseconds inside. `words` are "from 1s to 5m". */
export function span(min: number, max: number, words: string) {
  const pattern = /^(\d{1,9}(ms|s|m|h|d|w))+$/;
  const toMs = (value: string | number) => parseDuration(value) ?? 0;
  const isWithin = (ms: number) => ms >= min && ms <= max;
  // An example outside of the range would only be refused again.
  const examples = ['30s', '5m', '1h30m'].filter((text) => isWithin(toMs(text)));
  const listed = examples.join(', ').replace(/, (?=[^,]*$)/, ' or ');
  const error = `must be a time ${words}${listed === '' ? '' : `, such as ${listed}`}`;
  return z
    .union([z.int({ error }).min(0, { error }), z.string({ error }).regex(pattern, { error })], { error })
    .transform(toMs)
    .refine(isWithin, { error });
}

/** One line of text. */
export function line(what: string) {
  const error = `must be ${what}: one line of 1 to 200 characters`;
  return z.string({ error }).regex(/^(?=.*\S)[^\p{Cc}]{1,200}$/u, { error });
}

/** A whole number. */
export function count(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** `true` or `false`. */
export function yes(fallback: boolean) {
  return z.boolean({ error: 'must be true or false' }).default(fallback);
}

/** Settings by name, no others. */
export function section<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? 'must hold settings in the form "name: value"' : undefined),
  });
}

/** A list. */
export function listOf<T extends z.ZodType>(of: T) {
  return z.array(of, { error: 'must be a list' });
}
