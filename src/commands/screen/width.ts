import { printable } from '../columns.ts';

// East Asian wide and fullwidth characters and pictures (Unicode 15, EastAsianWidth.txt, in blocks) take two columns.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

function columnsOf(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text of these characters alone takes one column each
  if (/^[\u0000-\u02ff]*$/.test(text)) return text.length;
  return Array.from(text).reduce((width, character) => width + columnsOf(character), 0);
}

/** A text in at most `width` columns; one that is cut ends in `…`. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [kept, taken] = ['', 0];
  for (const character of text) {
    const columns = columnsOf(character);
    if (taken + columns > width - 1) break;
    kept += character;
    taken += columns;
  }
  return `${kept}…`;
}

/** A text in lines of at most `width` columns, broken at blanks, or within a word that is longer. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
    while (displayWidth(line) > width) {
      const part = cut(line, width + 1).slice(0, -1);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line];
}

/** A text filled up with blanks to `width` columns, at its end or before its beginning. */
export function padded(text: string, width: number, side: 'end' | 'start' = 'end'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'end' ? text + blanks : blanks + text;
}

/**
 * A text behind a head, in lines of at most `width` columns: all of it begins at the column `indent`, the first line
 * behind the head, which stands alone where it is longer.
 */
export function hanging(head: string, text: string, width: number, indent: number): string[] {
  const [first = '', ...others] = wrapped(printable(text), Math.max(1, width - indent));
  const shown = printable(head);
  const blanks = ' '.repeat(indent);
  const isLong = displayWidth(shown) > Math.max(0, indent - 1) && shown !== '';
  const begin = isLong ? [shown, blanks + first] : [(shown === '' && indent <= 2 ? '' : padded(shown, indent)) + first];
  return [...begin, ...others.map((line) => blanks + line)];
}
