import { STATUS_CODES } from 'node:http';
import type { Reply } from '../reply.ts';

/** Media type of errors of the API (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** Kinds of problems by the status that tells them: a program may act on either. */
export const PROBLEM_KINDS: Readonly<Record<number, string>> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'too-large',
  415: 'unsupported-media-type',
  422: 'invalid-body',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** The `type` of a problem of this status. */
export function problemType(status: number): string {
  const kind = PROBLEM_KINDS[status];
  return kind === undefined ? 'about:blank' : `urn:monitor:problem:${kind}`;
}

/** An error as problem+json; what is no error, or has a form of its own, is left as it is. */
export function asProblem(reply: Reply): Reply {
  if (reply.status < 400 || !isFailure(reply.body)) return reply;
  const { status: _, message, ...extensions } = reply.body;
  const { status } = reply;
  const body = { type: problemType(status), title: STATUS_CODES[status], status, detail: message, ...extensions };
  return { ...reply, body, headers: { ...reply.headers, 'Content-Type': `${PROBLEM_TYPE}; charset=utf-8` } };
}

function isFailure(body: unknown): body is { readonly status: 'error'; readonly message: string } {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'error' && 'message' in body;
}
