import { randomBytes, randomUUID } from 'node:crypto';

/** UUIDv7 (RFC 9562) of a time in UTC milliseconds: ids made in a later millisecond sort later. */
export function uuidv7(now: number): string {
  const time = Math.floor(now).toString(16).padStart(12, '0');
  // Node draws the random bytes of version 4 in blocks, which makes this the cheapest source of them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** 128 random bits in lower-case hex, for nonces. */
export function nonce(): string {
  return randomBytes(16).toString('hex');
}

/** `bytes` random bytes as base64url, for secrets. */
export function randomSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
