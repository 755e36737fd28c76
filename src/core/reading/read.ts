import type { Labels } from '../alert/alert.ts';

/** One thing wrong with a body: where, and what was expected there. */
export interface FieldError {
  /** Path into the body, such as `alerts[3].name`. */
  readonly path: string;
  readonly message: string;
}

/** A JSON object, before anything is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of a scalar; undefined for null and absent; null when it is an object or a list and cannot be text. */
export function scalarText(value: unknown): string | undefined | null {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? null : String(value);
}

/**
 * A map of text from a JSON object: scalars as text, objects and lists as JSON, null left out.
 * A key named `__proto__` is an ordinary key.
 */
export function textMap(value: JsonObject): Labels {
  const map: Labels = {};
  for (const key in value) {
    const text = textIn(value[key]);
    if (text !== undefined) setOwn(map, key, text);
  }
  return map;
}

/** Text of a value inside a map: a scalar as text, an object or a list as JSON; undefined for null and absent. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Sets an own property whatever its name is, `__proto__` too. */
export function setOwn(map: Labels, key: string, text: string): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value: text, enumerable: true, configurable: true, writable: true });
  else map[key] = text;
}

// Go's zero time and everything before the epoch mean "not set"; past the year 9999 no ISO text is portable.
const LAST_TIME = Date.UTC(9999, 11, 31);

// RFC 3339 and what common programs make of it; Date.parse alone also takes "5" and "March 7".
const ISO = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/**
 * UTC milliseconds of an ISO 8601 text (without an offset it is UTC, not the hub's own zone), or of Unix seconds or
 * milliseconds; undefined when absent or no time.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const parsed = Date.parse(isOwnForm(value) ? value : withOffset(value));
    return parsed > 0 && parsed <= LAST_TIME ? parsed : undefined;
  }
  if (typeof value !== 'number') return undefined;
  const ms = value > 1e11 ? value : value * 1000;
  return ms > 0 && ms <= LAST_TIME ? Math.round(ms) : undefined;
}

/** The form that nearly every sender uses, told without the regular expression: this is asked for every alert. */
function isOwnForm(text: string): boolean {
  return text.length === 24 && text[10] === 'T' && text[19] === '.' && text[23] === 'Z';
}

function withOffset(text: string): string {
  const match = ISO.exec(text);
  if (match === null) return '';
  return text.length > 10 && match[1] === undefined ? `${text}Z` : text;
}
