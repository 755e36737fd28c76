/** A text, or why the bytes are none. */
export type Decoded =
  | { readonly ok: true; readonly text: string; readonly charset: string }
  | { readonly ok: false; readonly message: string };

const BYTE_ORDER_MARKS = [
  { label: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { label: 'utf-16le', bytes: [0xff, 0xfe] },
  { label: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** Charsets of one byte a character, which clients declare by habit for what is UTF-8. */
const SINGLE_BYTE = /^(?:windows-\d+|iso-8859-\d+(?:-i)?|koi8-[ru]|macintosh|x-mac-cyrillic|ibm866)$/;

/**
 * Decodes bytes as their byte order mark says, which is left out, else as `charset` does ('' when none is declared),
 * else as UTF-8. What is UTF-8 is read as that also where a charset of one byte a character is declared: text in such a
 * one is hardly ever valid UTF-8, and clients declare it by habit. Nothing is replaced: what cannot be decoded is refused.
 */
export function decodeText(bytes: Uint8Array, charset: string): Decoded {
  const mark = BYTE_ORDER_MARKS.find((one) => one.bytes.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) return decoded(bytes, mark.label) ?? refused(mark.label, 'as its byte order mark says');
  const decoder = charset === '' ? 'utf-8' : nameOf(charset);
  if (decoder === null) return { ok: false, message: `the charset ${quoted(charset)} is not known: send UTF-8` };
  if (decoder === 'utf-8' || SINGLE_BYTE.test(decoder)) {
    const asUtf8 = decoded(bytes, 'utf-8');
    if (asUtf8 !== null) return asUtf8;
    if (decoder === 'utf-8') return refused('utf-8', charset === '' ? null : DECLARED);
  }
  return decoded(bytes, decoder) ?? refused(decoder, DECLARED);
}

const DECLARED = 'as its Content-Type says';

/** The charset that a Content-Type declares; '' when it declares none. */
export function charsetOf(contentType: string): string {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? '';
}

function decoded(bytes: Uint8Array, label: string): Decoded | null {
  try {
    return { ok: true, text: new TextDecoder(label, { fatal: true }).decode(bytes), charset: label };
  } catch {
    return null;
  }
}

/** The platform's name of a charset; null when it does not know it. */
function nameOf(charset: string): string | null {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return null;
  }
}

function refused(label: string, says: string | null): Decoded {
  const name = label === 'utf-8' ? 'UTF-8' : label;
  if (says !== null) return { ok: false, message: `the body is not ${name}, ${says}` };
  return { ok: false, message: `the body is not ${name} and declares no charset: send UTF-8, or name its charset` };
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
