import { RE2JS } from 're2js';

/** A regular expression that cannot be read; the message says why. */
export class RegexError extends Error {
  override name = 'RegexError';
}

const LONGEST = 4096;

/**
 * The test whether a text as a whole matches a regular expression in the syntax of RE2, as in Prometheus and Alertmanager.
 * It takes time by the length of the text, whatever the expression. Throws RegexError.
 */
export function anchoredRegex(pattern: string): (text: string) => boolean {
  if (pattern.length > LONGEST) throw new RegexError(`a regular expression has ${LONGEST} characters at most`);
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matches(text);
  } catch (error) {
    const reason = String((error as Error).message).replace(/^error parsing regexp: /, '');
    throw new RegexError(`the regular expression "${pattern.slice(0, 200)}" cannot be read: ${reason}`);
  }
}
