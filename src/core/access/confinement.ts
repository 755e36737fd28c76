import type { Labels } from '../alert/alert.ts';
import { MatchersError, parseMatchers } from '../policy/matchers.ts';
import type { MatcherSpec } from '../policy/silence.ts';

/** A label must have one of some values, or with `isNot` none of them; a label that is missing counts as ''. */
export interface LabelBound {
  readonly name: string;
  readonly values: readonly string[];
  readonly isNot: boolean;
}

/**
 * What somebody is confined to: all bounds must hold of the labels of an alert. They are lists of plain values, not
 * patterns: so the store can answer them in its own queries, and nobody gets to see a row that only a filter behind it
 * would have taken away.
 */
export type Confinement = readonly LabelBound[];

const MOST_BOUNDS = 10;
const MOST_VALUES = 100;
// Signs that mean something in a pattern, but the `|` between values.
const PATTERN = /[.*+?^${}()[\]\\]/;

/**
 * Reads what somebody is confined to, written as matchers: `team="web"`, `env!="prod"`, `team=~"web|shop"`. null for an
 * empty text: confined to nothing. Throws MatchersError.
 */
export function parseConfinement(text: string): Confinement | null {
  if (text.trim() === '') return null;
  const bounds = parseMatchers(text).map(boundOf);
  if (bounds.length > MOST_BOUNDS)
    throw new MatchersError(`somebody can be confined by at most ${MOST_BOUNDS} matchers`);
  return bounds;
}

function boundOf({ name, value, isRegex, isEqual }: MatcherSpec): LabelBound {
  if (isRegex && PATTERN.test(value)) {
    throw new MatchersError(
      `"${value}" is a pattern: people are confined to plain values, with | between them, as in team=~"web|shop"`,
    );
  }
  const values = isRegex ? [...new Set(value.split('|'))] : [value];
  if (values.length > MOST_VALUES) throw new MatchersError(`${name} can have at most ${MOST_VALUES} values`);
  return { name, values, isNot: !isEqual };
}

/** The same as one line of text that `parseConfinement` reads; '' for null. */
export function confinementText(confinement: Confinement | null): string {
  return (confinement ?? [])
    .map(({ name, values, isNot }) => {
      const isOne = values.length === 1;
      const operator = isOne ? (isNot ? '!=' : '=') : isNot ? '!~' : '=~';
      const text = values.join('|').replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
      const label = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : `"${name.replaceAll(/[\\"]/g, '\\$&')}"`;
      return `${label}${operator}"${text}"`;
    })
    .join(',');
}

/** Whether what has these labels is within what somebody is confined to; null confines nobody. */
export function isWithin(labels: Labels, confinement: Confinement | null): boolean {
  return (confinement ?? []).every(({ name, values, isNot }) => {
    const value = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
    return values.includes(value) !== isNot;
  });
}

/**
 * Whether everything that matchers can match is within what somebody is confined to: for each bound there is a matcher
 * that ensures it. So a silence of theirs never holds back what belongs to others.
 */
export function ensuresConfinement(matchers: readonly MatcherSpec[], confinement: Confinement | null): boolean {
  return (confinement ?? []).every((bound) => matchers.some((matcher) => ensures(matcher, bound)));
}

function ensures({ name, value, isRegex, isEqual }: MatcherSpec, bound: LabelBound): boolean {
  if (name !== bound.name || (isRegex && PATTERN.test(value))) return false;
  const values = isRegex ? value.split('|') : [value];
  if (isEqual) return values.every((one) => bound.values.includes(one) !== bound.isNot);
  // What is anything but some values is within a bound only if that leaves out no others.
  return bound.isNot && bound.values.every((one) => values.includes(one));
}
