/** How a target counts the length of a text. */
export type Measure = (text: string) => number;

/** Unicode code points, as most targets count. */
export const codePoints: Measure = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** UTF-16 units, as JavaScript counts. */
export const utf16Units: Measure = (text) => text.length;

/** Bytes of UTF-8. */
export const utf8Bytes: Measure = (text) => {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
};

const MARK = '…';

/** A text of at most `most`, as `measure` counts; one that is longer ends in `…`. Never cuts a code point, and holds no half of one. */
export function clip(text: string, most: number, measure: Measure = codePoints): string {
  // A code point has at most two units, and at most four bytes.
  const whole = text.slice(0, most * 2 + 2).toWellFormed();
  if (whole.length === text.length && measure(whole) <= most) return whole;
  if (most < measure(MARK)) return '';
  let kept = '';
  let size = measure(MARK);
  for (const character of whole) {
    size += measure(character);
    if (size > most) break;
    kept += character;
  }
  return `${kept.trimEnd()}${MARK}`;
}

/** The same on one line: runs of white space and control characters become one blank. */
export function clipLine(text: string, most: number, measure: Measure = codePoints): string {
  const head = text.trimStart().slice(0, most * 8);
  const line = head.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clip(head.length < text.trim().length ? `${line}${MARK}` : line, most, measure);
}

/** A copy of plain data in which no text, and no name, holds half a character: targets refuse, or change, what does. */
export function wellFormed<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toWellFormed(), wellFormed(inner)]),
  ) as T;
}
