import { type JsonObject, setOwn } from './read.ts';

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_OBJECT, OPEN_LIST, CLOSE_OBJECT, CLOSE_LIST] = [0x7b, 0x5b, 0x7d, 0x5d];

// No secret, and no name of a field that holds one, is longer.
const LONGEST_TEXT = 1024;
const MOST_FIELDS = 100;

/**
 * The short texts at the top level of a JSON object, found without parsing it: what a sender shows of itself there is looked
 * at before anything is made of its body, which may be made to cost much. Of text that is not JSON it gives something or
 * nothing.
 */
export function topLevelTexts(body: Uint8Array): JsonObject {
  const found: Record<string, string> = {};
  let [depth, count, at] = [0, 0, 0];
  let name: string | null = null;
  let isValue = false;
  for (; at < body.length && count < MOST_FIELDS; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) {
      const end = endOfText(body, at);
      if (depth === 1 && !isValue) name = textAt(body, at, end);
      else if (depth === 1 && name !== null) {
        const text = textAt(body, at, end);
        if (text !== null) setOwn(found, name, text);
        count += 1;
      }
      at = end;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (depth === 0 && byte === OPEN_LIST) break;
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) break;
    } else if (depth === 1 && byte === COLON) isValue = true;
    else if (depth === 1 && byte === COMMA) {
      isValue = false;
      name = null;
    }
  }
  return found;
}

/** Where a text that begins at a quote ends: at its other quote, or at the end of the body. */
function endOfText(body: Uint8Array, from: number): number {
  let at = from + 1;
  for (; at < body.length && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
  return at;
}

function textAt(body: Uint8Array, from: number, end: number): string | null {
  if (end - from > LONGEST_TEXT) return null;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(from, end + 1))) as string;
  } catch {
    return null;
  }
}
