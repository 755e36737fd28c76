const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether a JSON text nests deeper than `limit`, found without parsing it. Brackets inside strings do not count.
 * Text that is not JSON gets some answer; the parser judges it afterwards.
 */
export function nestsDeeperThan(body: Uint8Array, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      for (at += 1; at < body.length && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}

/**
 * The text with what not every database can store as UTF-8, half of a surrogate pair and NUL, written out as `{U+D800}`:
 * two texts that differ stay two, which they must where one is an identity.
 */
export function storable(text: string): string {
  // Asked first, and not by a pattern: nearly every text has neither, and this is asked of each on its way to the store.
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return text.replaceAll(/\p{Cs}|\0/gu, (unit) => {
    const code = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `{U+${code}}`;
  });
}

/** The beginning of a text, of at most so many characters; no surrogate pair is cut in two. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/**
 * A parsed JSON value whose strings and keys are all storable. Only escapes (`\u0000`, `\ud800`) can bring in
 * what is not, so a caller may skip it for a text that has none.
 */
export function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), storableValue(inner)]));
}
