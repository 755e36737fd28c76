import { LIMITS } from '../../core/alert/alert.ts';
import { nestsDeeperThan, storableValue } from '../../core/reading/json.ts';
import { put } from '../../core/reading/read.ts';
import { failure, type Reply } from '../reply.ts';

/** What a body holds, or the answer to its sender. */
export type BodyValue =
  | { readonly ok: true; readonly value: unknown; readonly isForm: boolean }
  | { readonly ok: false; readonly reply: Reply };

/** A body, and what it holds: read anew each time it is asked, for what is kept of a body would wait with it. */
export interface GivenBody {
  readonly bytes: Buffer;
  readonly read: () => BodyValue;
}

/** The body of a request with that Content-Type; '' when it names none. */
export function givenBody(bytes: Buffer, contentType: string): GivenBody {
  return { bytes, read: () => readBodyValue(bytes, contentType) };
}

/** A body of which nobody says what it is, such as a file: a form if it begins like one. */
export function readUntyped(bytes: Buffer): BodyValue {
  return readBodyValue(bytes, /^[^\s=&"[{]+=/.test(bytes.toString('latin1', 0, 256)) ? FORM : '');
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * A body within the bounds, as its Content-Type says: a form, else JSON. What begins as JSON is read as that whatever
 * the header says, for many programs say "form" of all that they post.
 */
function readBodyValue(bytes: Buffer, contentType: string): BodyValue {
  if (!saysForm(contentType) || /^\s*[[{]/.test(bytes.toString('latin1', 0, 64))) return jsonOf(bytes, false);
  const fields = new URLSearchParams(bytes.toString('utf8'));
  const payload = fields.get('payload');
  if (payload !== null && [...fields.keys()].length === 1) return jsonOf(Buffer.from(payload), true);
  const form: Record<string, string> = {};
  for (const [key, text] of fields) if (!Object.hasOwn(form, key)) put(form, key, text);
  return { ok: true, value: storableValue(form), isForm: true };
}

function saysForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType.trim());
}

function jsonOf(bytes: Buffer, isForm: boolean): BodyValue {
  if (nestsDeeperThan(bytes, LIMITS.depth)) {
    return { ok: false, reply: failure(413, `JSON may nest at most ${LIMITS.depth} deep`) };
  }
  const text = bytes.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    // Only an escape can bring NUL or half a surrogate pair into valid UTF-8.
    return { ok: true, value: text.includes('\\u') ? storableValue(value) : value, isForm };
  } catch {
    const otherwise = isForm ? 'the field payload of the form is not JSON' : 'the body is not JSON';
    return { ok: false, reply: failure(400, otherwise, [{ path: '', message: otherwise }]) };
  }
}
