/** A text on one line of at most `most` characters: for messages that repeat what a sender said. */
export function oneLine(text: string, most = 200): string {
  const line = text
    .trimStart()
    .slice(0, most * 4)
    .toWellFormed()
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
