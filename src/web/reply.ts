import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TextPart, TextParts } from './text.ts';

/** An answer to a webhook: a status, a JSON document, and headers beside the usual ones. */
export interface Reply {
  readonly status: number;
  /** Undefined for none. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text in place of the document: a page of HTML, whose headers say what it may load, unless they say what it is. */
  readonly page?: string;
  /** Bytes in place of either; the headers say what they are. */
  readonly bytes?: Uint8Array;
  /** The request was not read to its end. */
  readonly unread?: boolean;
}

/** An answer that goes on: its head is written, and then whoever it is handed to writes and ends it. */
export interface StreamReply {
  readonly headers: Readonly<Record<string, string>>;
  /** Writes what comes; false where there are too many of them, before anything is written. */
  readonly stream: (response: ServerResponse) => boolean;
  /** The answer where there are too many. */
  readonly refused: Reply;
}

/**
 * Writes an answer. The response ends once the `rest` of its request is read, where there is one: Node.js closes the
 * connection of a client that wants that as soon as a response has ended, whatever the client still writes.
 */
export function send(
  response: ServerResponse,
  { status, body, page, bytes, headers }: Reply,
  rest?: Promise<void>,
): void {
  if (response.destroyed) return;
  const text = bytes ?? page ?? (body === undefined ? '' : JSON.stringify(body));
  // Of what is not sent again the length would be that of nothing.
  const lines = status === 304 ? [] : ['Content-Length', String(Buffer.byteLength(text))];
  const isTyped = headers?.['Content-Type'] !== undefined;
  if (page !== undefined && !isTyped) lines.push('Content-Type', 'text/html; charset=utf-8');
  else if (body !== undefined && !isTyped) lines.push('Content-Type', 'application/json; charset=utf-8');
  for (const name in headers) lines.push(name, headers[name] as string);
  response.writeHead(status, lines);
  if (rest === undefined) {
    response.end(text);
    return;
  }
  response.write(text);
  void rest.then(() => response.end());
}

/** What is told of a long answer on its way. */
export interface Progress {
  /** Its reader has not taken yet what was written. */
  stalled(): void;
  /** It has. */
  drained(): void;
}

// What is longer is sent as it is read, and has no tag.
const TAGGED_BYTES = 1024 * 1024;

/**
 * Writes an answer whose body is JSON text that may be long, one part after the other, as fast as its reader takes them.
 * One that is not so long has a tag of its content; whoever has read it already is told that it is still the same.
 */
export async function sendText(
  response: ServerResponse,
  parts: TextParts,
  progress: Progress,
  known?: string,
): Promise<void> {
  const read: TextPart[] = [];
  let size = 0;
  while (size < TAGGED_BYTES) {
    const { value: part } = await parts.next();
    if (part === undefined) break;
    read.push(part);
    size += part.bytes.length;
    if (part.last) break;
  }
  const head = ['Content-Type', 'application/json; charset=utf-8'];
  if (response.destroyed) return void (await parts.return?.());
  if (read.length === 0 || read.at(-1)?.last === true) {
    const bytes = Buffer.concat(read.map((part) => part.bytes));
    return sendTagged(response, bytes, head, known);
  }
  response.writeHead(200, head);
  const [first, ...others] = read;
  const ahead = [...others];
  for (let part = first; part !== undefined; part = ahead.shift() ?? (await parts.next()).value) {
    if (!response.write(part.bytes)) {
      progress.stalled();
      await drained(response);
      progress.drained();
    }
    if (response.destroyed) return void (await parts.return?.());
  }
  response.end();
}

/** Writes an answer of 200 with a tag of its content, or 304 where the reader has that content already. */
export function sendTagged(
  response: ServerResponse,
  bytes: Uint8Array,
  head: readonly string[],
  known: string | undefined,
): void {
  const tag = `"${createHash('sha1').update(bytes).digest('base64url')}"`;
  if (known !== undefined && isKnown(known, tag)) {
    response.writeHead(304, { ETag: tag }).end();
    return;
  }
  response.writeHead(200, [...head, 'ETag', tag, 'Content-Length', String(bytes.length)]);
  response.end(bytes);
}

/** Whether `If-None-Match` names a tag. A weak one means the same here: the content is compared. */
export function isKnown(known: string, tag: string): boolean {
  return known.trim() === '*' || known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** The answer to what cannot be taken; `errors` name the fields. The API gives it as problem+json. */
export function failure(status: number, message: string, errors?: readonly unknown[]): Reply {
  return { status, body: { status: 'error', message, ...(errors ? { errors } : {}) } };
}

/** The answer to what could be taken later. */
export function later(status: 429 | 503, message: string, retryAfterS: number): Reply {
  return { ...failure(status, message), headers: { 'Retry-After': String(retryAfterS) } };
}
