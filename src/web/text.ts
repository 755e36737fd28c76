/** A part of a long text, as bytes that are shared with nobody. */
export interface TextPart {
  readonly bytes: Uint8Array;
  /** Whether nothing comes behind it. */
  readonly last: boolean;
}

/** Parts of a text, each made when it is asked for. */
export type TextParts = AsyncIterator<TextPart, undefined>;

// Small enough that no part holds up whoever writes it.
const PART_CHARS = 64 * 1024;

/** Pieces of text as larger parts; undefined when there is not a single piece. */
export async function partsOf(pieces: AsyncIterator<string, void>): Promise<TextParts | undefined> {
  let ahead = await pieces.next();
  if (ahead.done === true) return undefined;
  return {
    next: async () => {
      if (ahead.done === true) return { done: true, value: undefined };
      let text = '';
      while (ahead.done !== true && text.length < PART_CHARS) {
        text += ahead.value;
        ahead = await pieces.next();
      }
      return { done: false, value: { bytes: new TextEncoder().encode(text), last: ahead.done === true } };
    },
    return: async () => {
      await pieces.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** All parts as one text. */
export async function wholeText(parts: TextParts): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (let next = await parts.next(); next.value !== undefined; next = await parts.next()) {
    chunks.push(next.value.bytes);
    if (next.value.last) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
