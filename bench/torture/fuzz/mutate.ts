import type { Random } from '../random.ts';

/** Pieces that break parsers when they stand where they should not. */
const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\0',
  '\\u',
  '\\ud800',
  '\r\n',
  '\r\n\r\n',
  'null',
  '1e999',
  '__proto__',
  ' ',
];

/** Bytes with one to four small faults: bits turned, bytes put in, taken out, doubled or cut off. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let times = random.between(1, 4); times > 0; times -= 1) mutated = once(mutated, random);
  return mutated;
}

function once(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.between(1, 12));
  const splice = (middle: Buffer, rest = at) => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(rest)]);
  switch (random.int(7)) {
    case 0: {
      const turned = Buffer.from(bytes);
      if (at < turned.length) turned[at] = (turned[at] ?? 0) ^ (1 << random.int(8));
      return turned;
    }
    case 1:
      return splice(Buffer.from([random.int(256), random.int(256)]));
    case 2:
      return splice(Buffer.from(random.pick(PIECES)));
    case 3:
      return splice(Buffer.alloc(0), end);
    case 4:
      return splice(Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]), end);
    case 5:
      return bytes.subarray(0, at);
    default:
      return splice(Buffer.from(random.pick(PIECES)), end);
  }
}
