// However a head ends, an empty line is its end: that of HTTP, or one without carriage returns, which Node.js may take.
const EMPTY_LINES = [Buffer.from('\n\r\n'), Buffer.from('\n\n')];

/** What stands in `bytes` up to the first empty line, with that: of a head never more than one. */
export function firstPiece(bytes: Buffer): Buffer {
  let end = bytes.length;
  for (const line of EMPTY_LINES) {
    const at = bytes.subarray(0, end).indexOf(line);
    if (at !== -1) end = at + line.length;
  }
  return bytes.subarray(0, end);
}
