import { hash } from 'node:crypto';
import { type Labels, LIMITS } from '../core/alert.ts';
import { canonicalIdentity } from '../core/identity.ts';

/** Lower-case hex SHA-256 of a text. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/** The fingerprint of an alert that was sent without one: 32 hex digits over its name and sorted labels. */
export function fingerprintOf(name: string, labels: Labels): string {
  return sha256(canonicalIdentity(name, labels)).slice(0, 32);
}

/**
 * The fingerprint of an alert from what its sender calls it: that text, its hash when it is too long, and when there is
 * none, the hash of name and labels.
 */
export function identityOf(given: string | undefined, name: string, labels: Labels): string {
  if (given === undefined || given === '') return fingerprintOf(name, labels);
  return given.length <= LIMITS.fingerprint ? given : `sha256:${sha256(given)}`;
}
