import { LIMITS } from '../alert/alert.ts';
import { nestsDeeperThan, storableValue } from './json.ts';
import { type FieldError, put } from './read.ts';

/** What a body holds. */
export interface BodyContent {
  readonly ok: true;
  readonly value: unknown;
  readonly isForm: boolean;
}

/** Why a body holds nothing that a driver could read. */
export interface UnreadableBody {
  readonly ok: false;
  readonly cause: 'too_deep' | 'not_json';
  readonly message: string;
  readonly errors: readonly FieldError[];
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Reads a body within the bounds, as its Content-Type says ('' when it names none): a form, else JSON. What begins as
 * JSON is read as that whatever the header says, for many programs say "form" of all that they post.
 */
export function readBody(bytes: Uint8Array, contentType: string): BodyContent | UnreadableBody {
  if (!saysForm(contentType) || /^\s*[[{]/.test(beginningOf(bytes))) return readJson(bytes, false);
  const fields = new URLSearchParams(textOf(bytes));
  const payload = fields.get('payload');
  if (payload !== null && [...fields.keys()].length === 1) return readJson(new TextEncoder().encode(payload), true);
  const form: Record<string, string> = {};
  for (const [key, text] of fields) if (!Object.hasOwn(form, key)) put(form, key, text);
  return { ok: true, value: storableValue(form), isForm: true };
}

/** Reads a body of which nobody says what it is, such as a file: a form if it begins like one. */
export function readUntypedBody(bytes: Uint8Array): BodyContent | UnreadableBody {
  return readBody(bytes, /^[^\s=&"[{]+=/.test(beginningOf(bytes)) ? FORM : '');
}

function beginningOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 256));
}

function saysForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType.trim());
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function readJson(bytes: Uint8Array, isForm: boolean): BodyContent | UnreadableBody {
  if (nestsDeeperThan(bytes, LIMITS.depth)) {
    return { ok: false, cause: 'too_deep', message: `JSON may nest at most ${LIMITS.depth} deep`, errors: [] };
  }
  const text = textOf(bytes);
  try {
    const value: unknown = JSON.parse(text);
    // Only an escape can bring NUL or half a surrogate pair into valid UTF-8.
    return { ok: true, value: text.includes('\\u') ? storableValue(value) : value, isForm };
  } catch {
    const message = isForm ? 'the field payload of the form is not JSON' : 'the body is not JSON';
    return { ok: false, cause: 'not_json', message, errors: [{ path: '', message }] };
  }
}
