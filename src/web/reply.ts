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
export function send(response: ServerResponse, { status, body, page, headers }: Reply, rest?: Promise<void>): void {
  if (response.destroyed) return;
  const text = page ?? (body === undefined ? '' : JSON.stringify(body));
  const lines = ['Content-Length', String(Buffer.byteLength(text))];
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

/** Writes an answer whose body is JSON text that may be long, one part after the other, as fast as its reader takes them. */
export async function sendText(response: ServerResponse, parts: TextParts, progress: Progress): Promise<void> {
  const { value: first } = await parts.next();
  const head = ['Content-Type', 'application/json; charset=utf-8'];
  if (response.destroyed) return void (await parts.return?.());
  if (first === undefined || first.last) {
    response.writeHead(200, [...head, 'Content-Length', String(first?.bytes.length ?? 0)]);
    response.end(first?.bytes);
    return;
  }
  response.writeHead(200, head);
  for (let part: TextPart | undefined = first; part !== undefined; part = (await parts.next()).value) {
    if (!response.write(part.bytes)) {
      progress.stalled();
      await drained(response);
      progress.drained();
    }
    if (response.destroyed) return void (await parts.return?.());
  }
  response.end();
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
