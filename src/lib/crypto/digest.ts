import { hash } from 'node:crypto';
import { type Labels, LIMITS } from '../../core/alert/alert.ts';
import { canonicalIdentity } from '../../core/alert/identity.ts';
import { steadyText } from '../../core/reading/steady.ts';

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
  return given === undefined || given === '' ? fingerprintOf(name, labels) : keyOf(given);
}

/**
 * The same where the name may hold what was measured: of that nothing is hashed. What is left of its figures may be
 * others the next time, and then the identity is guessed.
 */
export function identityBy(
  given: string | undefined,
  name: string,
  labels: Labels,
): { readonly fingerprint: string; readonly isGuessed: boolean } {
  const isGiven = given !== undefined && given !== '';
  return {
    fingerprint: identityOf(given, isGiven ? name : steadyText(name), labels),
    isGuessed: !isGiven && /\p{N}/u.test(name),
  };
}

/** The identity of an alert by its labels; of one without any, so that not all of those are one, by its name. */
export function identityByLabels(given: string | undefined, name: string | undefined, labels: Labels) {
  if (Object.keys(labels).length === 0) return identityBy(given, name ?? '', labels);
  return { fingerprint: identityOf(given, labels.alertname ?? '', labels), isGuessed: false };
}

/**
 * A text as a key: itself, or its hash when it is longer than a fingerprint may be, or holds U+FFFD, which stands for
 * characters that somebody before the hub could not read.
 */
export function keyOf(text: string): string {
  return text.length <= LIMITS.fingerprint && !text.includes('\ufffd') ? text : `sha256:${sha256(text)}`;
}
