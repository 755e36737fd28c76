import { LIMITS } from '../core/alert.ts';
import { nestsDeeperThan, storableValue } from '../core/json.ts';
import { put } from '../core/read.ts';
import { failure, type Reply } from './reply.ts';

/** What a body holds, or the answer to its sender. */
export type BodyValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reply: Reply };

/** A body as JSON within the bounds. */
export function readJson(bytes: Buffer): BodyValue {
  return jsonOf(bytes, bytes.toString('utf8'), 'the body is not JSON');
}

/**
 * A body as its Content-Type says: a form where the driver takes forms, else JSON. What begins as JSON is read as that
 * whatever the header says, for many programs say "form" of all that they post.
 */
export function readBodyValue(bytes: Buffer, contentType: string, takesForms: boolean): BodyValue {
  if (!isForm(contentType) || /^\s*[[{]/.test(bytes.toString('latin1', 0, 64))) return readJson(bytes);
  if (!takesForms) {
    const message = 'the body is a form, and is taken as JSON only: send it with Content-Type: application/json';
    return { ok: false, reply: failure(400, message, [{ path: '', message }]) };
  }
  const fields = new URLSearchParams(bytes.toString('utf8'));
  const payload = fields.get('payload');
  if (payload !== null && [...fields.keys()].length === 1)
    return jsonOf(Buffer.from(payload), payload, 'the field payload of the form is not JSON');
  const form: Record<string, string> = {};
  for (const [key, text] of fields) if (!Object.hasOwn(form, key)) put(form, key, text);
  return { ok: true, value: storableValue(form) };
}

function isForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType.trim());
}

function jsonOf(bytes: Buffer, text: string, otherwise: string): BodyValue {
  if (nestsDeeperThan(bytes, LIMITS.depth)) {
    return { ok: false, reply: failure(413, `JSON may nest at most ${LIMITS.depth} deep`) };
  }
  try {
    const value: unknown = JSON.parse(text);
    // Only an escape can bring NUL or half a surrogate pair into valid UTF-8.
    return { ok: true, value: text.includes('\\u') ? storableValue(value) : value };
  } catch {
    return { ok: false, reply: failure(400, otherwise, [{ path: '', message: otherwise }]) };
  }
}
