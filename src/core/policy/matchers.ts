import type { Labels } from '../alert/alert.ts';
import type { MatcherSpec } from './silence.ts';

/** Text that is no matcher; the message says why, and how one looks. */
export class MatchersError extends Error {
  override name = 'MatchersError';
}

/** Makes the test of a regular expression that must match the whole text, in time by the length of the text only. */
export type CompileRegex = (pattern: string) => (text: string) => boolean;

const FORM = /^(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|"((?:\\.|[^"\\])+)")\s*(=~|!~|!=|=)\s*(.*)$/s;
const EXAMPLE = 'write it as severity="critical" or host=~"db-.*"';
const SHOWN = 200;

/**
 * Reads matchers as Alertmanager's configuration and amtool write them: `a="b"`, `a!=b`, `a=~"x|y"`, `a!~x.*`, and
 * several of them with commas between, with or without `{}` around. A label that holds other signs is quoted. Throws
 * MatchersError.
 */
export function parseMatchers(text: string): readonly MatcherSpec[] {
  const whole = text.trim();
  const inner = whole.startsWith('{') && whole.endsWith('}') ? whole.slice(1, -1) : whole;
  const parts = splitAtCommas(inner).map((part) => part.trim());
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts.map(parseOne);
}

function splitAtCommas(text: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const piece = isQuoted && char === '\\' ? text.slice(at, at + 2) : char;
    if (piece.length === 2) at += 1;
    if (piece === '"') isQuoted = !isQuoted;
    if (piece === ',' && !isQuoted) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function parseOne(text: string): MatcherSpec {
  const [, bare, quoted, operator = '', rest = ''] = FORM.exec(text) ?? [];
  const name = bare ?? (quoted === undefined ? undefined : unescaped(quoted));
  if (name === undefined) throw new MatchersError(`"${text.slice(0, SHOWN)}" is not a matcher: ${EXAMPLE}`);
  return { name, value: readValue(rest, text), isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') };
}

function readValue(rest: string, text: string): string {
  const isQuoted = rest.startsWith('"');
  if (isQuoted && !/^"(?:\\.|[^"\\])*"$/s.test(rest)) {
    throw new MatchersError(`the quotes of "${text.slice(0, SHOWN)}" do not match: ${EXAMPLE}`);
  }
  if (!isQuoted && rest.includes('"')) {
    throw new MatchersError(`"${text.slice(0, SHOWN)}" has quotes inside its value: put the whole value in quotes`);
  }
  return unescaped(isQuoted ? rest.slice(1, -1) : rest);
}

/** `\"`, `\\` and `\n`; before any other sign the backslash stays, so that `"\d+"` is what it looks like. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

/** A matcher in the form that every reader of matchers understands. */
export function matcherText({ name, value, isRegex, isEqual }: MatcherSpec): string {
  const operator = `${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}`;
  const label = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : quote(name);
  return `${label}${operator}${quote(value)}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Whether all of the matchers hold of labels; a label that is missing counts as ''. Throws what `compile` throws. */
export function compileMatchers(specs: readonly MatcherSpec[], compile: CompileRegex): (labels: Labels) => boolean {
  const tests = specs.map(({ name, value, isRegex, isEqual }) => {
    const test = isRegex ? compile(value) : (given: string) => given === value;
    return (labels: Labels) => test(Object.hasOwn(labels, name) ? (labels[name] ?? '') : '') === isEqual;
  });
  return (labels) => tests.every((test) => test(labels));
}

/** Two of the matchers of which no labels can satisfy both, as text; null where none was found. Only equality is looked at. */
export function conflictingMatchers(specs: readonly MatcherSpec[]): string | null {
  const equal = specs.filter(({ isRegex, isEqual }) => !isRegex && isEqual);
  for (const one of equal) {
    const other = specs.find(
      ({ name, value, isRegex, isEqual }) => name === one.name && !isRegex && (value === one.value) !== isEqual,
    );
    if (other !== undefined) return `${matcherText(one)} and ${matcherText(other)} exclude one another`;
  }
  return null;
}
