// Advances of Verdana at 11 px, in which badges are commonly measured, for what badges say; all else counts as a wide letter.
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ ' ': 3.9, '%': 11.8, '.': 4, ',': 4, '-': 5, ':': 5, '?': 6, '<': 9, '/': 5 },
  ...Object.fromEntries(Array.from('0123456789', (digit) => [digit, 7])),
  ...{
    a: 6.6,
    b: 6.9,
    c: 5.7,
    d: 6.9,
    e: 6.6,
    f: 3.9,
    g: 6.9,
    h: 7,
    i: 3,
    j: 3.8,
    k: 6.5,
    l: 3,
    m: 10.7,
    n: 7,
    o: 6.7,
  },
  ...{ p: 6.9, q: 6.9, r: 4.7, s: 5.7, t: 4.3, u: 7, v: 6.5, w: 9, x: 6.5, y: 6.5, z: 5.8 },
};
const WIDE = 11;

/** Width of a text in a badge, in pixels. */
export function textWidth(text: string): number {
  return Math.ceil(Array.from(text).reduce((sum, letter) => sum + (WIDTHS[letter] ?? WIDE), 0));
}
