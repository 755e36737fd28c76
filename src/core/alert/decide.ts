import { type Alert, compareSeverity, type IncomingAlert } from './alert.ts';

/** What becomes of one incoming alert, and why. The reason is stored in the history and shown to people. */
export type Decision =
  | { readonly action: 'open'; readonly reason: 'new' | 'refired' }
  | { readonly action: 'refresh'; readonly reason: 'repeat' | 'end_confirmed' }
  | { readonly action: 'update'; readonly reason: 'severity_changed' }
  | { readonly action: 'resolve'; readonly reason: 'resolved' | 'expired' | 'ended_by_hand' }
  | { readonly action: 'confirm'; readonly reason: 'already_resolved' | 'ended_by_hand' }
  | { readonly action: 'drop'; readonly reason: 'resolved_unseen' | 'renewed' | 'stale' };

/** The part of a stored alert that a decision needs. */
export type PreviousAlert = Pick<Alert, 'status' | 'severity' | 'observedAt'> & Partial<Pick<Alert, 'expiresAt'>>;

const OPEN_NEW: Decision = { action: 'open', reason: 'new' };
const OPEN_REFIRED: Decision = { action: 'open', reason: 'refired' };
const REFRESH: Decision = { action: 'refresh', reason: 'repeat' };
const UPDATE: Decision = { action: 'update', reason: 'severity_changed' };
const RESOLVE: Decision = { action: 'resolve', reason: 'resolved' };
const EXPIRE: Decision = { action: 'resolve', reason: 'expired' };
const END: Decision = { action: 'resolve', reason: 'ended_by_hand' };
const HELD: Decision = { action: 'confirm', reason: 'ended_by_hand' };
const RELEASE: Decision = { action: 'refresh', reason: 'end_confirmed' };
const DROP_UNSEEN: Decision = { action: 'drop', reason: 'resolved_unseen' };
const CONFIRM: Decision = { action: 'confirm', reason: 'already_resolved' };
const DROP_RENEWED: Decision = { action: 'drop', reason: 'renewed' };
const DROP_STALE: Decision = { action: 'drop', reason: 'stale' };

/** The clocks of one request, UTC milliseconds. */
export interface SubmissionClock {
  /** Arrival, by the hub's clock; for what is believed, the moment at which it is decided. */
  readonly receivedAt: number;
  /** What the sender's clock said, to the second, where a signature proves it. */
  readonly sentAt?: number | undefined;
}

// A signed time names a second that has begun; what was seen within it was seen before it was signed.
const SECOND_MS = 999;
// Senders whose clock is further off are refused, so nothing stored is further ahead but by a clock set back since.
const TOLERANCE_MS = 300_000;

/** The latest moment at which the sender can have seen anything, by its own clock where that is proven. */
export function latestSeen({ receivedAt, sentAt }: SubmissionClock): number {
  return sentAt === undefined ? receivedAt : Math.max(receivedAt, sentAt + SECOND_MS);
}

/** The latest time that a stored state can tell, unless a clock has been set back since it was stored. */
export function latestBelieved(clock: SubmissionClock): number {
  return clock.sentAt === undefined ? clock.receivedAt + TOLERANCE_MS : latestSeen(clock);
}

/**
 * The life of an alert: one incoming state against the stored one (undefined when never seen). A stored state
 * later than `believed` was told by a clock that has been set back: it makes nothing stale.
 *
 * A resolved alert that is told to be resolved is confirmed: nobody sees a change, but the time up to which it is known
 * to be resolved moves on, so that a firing state from before it, which went another way, is stale when it arrives.
 *
 * One that a person ended goes on being told by a sender that does not know: until `expiresAt` that is no news, unless it
 * is worse than before, or the sender has told an end in between. `now` is the hub's clock.
 */
export function decide(
  previous: PreviousAlert | undefined,
  incoming: Pick<IncomingAlert, 'status' | 'severity' | 'observedAt' | 'expiresAt' | 'heldUntil' | 'isTakenBack'>,
  believed: number,
  now: number = believed,
): Decision {
  const firing = incoming.status === 'firing';
  if (previous === undefined) return firing ? OPEN_NEW : DROP_UNSEEN;
  if (incoming.observedAt < previous.observedAt && previous.observedAt <= believed) return DROP_STALE;
  if (previous.status === 'resolved') return again(previous, incoming, now);
  if (!firing && incoming.expiresAt !== undefined) {
    const stored = previous.expiresAt ?? null;
    return stored !== null && stored <= incoming.expiresAt ? EXPIRE : DROP_RENEWED;
  }
  if (!firing) return incoming.heldUntil === undefined ? RESOLVE : END;
  return incoming.severity === previous.severity ? REFRESH : UPDATE;
}

/** What is told of an alert that is resolved. */
function again(
  { severity, expiresAt }: PreviousAlert,
  incoming: Pick<IncomingAlert, 'status' | 'severity' | 'isTakenBack'>,
  now: number,
): Decision {
  const isHeld = (expiresAt ?? null) !== null && now < (expiresAt ?? 0);
  if (incoming.status === 'resolved') return isHeld ? RELEASE : CONFIRM;
  if (incoming.isTakenBack) return OPEN_REFIRED;
  return isHeld && compareSeverity(incoming.severity, severity) <= 0 ? HELD : OPEN_REFIRED;
}
