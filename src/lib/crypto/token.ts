import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from './digest.ts';
import { randomSecret } from './ids.ts';

// By which scanners of leaked secrets, and people, tell what it is.
const PREFIX = 'mon';
const FORM = /^mon_([0-9a-f]{16})_([\w-]{43})$/;

/** A token that was just made: its id, the hash that is kept, and the token itself, which is shown once. */
export interface NewToken {
  readonly id: string;
  readonly hash: string;
  readonly text: string;
}

/** Makes a token of 256 random bits. */
export function newToken(): NewToken {
  const id = randomBytes(8).toString('hex');
  const secret = randomSecret();
  return { id, hash: sha256(secret), text: `${PREFIX}_${id}_${secret}` };
}

/** The parts of what was given as a token; null for what is none. */
export function tokenParts(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Whether a secret is the one of a hash: of 256 random bits no slow hash is needed. */
export function isHashOf(hash: string, secret: string): boolean {
  const [stored, given] = [Buffer.from(hash), Buffer.from(sha256(secret))];
  return stored.length === given.length && timingSafeEqual(stored, given);
}
