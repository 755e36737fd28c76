import { timingSafeEqual } from 'node:crypto';
import type { Secret } from './secret.ts';

/** Headers of a signed cluster push, lower case as Node gives them. */
export const HEADERS = {
  signature: 'x-cluster-signature',
  signatureV2: 'x-cluster-signature-v2',
  timestamp: 'x-cluster-timestamp',
  nonce: 'x-cluster-nonce',
  key: 'x-cluster-key',
  /** On a GET that asks whether its sender would be accepted, where nothing else says so. */
  verify: 'x-cluster-verify',
} as const;

/** Version 1: lower-case hex HMAC-SHA-256 of the raw body. */
export function signV1(secret: Secret, body: Buffer | string): string {
  return secret.hmac(body);
}

/** What version 2 binds beside the body. `timestamp` is Unix seconds as text, `path` as the hub has it, without query. */
export interface SignedRequest {
  readonly timestamp: string;
  readonly nonce: string;
  readonly method: string;
  readonly path: string;
}

/** Version 2: hex HMAC-SHA-256 over `v2:<timestamp>:<nonce>:<METHOD>:<path>:` and the raw body. */
export function signV2(secret: Secret, request: SignedRequest, body: Buffer | string): string {
  return secret.hmac(`v2:${request.timestamp}:${request.nonce}:${request.method}:${request.path}:`, body);
}

const PREFIX = /^sha256=/i;

/** Whether a received header (bare hex or `sha256=<hex>`, either case) equals the expected lower-case hex, in constant time. */
export function signatureMatches(received: string, expected: string): boolean {
  const given = Buffer.from(received.trim().replace(PREFIX, '').toLowerCase());
  const wanted = Buffer.from(expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** A request that is not who it says. */
export function refused(reason: string) {
  return { ok: false, reason } as const;
}

/** The text of a header by its name in any letter case; '' when it is missing or comes several times. */
export function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value.trim() : '';
}

/** How far a sender's clock may be off, either way, in seconds. */
export const CLOCK_TOLERANCE_S = 300;

/**
 * The time that a signed header of that name tells in Unix seconds, as UTC milliseconds; or why it is not believed at
 * that arrival.
 */
export function signedTime(name: string, text: string, receivedAt: number) {
  if (!/^\d{1,12}$/.test(text)) return refused(`${name} must be Unix seconds`);
  const sentAt = Number(text) * 1000;
  const offset = Math.round((sentAt - receivedAt) / 1000);
  const off = Math.abs(offset);
  if (off <= CLOCK_TOLERANCE_S) return { ok: true, sentAt } as const;
  const side = offset > 0 ? 'ahead of' : 'behind';
  return refused(
    `the sender's clock is ${off} s ${side} the hub's, more than ${CLOCK_TOLERANCE_S} s: correct the clock`,
  );
}
