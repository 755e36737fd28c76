import { timingSafeEqual } from 'node:crypto';
import { LINK_PURPOSES, type LinkClaims } from '../../core/action/link.ts';
import type { Secret } from './secret.ts';

// Version, key, incident, purpose, expiry; then the channel, and the first half of the HMAC. Short enough for a text message.
const VERSION = 1;
const HEAD = 26;
const MAC = 16;
const CHANNEL = 32;

/** What links are signed with. */
export interface SigningKey {
  /** Eight hex digits. */
  readonly id: string;
  readonly secret: Secret;
}

/** A link's token, base64url; `incidentId` is a UUID. */
export function signLink(claims: Omit<LinkClaims, 'keyId'>, { id, secret }: SigningKey): string {
  const channel = Buffer.from(claims.channel).subarray(0, CHANNEL);
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(VERSION, 0);
  Buffer.from(id, 'hex').copy(head, 1);
  Buffer.from(claims.incidentId.replaceAll('-', ''), 'hex').copy(head, 5);
  head.writeUInt8(LINK_PURPOSES.indexOf(claims.purpose), 21);
  head.writeUInt32BE(Math.floor(claims.expiresAt / 1000), 22);
  const signed = Buffer.concat([head, channel]);
  return Buffer.concat([signed, macOf(secret, signed)]).toString('base64url');
}

/** What a token says, unproven: `isSignedBy` asks whether the key that it names has made it. */
export interface ReadLink {
  readonly claims: LinkClaims;
  isSignedBy(secret: Secret): boolean;
}

/** Reads a token; null for a text that is none. */
export function readLink(token: string): ReadLink | null {
  if (token.length > 128 || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const end = bytes.length - MAC;
  if (end < HEAD || end > HEAD + CHANNEL || bytes.readUInt8(0) !== VERSION) return null;
  // One link has one spelling.
  if (bytes.toString('base64url') !== token) return null;
  const purpose = LINK_PURPOSES[bytes.readUInt8(21)];
  if (purpose === undefined) return null;
  const signed = bytes.subarray(0, end);
  const claims: LinkClaims = {
    keyId: bytes.toString('hex', 1, 5),
    incidentId: uuidOf(bytes.toString('hex', 5, 21)),
    purpose,
    expiresAt: bytes.readUInt32BE(22) * 1000,
    channel: bytes.toString('utf8', HEAD, end),
  };
  return { claims, isSignedBy: (secret) => timingSafeEqual(macOf(secret, signed), bytes.subarray(end)) };
}

function macOf(secret: Secret, signed: Buffer): Buffer {
  return Buffer.from(secret.hmac('monitor link:', signed), 'hex').subarray(0, MAC);
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
