import { MatchersError, matcherText, parseMatchers } from '../../core/policy/matchers.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import { UsageError } from '../contract.ts';

/**
 * Matchers as arguments: `severity=critical`, `host=~"db-.*"`; a bare word is the name of alerts. Throws UsageError, also
 * where they match nothing, whatever fires: a label has one value, and a name with blanks was not quoted.
 */
export function readMatchers(given: readonly string[]): readonly MatcherSpec[] {
  const matchers = given.flatMap(readMatcher);
  const values = new Map<string, string>();
  for (const { name, value, isRegex, isEqual } of matchers) {
    if (isRegex || !isEqual) continue;
    const other = values.get(name) ?? value;
    if (other !== value) {
      const words = given.filter((text) => !/[=~]/.test(text));
      const fix = name === 'alertname' && words.length > 1 ? `; quote a name with blanks: '${words.join(' ')}'` : '';
      throw new UsageError(`nothing matches: ${name} cannot be both "${other}" and "${value}"${fix}`);
    }
    values.set(name, value);
  }
  return matchers;
}

function readMatcher(text: string): readonly MatcherSpec[] {
  if (!/[=~]/.test(text) && text.trim() !== '')
    return [{ name: 'alertname', value: text, isRegex: false, isEqual: true }];
  try {
    return parseMatchers(text);
  } catch (error) {
    if (error instanceof MatchersError) throw new UsageError(error.message);
    throw error;
  }
}

/** As the API takes them. */
export function matcherTexts(matchers: readonly MatcherSpec[]): string[] {
  return matchers.map(matcherText);
}

/** Whether they only say what a label is not: that also holds of every alert without the label. */
export function isOnlyNegative(matchers: readonly MatcherSpec[]): boolean {
  return matchers.length > 0 && matchers.every(({ isEqual }) => !isEqual);
}
