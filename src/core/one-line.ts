import { cutText } from './reading/json.ts';

/** A text on one line of at most `most` characters: for messages that repeat what a sender said. */
export function oneLine(text: string, most = 200): string {
  const line = cutText(text.trimStart(), most * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= most ? line : `${cutText(line, most - 1)}…`;
}
