import type { ServerResponse } from 'node:http';

/** An answer to a webhook: a status, a JSON document, and headers beside the usual ones. */
export interface Reply {
  readonly status: number;
  /** Undefined for none. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request was not read to its end. */
  readonly unread?: boolean;
}

/** Writes an answer. */
export function send(response: ServerResponse, { status, body, headers }: Reply): void {
  if (response.destroyed) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = ['Content-Length', String(Buffer.byteLength(text))];
  if (body !== undefined) lines.push('Content-Type', 'application/json; charset=utf-8');
  for (const name in headers) lines.push(name, headers[name] as string);
  response.writeHead(status, lines);
  response.end(text);
}

/** The answer to what cannot be taken; `errors` name the fields. */
export function failure(status: number, message: string, errors?: readonly unknown[]): Reply {
  return { status, body: { status: 'error', message, ...(errors ? { errors } : {}) } };
}

/** The answer to what could be taken later. */
export function later(status: 429 | 503, message: string, retryAfterS: number): Reply {
  return { ...failure(status, message), headers: { 'Retry-After': String(retryAfterS) } };
}
