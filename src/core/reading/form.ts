import { type Decoded, decodeText } from './charset.ts';
import { setOwn } from './read.ts';

// Forms of tools have some dozen fields; 120,000 of them in one megabyte take half a second to read.
const MOST_FIELDS = 1000;
const TOO_MANY = `a form may have at most ${MOST_FIELDS} fields: send JSON`;

/** The first value of each field, and how many fields there are; or why they cannot be read. */
export type Form =
  | { readonly ok: true; readonly fields: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly cause: 'charset' | 'too_many_fields'; readonly message: string };

/** Reads fields in the form `a=1&b=x+y%21`, whose encoded bytes are text in that charset. */
export function readForm(text: string, charset: string): Form {
  const fields: Record<string, string> = {};
  let count = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    count += 1;
    if (count > MOST_FIELDS) return { ok: false, cause: 'too_many_fields', message: TOO_MANY };
    const sign = pair.indexOf('=');
    const [key, value] = [sign === -1 ? pair : pair.slice(0, sign), sign === -1 ? '' : pair.slice(sign + 1)].map(
      (part) => unescaped(part, charset),
    ) as [Decoded, Decoded];
    if (!key.ok) return { ...key, cause: 'charset' };
    if (!value.ok) return { ...value, cause: 'charset' };
    if (!Object.hasOwn(fields, key.text)) setOwn(fields, key.text, value.text);
  }
  return { ok: true, fields };
}

const PERCENT = 0x25;

/** In place and in one go: a body of a stranger may be one field of a megabyte, escaped throughout. */
function unescaped(part: string, charset: string): Decoded {
  const spaced = part.replaceAll('+', ' ');
  if (!spaced.includes('%')) return { ok: true, text: spaced, charset };
  const bytes = new TextEncoder().encode(spaced);
  let to = 0;
  for (let from = 0; from < bytes.length; from += 1) {
    const byte = bytes[from] as number;
    const escaped = byte === PERCENT ? 16 * hexDigit(bytes[from + 1]) + hexDigit(bytes[from + 2]) : Number.NaN;
    const isEscape = !Number.isNaN(escaped);
    bytes[to] = isEscape ? escaped : byte;
    if (isEscape) from += 2;
    to += 1;
  }
  // What stands beside the escapes is text already: it is in the charset only as long as it is ASCII.
  return decodeText(bytes.subarray(0, to), /^[\x20-\x7e]*$/.test(spaced) ? charset : '');
}

/** The value of a hexadecimal digit; NaN for another byte. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}
