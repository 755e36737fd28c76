import type { Condition, ConditionResult, Operand, Placeholder, Seen } from './condition.ts';
import { matchesGlob } from './glob.ts';
import { goDurationText, orderedNumber, wholeNumber } from './numbers.ts';
import { follow } from './path.ts';

/** How conditions are shown: those that do not hold with what was seen, unless it says otherwise. */
export interface EvaluateOptions {
  /** Those that do not hold as they are written, too. */
  readonly asWritten?: boolean;
  /** Those that hold with what was seen, too. */
  readonly resolved?: boolean;
}

const SHOWN = 25;
const MISSING = '(INVALID)';

/** Asks conditions of what was seen. A body is parsed once for all of them. Never throws. */
export function evaluateConditions(
  conditions: readonly Condition[],
  seen: Seen,
  { asWritten = false, resolved = false }: EvaluateOptions = {},
): readonly ConditionResult[] {
  const body = bodyOf(seen.body);
  return conditions.map((condition) => {
    const [left, right] = [resolve(condition.left, seen, body), resolve(condition.right, seen, body)];
    const isSeen = !isOrder(condition) || [condition.left, condition.right].every((side) => wasSeen(side, seen));
    const success = isSeen && holds(condition, left, right);
    if (success ? !resolved : asWritten) return { condition: condition.text, success };
    const shown = [show(condition.left, left, isOrder(condition)), show(condition.right, right, isOrder(condition))];
    return { condition: `${shown[0]} ${condition.operator} ${shown[1]}`, success };
  });
}

function isOrder({ operator }: Condition): boolean {
  return operator !== '==' && operator !== '!=';
}

/** Whether the figure of a side is one: without an answer there is neither a status nor a time until it, and 0 is not below 400. */
function wasSeen(side: Operand, { status, connected }: Seen): boolean {
  if (side.kind !== 'value') return true;
  if (side.of.name === 'STATUS') return status > 0;
  return side.of.name !== 'RESPONSE_TIME' || connected;
}

/** What one side stands for; null when it leads to nothing. */
type Resolved = string | null;

interface Body {
  /** Without blanks and line ends around it. */
  readonly text: string;
  /** undefined when it is not JSON. */
  readonly json: () => unknown;
}

function bodyOf(raw: string): Body {
  const text = raw.trim();
  let parsed: { readonly value: unknown } | undefined;
  return {
    text,
    json: () => {
      parsed ??= { value: parseJson(text) };
      return parsed.value;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function resolve(operand: Operand, seen: Seen, body: Body): Resolved {
  switch (operand.kind) {
    case 'literal':
      return operand.text;
    case 'value':
      return valueText(operand.of, seen, body);
    case 'len':
      return lengthOf(operand.of, seen, body);
    case 'has':
      return String(isThere(operand.of, seen, body));
    case 'pat':
    case 'any':
      return operand.text;
  }
}

/** What a path leads to, in a body or in what a suite has kept; undefined for nothing and for `null`. */
function inside({ name, path }: Placeholder, seen: Seen, body: Body): unknown {
  const found = follow(name === 'BODY' ? body.json() : seen.context, path);
  return found === null ? undefined : found;
}

function valueText(of: Placeholder, seen: Seen, body: Body): Resolved {
  if (of.path.length > 0) return textOf(inside(of, seen, body));
  switch (of.name) {
    case 'STATUS':
      return String(seen.status);
    case 'RESPONSE_TIME':
      return String(Math.trunc(seen.responseTimeMs));
    case 'IP':
      return seen.ip;
    case 'BODY':
      return body.text;
    case 'CONNECTED':
      return String(seen.connected);
    case 'CERTIFICATE_EXPIRATION':
      return String(Math.trunc(seen.certificateMs ?? 0));
    case 'DOMAIN_EXPIRATION':
      return String(Math.trunc(seen.domainMs ?? 0));
    case 'DNS_RCODE':
      return seen.dnsRcode;
    case 'CONTEXT':
      return null;
  }
}

function textOf(value: unknown): Resolved {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : jsonText(value);
}

function jsonText(value: unknown): Resolved {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    // Nested too deeply to be written.
    return null;
  }
}

function lengthOf(of: Placeholder, seen: Seen, body: Body): Resolved {
  const value = of.path.length === 0 && of.name === 'BODY' ? wholeBody(body) : inside(of, seen, body);
  if (of.path.length === 0 && of.name !== 'BODY') return measured(valueText(of, seen, body));
  return measured(value);
}

/** A body that is a list counts its elements; any other counts its characters. */
function wholeBody(body: Body): unknown {
  const value = body.text.startsWith('[') ? body.json() : undefined;
  return Array.isArray(value) ? value : body.text;
}

function measured(value: unknown): Resolved {
  if (Array.isArray(value)) return String(value.length);
  const text = textOf(value);
  return text === null ? null : String(Array.from(text).length);
}

function isThere(of: Placeholder, seen: Seen, body: Body): boolean {
  if (of.path.length > 0) return inside(of, seen, body) !== undefined;
  return (valueText(of, seen, body) ?? '') !== '';
}

function holds({ left, operator, right }: Condition, first: Resolved, second: Resolved): boolean {
  // What is not there is neither equal nor unequal to anything.
  if (first === null || second === null) return false;
  if (operator === '==') return isEqual(left, first, right, second);
  if (operator === '!=') return !isEqual(left, first, right, second);
  const [low, high] = [orderedNumber(first) ?? 0, orderedNumber(second) ?? 0];
  if (operator === '<') return low < high;
  if (operator === '<=') return low <= high;
  return operator === '>' ? low > high : low >= high;
}

function isEqual(left: Operand, first: string, right: Operand, second: string): boolean {
  if (left.kind === 'pat') return matchesGlob(left.pattern, second);
  if (right.kind === 'pat') return matchesGlob(right.pattern, first);
  if (left.kind === 'any') return left.options.some((option) => isSame(option, second));
  if (right.kind === 'any') return right.options.some((option) => isSame(option, first));
  return isSame(first, second);
}

function isSame(first: string, second: string): boolean {
  if (first === second) return true;
  const whole = wholeNumber(first);
  return whole !== null && whole === wholeNumber(second);
}

function show(operand: Operand, resolved: Resolved, isOrder: boolean): string {
  if (operand.kind === 'literal' || operand.kind === 'pat' || operand.kind === 'any') return operand.text;
  if (resolved === null) return `${operand.text} ${MISSING}`;
  const isSpan = operand.kind === 'value' && /_EXPIRATION$/.test(operand.of.name);
  if (isSpan) return `${operand.text} (${goDurationText(Number(resolved))})`;
  const value = isOrder ? String(orderedNumber(resolved) ?? 0) : resolved;
  const characters = Array.from(value.slice(0, 4 * SHOWN));
  const cut = characters.length > SHOWN ? `${characters.slice(0, SHOWN).join('')}...(truncated)` : value;
  return `${operand.text} (${cut})`;
}
