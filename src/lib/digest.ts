import { hash } from 'node:crypto';
import type { Labels } from '../core/alert.ts';
import { canonicalIdentity } from '../core/identity.ts';

/** Lower-case hex SHA-256 of a text. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/** The fingerprint of an alert that was sent without one: 32 hex digits over its name and sorted labels. */
export function fingerprintOf(name: string, labels: Labels): string {
  return sha256(canonicalIdentity(name, labels)).slice(0, 32);
}
