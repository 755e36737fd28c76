import type { Labels } from './alert/alert.ts';

/** A condition on one label, as Alertmanager writes it: `severity="critical"`, `team!=a`, `job=~"web|db.*"`. */
export interface Matcher {
  readonly label: string;
  /** Whether it holds of labels; a label that is not there is ''. */
  matches(labels: Labels): boolean;
}

/** A matcher or pattern that cannot be read; the message says why. */
export class MatcherError extends Error {
  override name = 'MatcherError';
}

const FORM = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)(.*)$/s;

/** Reads `name`, one of `=`, `!=`, `=~`, `!~`, and a value with or without quotes. Throws MatcherError. */
export function parseMatcher(text: string): Matcher {
  const [, label, operator, rest] = FORM.exec(text.trim()) ?? [];
  if (label === undefined || rest === undefined) throw new MatcherError(`bad matcher format: ${text.slice(0, 200)}`);
  const value = unquoted(rest.trim());
  const isEqual = operator === '=' || operator === '!=' ? (given: string) => given === value : parsePattern(value);
  const isNot = operator === '!=' || operator === '!~';
  return { label, matches: (labels) => isEqual(Object.hasOwn(labels, label) ? (labels[label] ?? '') : '') !== isNot };
}

function unquoted(text: string): string {
  const inner = /^"(.*)"$/s.exec(text)?.[1];
  if (inner === undefined) return text;
  return inner.replaceAll(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** One place of a pattern: a character, or any; `many` for any number of them. */
interface Token {
  /** null for any character. */
  readonly char: string | null;
  readonly many: boolean;
}

/**
 * The part of a regular expression that takes no engine, and time by the length of the text only: literal characters,
 * `.`, `.*`, `.+` and `|`. It must match the whole text. Throws MatcherError for everything else.
 */
export function parsePattern(pattern: string): (text: string) => boolean {
  const alternatives = alternativesOf(pattern);
  return (text) => alternatives.some((tokens) => matches(tokens, text));
}

function alternativesOf(pattern: string): readonly (readonly Token[])[] {
  const whole = pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const inner = /^\((?:\?:)?([^()]*)\)$/s.exec(whole)?.[1] ?? whole;
  const alternatives: Token[][] = [[]];
  for (let at = 0; at < inner.length; at += 1) {
    const [char = '', next] = [inner[at], inner[at + 1]];
    if (char === '|') alternatives.push([]);
    else if (char === '.') {
      const any = { char: null, many: false };
      const repeats = { '*': [{ char: null, many: true }], '+': [any, { char: null, many: true }] };
      if (next === '*' || next === '+') at += 1;
      alternatives.at(-1)?.push(...(next === '*' || next === '+' ? repeats[next] : [any]));
    } else if (char === '\\' && next !== undefined && /[^a-zA-Z0-9]/.test(next)) {
      alternatives.at(-1)?.push({ char: next, many: false });
      at += 1;
    } else if (/[\\^$*+?()[\]{}]/.test(char)) throw new MatcherError(unread(char, pattern));
    else alternatives.at(-1)?.push({ char, many: false });
  }
  return alternatives;
}

function unread(char: string, pattern: string): string {
  return (
    `"${char}" of the regular expression "${pattern.slice(0, 200)}" is not taken here: ` +
    'it may hold text, ".", ".*", ".+" and "|", and "\\" before a sign that is meant as text'
  );
}

/** Goes back to the last `.*` only, so it never takes longer than the text times the pattern. */
function matches(tokens: readonly Token[], text: string): boolean {
  let [at, token] = [0, 0];
  let [lastMany, resumeAt] = [-1, 0];
  while (at < text.length) {
    const { char, many } = tokens[token] ?? { char: '', many: false };
    if (many) {
      lastMany = token;
      resumeAt = at;
      token += 1;
    } else if (char === null || char === text[at]) {
      at += 1;
      token += 1;
    } else if (lastMany !== -1) {
      resumeAt += 1;
      at = resumeAt;
      token = lastMany + 1;
    } else return false;
  }
  return tokens.slice(token).every(({ many }) => many);
}
