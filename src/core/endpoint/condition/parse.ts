import { nearest } from '../../nearest.ts';
import { type Condition, type Operand, type Operator, PLACEHOLDERS, type Placeholder } from './condition.ts';
import { orderedNumber } from './numbers.ts';
import { type PathFault, parsePath } from './path.ts';

/** Why a text is no condition; `at` is the character, counted from 0, at which it goes wrong. */
export interface ConditionFault {
  readonly at: number;
  /** Completes "…: ": what is wrong, and what to write. */
  readonly message: string;
}

/** What became of a text. */
export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | ({ readonly ok: false } & ConditionFault);

const OPERATORS: readonly Operator[] = ['==', '!=', '<=', '>=', '<', '>'];
const FORM = 'a condition is LEFT OPERATOR RIGHT with one blank on each side of the operator, such as [STATUS] == 200';
/** No condition is longer. */
const LONGEST = 4096;

/** Reads a condition in Gatus's language. Never throws. */
export function parseCondition(written: string): ParsedCondition {
  const start = written.length - written.trimStart().length;
  const text = written.trim();
  if (text === '') return { ok: false, at: 0, message: `is empty; ${FORM}` };
  if (text.length > LONGEST) return { ok: false, at: LONGEST, message: `has more than ${LONGEST} characters` };
  const parsed = parse(text);
  if (!('message' in parsed)) return { ok: true, condition: parsed };
  return { ok: false, at: start + parsed.at, message: parsed.message };
}

/** A fault with the condition and a mark below the character: three lines. */
export function showFault(text: string, { at, message }: ConditionFault): string {
  const before = Array.from(text.slice(0, at)).length;
  return `${message}\n  ${text}\n  ${' '.repeat(before)}^`;
}

function parse(text: string): Condition | ConditionFault {
  const found = findOperator(text);
  if ('message' in found) return found;
  const { operator, at } = found;
  const leftText = text.slice(0, at).trimEnd();
  const rest = text.slice(at + operator.length + 2);
  const rightText = rest.trimStart();
  const rightAt = at + operator.length + 2 + rest.length - rightText.length;
  const second = secondOperator(rightText);
  if (second !== null) {
    const message = 'a second operator; a condition compares two things, so write two conditions';
    return { at: rightAt + second, message };
  }
  const isOrder = operator !== '==' && operator !== '!=';
  const left = operand(leftText, 0, isOrder);
  if ('message' in left) return left;
  const right = operand(rightText, rightAt, isOrder);
  if ('message' in right) return right;
  const isTest = ({ kind }: Operand) => kind === 'pat' || kind === 'any';
  if (isTest(left) && isTest(right)) {
    return { at: rightAt, message: 'pat() and any() stand on one side; the other is what they are compared with' };
  }
  return { text, left, operator, right };
}

