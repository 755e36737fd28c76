import { randomBytes } from 'node:crypto';

const CODES = { text: 0x1, close: 0x8 } as const;

/** A frame of a client, masked as RFC 6455 asks (5.2, 5.3). */
export function frame(kind: keyof typeof CODES, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | CODES[kind];
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** The first whole message in what a server has sent, put together from its frames; null while there is none. */
export function messageIn(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const [first, second] = [bytes[at], bytes[at + 1]];
    if (first === undefined || second === undefined) return null;
    const short = second & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = at + 2 + extra + (second & 0x80 ? 4 : 0);
    if (bytes.length < start) return null;
    const length =
      extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length < start + length) return null;
    const code = first & 0x0f;
    // Pings and the like stand between; a close is an end without a message.
    if (code <= 0x2) {
      parts.push(bytes.subarray(start, start + length));
      if (first & 0x80) return Buffer.concat(parts);
    } else if (code === CODES.close) return null;
    at = start + length;
  }
}
