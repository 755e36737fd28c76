import { MatchersError, matcherText, parseMatchers } from '../../core/policy/matchers.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import { UsageError } from '../contract.ts';

/** Matchers as arguments: `severity=critical`, `host=~"db-.*"`; a bare word is the name of alerts. Throws UsageError. */
export function readMatchers(given: readonly string[]): readonly MatcherSpec[] {
  return given.flatMap((text) => {
    if (!/[=~]/.test(text) && text.trim() !== '')
      return [{ name: 'alertname', value: text, isRegex: false, isEqual: true }];
    try {
      return parseMatchers(text);
    } catch (error) {
      if (error instanceof MatchersError) throw new UsageError(error.message);
      throw error;
    }
  });
}

/** As the API takes them. */
export function matcherTexts(matchers: readonly MatcherSpec[]): string[] {
  return matchers.map(matcherText);
}

/** Whether they only say what a label is not: that also holds of every alert without the label. */
export function isOnlyNegative(matchers: readonly MatcherSpec[]): boolean {
  return matchers.length > 0 && matchers.every(({ isEqual }) => !isEqual);
}
