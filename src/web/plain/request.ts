import type { IncomingHttpHeaders } from 'node:http';

/** A request that leaves no choice in how to read it. */
export interface PlainRequest {
  /** As sent, with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const END = Buffer.from('\r\n\r\n');
const POST = Buffer.from('POST /');
// A head of any length would be looked through at each piece of it; Node.js allows 16 KiB.
const HEAD_BYTES = 8 * 1024;
// RFC 9112: a request line, then fields, each by a token at the start of its line, without folding; of values only what
// is visible ASCII, space and tab.
const HEAD = /^POST \/[!-~]* HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~]*)+$/;
const LENGTH = /^\d{1,8}$/;

// What they mean is Node's to decide: another length of the body, another protocol, an answer before the body.
const MEANINGFUL = new Set(['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', '__proto__']);

/**
 * Reads a POST that stands in `bytes` whole and alone, and whose head nobody could read in another way than this; null for
 * everything else, which is Node's to read: other methods, what comes in parts or several at a time, a field that is there
 * twice, whatever ends the connection or changes how the body is framed, and what is no HTTP.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | null {
  if (bytes.length < POST.length || POST.compare(bytes, 0, POST.length) !== 0) return null;
  const end = bytes.indexOf(END);
  if (end === -1 || end > HEAD_BYTES) return null;
  const head = bytes.toString('latin1', 0, end);
  if (!HEAD.test(head)) return null;
  const headers = fieldsOf(head);
  if (headers === null || headers.host === undefined) return null;
  const { connection, 'content-length': length = '' } = headers;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return null;
  const from = end + END.length;
  if (!LENGTH.test(length) || bytes.length - from !== Number(length)) return null;
  return { url: head.slice(5, head.indexOf(' ', 5)), headers, body: bytes.subarray(from) };
}

/** The fields of a head by their names in lower case; null when one is there twice, or has a meaning beyond its text. */
function fieldsOf(head: string): Record<string, string> | null {
  const fields: Record<string, string> = {};
  for (let from = head.indexOf('\r\n') + 2; from < head.length; ) {
    const next = head.indexOf('\r\n', from);
    const to = next === -1 ? head.length : next;
    const colon = head.indexOf(':', from);
    const name = head.slice(from, colon).toLowerCase();
    if (fields[name] !== undefined || MEANINGFUL.has(name)) return null;
    fields[name] = head.slice(colon + 1, to).trim();
    from = to + 2;
  }
  return fields;
}
