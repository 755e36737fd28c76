import { RE2JS } from 're2js';
import { cutText } from '../core/reading/json.ts';

/** A regular expression that cannot be read; the message says why. */
export class RegexError extends Error {
  override name = 'RegexError';
}

const LONGEST = 4096;
// A short expression may be a large program, `(a?){1000}`, and the time of a match is that of the program by the text.
const LARGEST = 5000;
// No label is longer; of a longer text the rest is not looked at.
const LONGEST_TEXT = 4096;

/**
 * The test whether a text as a whole matches a regular expression in the syntax of RE2, as in Prometheus and Alertmanager.
 * It takes time by the length of the text and of the expression, both of which are bounded. Throws RegexError.
 */
export function anchoredRegex(pattern: string): (text: string) => boolean {
  if (pattern.length > LONGEST) throw new RegexError(`a regular expression has ${LONGEST} characters at most`);
  const compiled = compile(pattern);
  if (compiled.programSize() > LARGEST) throw unreadable(pattern, 'it repeats too much; write fewer or smaller {n}');
  return (text) => compiled.matches(cutText(text, LONGEST_TEXT));
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw unreadable(pattern, String((error as Error).message).replace(/^error parsing regexp: /, ''));
  }
}

function unreadable(pattern: string, reason: string): RegexError {
  return new RegexError(`the regular expression "${cutText(pattern, 200)}" cannot be read: ${reason}`);
}
