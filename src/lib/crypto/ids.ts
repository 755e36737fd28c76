import { hash, randomBytes, randomUUID } from 'node:crypto';

/** UUIDv7 (RFC 9562) of a time in UTC milliseconds: ids made in a later millisecond sort later. */
export function uuidv7(now: number): string {
  // Node draws the random bytes of version 4 in blocks, which makes this the cheapest source of them.
  return `${timePart(now)}${randomUUID().slice(15)}`;
}

// The 12 bits behind the version, as a counter: method 1 of RFC 9562, section 6.2.
const MOST = 0xfff;

/**
 * Makes UUIDv7s of which each sorts after all before it, also within a millisecond and when the clock goes back; `now`
 * gives UTC milliseconds.
 */
export function createUuids(now: () => number): () => string {
  let time = 0;
  let count = 0;
  return () => {
    const present = Math.floor(now());
    count = present > time ? 0 : count + 1;
    time = Math.max(time, present);
    if (count > MOST) {
      time += 1;
      count = 0;
    }
    return `${timePart(time)}${count.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
  };
}

function hexTime(now: number): string {
  return Math.floor(now).toString(16).padStart(12, '0');
}

function timePart(now: number): string {
  const time = hexTime(now);
  return `${time.slice(0, 8)}-${time.slice(8)}-7`;
}

/**
 * A nonce made at a time in UTC milliseconds: 128 bits in lower-case hex, the time and then 80 random ones. A hub finds
 * what was sent together side by side in its index, and writes a few pages where random nonces would touch one each.
 */
export function nonce(now: number): string {
  return `${hexTime(now)}${randomBytes(10).toString('hex')}`;
}

/** `bytes` random bytes as base64url, for secrets. */
export function randomSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** The UUID that stands for a text: the same for the same text (version 8 of RFC 9562, from SHA-256). */
export function uuidOf(text: string): string {
  const hex = hash('sha256', text);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
