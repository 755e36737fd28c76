import { LIMITS } from '../alert/alert.ts';
import { charsetOf, decodeText } from './charset.ts';
import { readForm } from './form.ts';
import { nestsDeeperThan, storableValue } from './json.ts';
import type { FieldError } from './read.ts';

/** What a body holds. */
export interface BodyContent {
  readonly ok: true;
  readonly value: unknown;
  readonly isForm: boolean;
}

/** Why a body holds nothing that a driver could read. */
export interface UnreadableBody {
  readonly ok: false;
  readonly cause: 'too_deep' | 'not_json' | 'charset' | 'too_many_fields';
  readonly message: string;
  readonly errors: readonly FieldError[];
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Reads a body within the bounds, as its Content-Type says ('' when it names none): a form, else JSON, in its charset.
 * What begins as JSON is read as that whatever the header says, for many programs say "form" of all that they post.
 */
export function readBody(bytes: Uint8Array, contentType: string): BodyContent | UnreadableBody {
  const charset = charsetOf(contentType);
  const decoded = decodeText(bytes, charset);
  if (!decoded.ok) return unreadable('charset', decoded.message);
  const { text } = decoded;
  if (!saysForm(contentType) || /^\s*[[{]/.test(text.slice(0, 64)))
    return readJson(text, decoded.charset === 'utf-8' ? bytes : new TextEncoder().encode(text), false);
  const form = readForm(text, charset);
  if (!form.ok) return unreadable(form.cause, form.message);
  const { payload } = form.fields;
  if (payload !== undefined && Object.keys(form.fields).length === 1)
    return readJson(payload, new TextEncoder().encode(payload), true);
  return { ok: true, value: storableValue(form.fields), isForm: true };
}

/** Reads a body of which nobody says what it is, such as a file: a form if it begins like one. */
export function readUntypedBody(bytes: Uint8Array): BodyContent | UnreadableBody {
  const beginning = String.fromCharCode(...bytes.subarray(0, 256));
  return readBody(bytes, /^[^\s=&"[{]+=/.test(beginning) ? FORM : '');
}

function saysForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType.trim());
}

function readJson(text: string, utf8: Uint8Array, isForm: boolean): BodyContent | UnreadableBody {
  if (nestsDeeperThan(utf8, LIMITS.depth)) {
    return { ok: false, cause: 'too_deep', message: `JSON may nest at most ${LIMITS.depth} deep`, errors: [] };
  }
  try {
    const value: unknown = JSON.parse(text);
    // Only an escape can bring NUL or half a surrogate pair into valid UTF-8.
    return { ok: true, value: text.includes('\\u') ? storableValue(value) : value, isForm };
  } catch {
    return unreadable('not_json', isForm ? 'the field payload of the form is not JSON' : 'the body is not JSON');
  }
}

function unreadable(cause: UnreadableBody['cause'], message: string): UnreadableBody {
  return { ok: false, cause, message, errors: [{ path: '', message }] };
}