const FUNCTION = /^(len|has|pat|any)\(/;

/** The first operator outside of a function that the text begins with. */
function findOperator(text: string): { readonly operator: Operator; readonly at: number } | ConditionFault {
  const isFunction = FUNCTION.test(text);
  let unclosed: number | null = null;
  for (let at = text.indexOf(' '); at !== -1; at = text.indexOf(' ', at + 1)) {
    const operator = OPERATORS.find((one) => text.startsWith(`${one} `, at + 1));
    if (operator === undefined) continue;
    if (!isFunction || text.slice(0, at).trimEnd().endsWith(')')) return { operator, at };
    unclosed ??= at;
  }
  if (unclosed !== null) return { at: unclosed, message: 'a ")" is missing before the operator' };
  return noOperator(text);
}

function noOperator(text: string): ConditionFault {
  const bare = /==|!=|<=|>=|<|>|=/.exec(text);
  if (bare === null) {
    const placeholder = /^\S+(?=\s|$)/.exec(text)?.[0] ?? '';
    const at = Math.min(text.length, placeholder.length + (text.length > placeholder.length ? 1 : 0));
    return { at, message: `an operator (${OPERATORS.join(' ')}) is missing; ${FORM}` };
  }
  const [operator] = bare;
  if (operator === '=') return { at: bare.index, message: '"=" is no operator; write == with a blank on each side' };
  const end = bare.index + operator.length;
  if (text.slice(end).trim() === '') return { at: text.length, message: `the right side is missing; ${FORM}` };
  if (bare.index === 0) return { at: 0, message: `the left side is missing; ${FORM}` };
  return { at: bare.index, message: `write ${operator} with a blank on each side` };
}

/** Where an equality operator stands in a literal; what is inside of a function or behind a bracket is text. */
function secondOperator(right: string): number | null {
  if (FUNCTION.test(right)) return null;
  const found = / (==|!=) /.exec(right);
  return found === null ? null : found.index + 1;
}

function operand(text: string, at: number, isOrder: boolean): Operand | ConditionFault {
  if (text === '') return { at, message: `one side is missing; ${FORM}` };
  const name = FUNCTION.exec(text)?.[1];
  if (name !== undefined) return call(name, text, at, isOrder);
  const of = placeholder(text, at);
  if (of !== null) return 'message' in of ? of : { kind: 'value', text, of };
  if (isOrder && orderedNumber(text) === null) {
    const message = `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}" is no number and no time span; < <= > >= compare numbers, such as 500, 0.5 or 48h`;
    return { at, message };
  }
  return { kind: 'literal', text };
}

function call(name: string, text: string, at: number, isOrder: boolean): Operand | ConditionFault {
  if (!text.endsWith(')')) return { at: at + text.length, message: `a ")" is missing at the end of ${name}(` };
  const inside = text.slice(name.length + 1, -1);
  const inner = at + name.length + 1;
  if (inside.trim() === '') return { at: inner, message: `${name}() needs something between its parentheses` };
  if (name === 'pat' || name === 'any') {
    if (isOrder) return { at, message: `${name}() works with == and != only` };
    if (name === 'pat') return { kind: 'pat', text, pattern: inside.trim() };
    return { kind: 'any', text, options: inside.split(',').map((option) => option.trim()) };
  }
  const skipped = inside.length - inside.trimStart().length;
  const of = placeholder(inside.trim(), inner + skipped);
  if (of === null) {
    return { at: inner + skipped, message: `${name}() takes a placeholder, such as ${name}([BODY].items)` };
  }
  return 'message' in of ? of : { kind: name === 'len' ? 'len' : 'has', text, of };
}

/** The placeholder that a text is; null for a text that is none. */
function placeholder(text: string, at: number): Placeholder | ConditionFault | null {
  const match = /^\[([A-Za-z_]{2,40})\]/.exec(text);
  if (match === null)
    return /^\[[A-Z_]{2,40}$/.test(text) ? { at: at + text.length, message: 'a "]" is missing' } : null;
  const [whole, written = ''] = match;
  const name = PLACEHOLDERS.find((one) => one === written.toUpperCase());
  if (name === undefined) {
    // A list of one word is a text that a body may hold: [red].
    if (written !== written.toUpperCase()) return null;
    const word = nearest(written, PLACEHOLDERS);
    const fix =
      word === null ? `there are ${PLACEHOLDERS.map((one) => `[${one}]`).join(', ')}` : `did you mean [${word}]?`;
    return { at, message: `there is no placeholder ${whole}; ${fix}` };
  }
  const rest = text.slice(whole.length);
  if (rest === '') return { name, path: [] };
  if (name !== 'BODY' && name !== 'CONTEXT') {
    return { at: at + whole.length, message: `nothing may follow ${whole}; only [BODY] and [CONTEXT] have a path` };
  }
  const path = parsePath(rest);
  if (!isFault(path)) return { name, path };
  return { at: at + whole.length + path.at, message: path.message };
}

function isFault(path: ReturnType<typeof parsePath>): path is PathFault {
  return 'message' in path;
}
