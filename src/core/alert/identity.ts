import type { Labels } from './alert.ts';

/** The text whose SHA-256 stands in for a missing fingerprint: name and labels in the order of their keys, as JSON. */
export function canonicalIdentity(name: string, labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => [key, labels[key]]);
  return JSON.stringify([name, pairs]);
}

/** One text for the identity (source, origin, fingerprint). No part can hold the NUL that joins them. */
export function alertKey(source: string, origin: string, fingerprint: string): string {
  return `${source}\0${origin}\0${fingerprint}`;
}

const OF_STATE = new Set(['severity', 'status', 'state', 'level', 'priority', 'value', 'current_value']);

/** Whether a label of this name tells how bad something is now, so that it is another in the recovery. */
export function isOfState(label: string): boolean {
  return OF_STATE.has(label.toLowerCase());
}
