import type { Alert, IncomingAlert } from './alert.ts';

/** What becomes of one incoming alert, and why. The reason is stored in the history and shown to people. */
export type Decision =
  | { readonly action: 'open'; readonly reason: 'new' | 'refired' }
  | { readonly action: 'refresh'; readonly reason: 'repeat' }
  | { readonly action: 'update'; readonly reason: 'severity_changed' }
  | { readonly action: 'resolve'; readonly reason: 'resolved' }
  | { readonly action: 'drop'; readonly reason: 'resolved_unseen' | 'already_resolved' | 'stale' };

/** The part of a stored alert that a decision needs. */
export type PreviousAlert = Pick<Alert, 'status' | 'severity' | 'observedAt'>;

const OPEN_NEW: Decision = { action: 'open', reason: 'new' };
const OPEN_REFIRED: Decision = { action: 'open', reason: 'refired' };
const REFRESH: Decision = { action: 'refresh', reason: 'repeat' };
const UPDATE: Decision = { action: 'update', reason: 'severity_changed' };
const RESOLVE: Decision = { action: 'resolve', reason: 'resolved' };
const DROP_UNSEEN: Decision = { action: 'drop', reason: 'resolved_unseen' };
const DROP_RESOLVED: Decision = { action: 'drop', reason: 'already_resolved' };
const DROP_STALE: Decision = { action: 'drop', reason: 'stale' };

/**
 * The life of an alert: one incoming state against the stored one (undefined when never seen).
 * `now` bounds the sender's clock, so that one delivery from the future cannot make all later ones stale.
 */
export function decide(
  previous: PreviousAlert | undefined,
  incoming: Pick<IncomingAlert, 'status' | 'severity' | 'observedAt'>,
  now: number,
): Decision {
  const firing = incoming.status === 'firing';
  if (previous === undefined) return firing ? OPEN_NEW : DROP_UNSEEN;
  if (Math.min(incoming.observedAt, now) < previous.observedAt) return DROP_STALE;
  if (previous.status === 'resolved') return firing ? OPEN_REFIRED : DROP_RESOLVED;
  if (!firing) return RESOLVE;
  return incoming.severity === previous.severity ? REFRESH : UPDATE;
}
