import * as z from 'zod';
import { parseDuration } from '../core/figures.ts';
import { compileMatchers, parseMatchers } from '../core/policy/matchers.ts';
import { readComparison } from '../core/rule/comparison.ts';
import type { Condition, Selector } from '../core/rule/rule.ts';
import { anchoredRegex } from '../lib/regex.ts';

/** Options that a kind does not accept though their form is right; the message begins with the field. */
export class RuleOptionsError extends Error {
  override name = 'RuleOptionsError';
  /** The field of the options, and what is wrong with it. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** What else of a rule a kind may ask for. */
export interface RuleContext {
  readonly everyMs: number;
}

/** A kind of rule: one file of this folder. */
export interface RuleKind<S extends z.ZodType = z.ZodType> {
  /** The key under which its options stand in a rule: `threshold`. */
  readonly name: string;
  /** One sentence for lists and docs. */
  readonly summary: string;
  readonly options: S;
  /** Time after which a group is forgotten of which nothing is heard, unless the rule says another, in milliseconds. */
  readonly forgetMs: number;
  /** Makes a condition of its options. Throws RuleOptionsError. */
  bind(options: z.output<S>, context: RuleContext): Condition;
}

/** A kind as the registry lists it. */
export function defineKind<S extends z.ZodType>(kind: RuleKind<S>): RuleKind {
  return kind as unknown as RuleKind;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Nothing is heard of a series for so long: it is gone. */
export const FORGET_MS = DAY;

/** A time such as `5m`, in milliseconds inside. */
export function time(min = MINUTE / 60, max = 366 * DAY) {
  const error = 'must be a time such as 30s, 5m or 24h';
  return z.union([z.int({ error }).min(0, { error }), z.string({ error })], { error }).transform((given, context) => {
    const ms = parseDuration(given);
    if (ms !== null && ms >= min && ms <= max) return ms;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

const METRIC = 'must be the name of a metric, such as cpu.load_percent';
/** The name of a metric. */
export const metric = () => z.string({ error: METRIC }).regex(/^[A-Za-z_:][\w.:/-]{0,254}$/, { error: METRIC });

/** A finite number. */
export const figure = () => z.number({ error: 'must be a number' });
/** A number above 0 and up to 100. */
export const percent = () => {
  const error = 'must be a number above 0, up to 100';
  return z.number({ error }).positive({ error }).max(100, { error });
};
/** A whole number from 1. */
export const count = (fallback: number) =>
  z
    .int({ error: 'must be a whole number from 1' })
    .min(1, { error: 'must be a whole number from 1' })
    .default(fallback);

const BOUNDS = 'must be a number, or a number for each of critical, warning and info';
const bounds = () =>
  z.union([figure(), z.strictObject({ critical: figure(), warning: figure(), info: figure() }).partial()], {
    error: BOUNDS,
  });

const LABEL = 'must be the name of a label';
const label = z.string({ error: LABEL }).regex(/^[A-Za-z_][\w.:/-]{0,254}$/, { error: LABEL });
/** Names of labels. */
export const labelNames = () =>
  z.union([label.transform((one) => [one]), z.array(label, { error: 'must be a list of labels' })], {
    error: 'must be the name of a label, or a list of them',
  });
/** Labels by name. */
export const labelMap = () =>
  z.record(label, z.union([z.string(), z.number(), z.boolean()], { error: 'must be text' }).transform(String), {
    error: 'must hold labels in the form "name: value"',
  });

/** `match`: which series of the metric. */
export const match = () =>
  z
    .string({ error: 'must be matchers such as instance_id=~"web-.*"' })
    .optional()
    .describe('Matchers of the labels of a series, such as `instance_id=~"web-.*"`; left out, all series');

/** `above`, `below` and `clear`. */
export const comparison = () => ({
  above: bounds().optional().describe('Bad strictly above this; one number, or one for each severity'),
  below: bounds().optional().describe('Bad strictly below this; one number, or one for each severity'),
  clear: bounds().optional().describe('While it fires it goes on until the figure has passed this'),
});

/** The series that are meant. Throws RuleOptionsError. */
export function selectorOf(name: string, matchers: string | undefined, field = 'match'): Selector {
  if (matchers === undefined) return { metric: name, matches: () => true };
  try {
    return { metric: name, matches: compileMatchers(parseMatchers(matchers), anchoredRegex) };
  } catch (error) {
    throw new RuleOptionsError(field, (error as Error).message);
  }
}

/** What a figure is compared with. Throws RuleOptionsError. */
export function comparisonOf(given: z.output<z.ZodObject<ReturnType<typeof comparison>>>) {
  const { above, below, clear } = given;
  const read = readComparison({
    ...(above !== undefined && { above: defined(above) }),
    ...(below !== undefined && { below: defined(below) }),
    ...(clear !== undefined && { clear: defined(clear) }),
  });
  if (!read.ok) throw new RuleOptionsError(read.field, read.message);
  return read.comparison;
}

function defined(bounds: number | { [severity: string]: number | undefined }): number | Record<string, number> {
  if (typeof bounds === 'number') return bounds;
  return Object.fromEntries(
    Object.entries(bounds).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What most conditions do not have. */
export const PLAIN = { groupBy: null, expected: [], refersTo: [], unknownEndsMs: null } as const;
