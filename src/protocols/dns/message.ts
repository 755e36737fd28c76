/** Types of records that can be asked for, with their numbers (IANA). */
export const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DS: 43,
  DNSKEY: 48,
  CAA: 257,
  ANY: 255,
};

const RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

/** One record of an answer. */
export interface DnsRecord {
  /** Name of its type, or `TYPE<number>`. */
  readonly type: string;
  /** Its value: an address, a name with its last dot, a text. */
  readonly text: string;
}

/** What a name server answers. */
export interface Answer {
  readonly rcode: string;
  /** Whether it did not fit, and is to be asked for over TCP. */
  readonly isCut: boolean;
  readonly records: readonly DnsRecord[];
}

/** A question with recursion desired (RFC 1035, 4.1). */
export function question(id: number, name: string, type: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x0100, 2);
  head.writeUInt16BE(1, 4);
  const labels = name.split('.').filter((label) => label !== '');
  const parts = labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]);
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(type, 1);
  tail.writeUInt16BE(1, 3);
  return Buffer.concat([head, ...parts, tail]);
}

/** The name under which an address has its PTR record. */
export function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const url = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = url.split('::');
  const [left, right] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const fill =
    tail === undefined ? [] : Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  const digits = [...(left ?? []), ...fill, ...(right ?? [])].map((group) => group.padStart(4, '0')).join('');
  return `${Array.from(digits).toReversed().join('.')}.ip6.arpa`;
}

/** Reads an answer; null for bytes that are none, or one to another question. */
export function answerIn(bytes: Buffer, id: number): Answer | null {
  try {
    if (bytes.length < 12 || bytes.readUInt16BE(0) !== id || (bytes.readUInt8(2) & 0x80) === 0) return null;
    const flags = bytes.readUInt16BE(2);
    const rcode = RCODES[flags & 0x0f] ?? `RCODE${flags & 0x0f}`;
    const isCut = (flags & 0x0200) !== 0;
    let at = 12;
    for (let count = bytes.readUInt16BE(4); count > 0; count -= 1) at = nameAt(bytes, at).end + 4;
    const records: DnsRecord[] = [];
    for (let count = bytes.readUInt16BE(6); count > 0 && (!isCut || at < bytes.length); count -= 1) {
      const { end } = nameAt(bytes, at);
      const type = bytes.readUInt16BE(end);
      const length = bytes.readUInt16BE(end + 8);
      const start = end + 10;
      if (start + length > bytes.length) return isCut ? { rcode, isCut, records } : null;
      records.push({ type: typeName(type), text: valueAt(bytes, type, start, length) });
      at = start + length;
    }
    return { rcode, isCut, records };
  } catch (error) {
    // Read beyond its end.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function typeName(type: number): string {
  return Object.keys(TYPES).find((name) => TYPES[name] === type) ?? `TYPE${type}`;
}

/** Pointers lead back only, and no name has more than 128 labels. */
function nameAt(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | null = null;
  for (;;) {
    const length = bytes.readUInt8(at);
    if (length === 0) return { text: `${labels.join('.')}.`, end: end ?? at + 1 };
    if ((length & 0xc0) === 0xc0) {
      end ??= at + 2;
      const to = bytes.readUInt16BE(at) & 0x3fff;
      if (to >= at) throw new RangeError('a pointer leads onwards');
      at = to;
    } else {
      if (length > 63 || labels.length > 128 || at + 1 + length > bytes.length) throw new RangeError('no name');
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
}

function valueAt(bytes: Buffer, type: number, at: number, length: number): string {
  const name = (offset: number) => nameAt(bytes, at + offset).text;
  switch (type) {
    case TYPES.A:
      return length === 4 ? bytes.subarray(at, at + 4).join('.') : hex(bytes, at, length);
    case TYPES.AAAA:
      return length === 16 ? addressOf(bytes.subarray(at, at + 16)) : hex(bytes, at, length);
    case TYPES.NS:
    case TYPES.CNAME:
    case TYPES.PTR:
      return name(0);
    case TYPES.MX:
      return name(2);
    case TYPES.SRV:
      return `${name(6)}:${bytes.readUInt16BE(at + 4)}`;
    case TYPES.SOA: {
      const first = nameAt(bytes, at);
      const second = nameAt(bytes, first.end);
      const numbers = [0, 4, 8, 12, 16].map((offset) => bytes.readUInt32BE(second.end + offset));
      return `${first.text} ${second.text} ${numbers.join(' ')}`;
    }
    case TYPES.TXT:
      return textsAt(bytes, at, length);
    case TYPES.CAA: {
      const tag = bytes.readUInt8(at + 1);
      const value = bytes.toString('utf8', at + 2 + tag, at + length);
      return `${bytes.readUInt8(at)} ${bytes.toString('latin1', at + 2, at + 2 + tag)} "${value}"`;
    }
    default:
      return hex(bytes, at, length);
  }
}

function textsAt(bytes: Buffer, at: number, length: number): string {
  const parts: string[] = [];
  for (let next = at; next < at + length; ) {
    const size = bytes.readUInt8(next);
    parts.push(bytes.toString('utf8', next + 1, Math.min(next + 1 + size, at + length)));
    next += 1 + size;
  }
  return parts.join('');
}

/** An address of IPv6 as it is written (RFC 5952). */
function addressOf(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function hex(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('hex', at, at + length);
}
