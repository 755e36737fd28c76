import { type Decoded, decodeText } from './charset.ts';
import { setOwn } from './read.ts';

/** The first value of each field, and how many fields there are; or why they cannot be read. */
export type Form =
  | { readonly ok: true; readonly fields: Readonly<Record<string, string>> }
  | Extract<Decoded, { readonly ok: false }>;

/** Reads fields in the form `a=1&b=x+y%21`, whose encoded bytes are text in that charset. */
export function readForm(text: string, charset: string): Form {
  const fields: Record<string, string> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const sign = pair.indexOf('=');
    const [key, value] = [sign === -1 ? pair : pair.slice(0, sign), sign === -1 ? '' : pair.slice(sign + 1)].map(
      (part) => unescaped(part, charset),
    ) as [Decoded, Decoded];
    if (!key.ok) return key;
    if (!value.ok) return value;
    if (!Object.hasOwn(fields, key.text)) setOwn(fields, key.text, value.text);
  }
  return { ok: true, fields };
}

const ESCAPE = /%([0-9a-f]{2})/gi;

function unescaped(part: string, charset: string): Decoded {
  const spaced = part.replaceAll('+', ' ');
  if (!spaced.includes('%')) return { ok: true, text: spaced, charset };
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let from = 0;
  for (const match of spaced.matchAll(ESCAPE)) {
    bytes.push(...encoder.encode(spaced.slice(from, match.index)), Number.parseInt(match[1] ?? '', 16));
    from = match.index + 3;
  }
  for (const byte of encoder.encode(spaced.slice(from))) bytes.push(byte);
  // What stands beside the escapes is text already: it is in the charset only as long as it is ASCII.
  return decodeText(Uint8Array.from(bytes), /^[\x20-\x7e]*$/.test(spaced) ? charset : '');
}
