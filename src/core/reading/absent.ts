import type { Labels } from '../alert/alert.ts';
import { isObject, scalarText, setOwn, textIn, timeOf } from './read.ts';

// What templates leave where they had nothing to write: Go's text/template and fmt, Python, JavaScript.
const LEFT_BY_TEMPLATES = /^(?:null|undefined|<nil>|<no value>|\[no value\]|%!\w?\([^)]*\))?$/;

/** Whether a text stands for nothing: blank, or what a template leaves for a value it does not have. */
export function isAbsent(text: string): boolean {
  // Trimmed beforehand: a pattern that skips blanks at both ends takes time by the square of a long run of them.
  return LEFT_BY_TEMPLATES.test(text.trim());
}

/**
 * Text of a scalar, unless it stands for nothing (`''`, `null`, `<no value>`, `N/A`, …). Objects and lists have none.
 * Macros that were not resolved (`{HOST}`, `$VAR`) are text: only their own driver knows how they look.
 */
export function presentText(value: unknown): string | undefined {
  const text = scalarText(value);
  if (text === undefined || text === null || isAbsent(text) || /^\s*(?:N\/A|NA)\s*$/i.test(text)) return undefined;
  return text;
}

/**
 * A map of text like `textMap`, without the values that stand for nothing; empty when it is no object. `NA` is kept:
 * as a label it is more often North America.
 */
export function presentMap(value: unknown): Labels {
  const map: Labels = {};
  if (!isObject(value)) return map;
  for (const key in value) {
    const text = textIn(value[key]);
    if (text !== undefined && !isAbsent(text)) setOwn(map, key, text);
  }
  return map;
}

/**
 * UTC milliseconds like `timeOf`, of Unix seconds or milliseconds written as text too; undefined for absent values,
 * Go's zero time, and what is no time.
 */
export function presentTime(value: unknown): number | undefined {
  const isDigits = typeof value === 'string' && /^\s*\d{9,13}(?:\.\d{1,9})?\s*$/.test(value);
  return timeOf(isDigits ? Number(value) : value);
}
