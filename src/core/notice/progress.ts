import { type DeadLetter, mayHaveSaid, type Notice, type NoticeDecision, type Pending, type Told } from './notice.ts';

/** What a channel came to with one attempt. */
export type AttemptResult =
  | { readonly ok: true; readonly ref: string | null }
  | {
      readonly ok: false;
      readonly permanent: boolean;
      readonly reason: string;
      /** Whether it may have arrived all the same: no answer came. */
      readonly maybe: boolean;
      /** How far it got; given back to the next attempt of the same message. */
      readonly progress?: string | undefined;
    };

type Send = Extract<NoticeDecision, { action: 'send' }>;

/** What is known of a message when it is claimed. */
export interface Claim {
  readonly send: Send;
  readonly key: string;
  readonly speaks: Pending['speaks'];
  /** How long the attempt may take, in milliseconds: after that its outcome is unknown. */
  readonly timeoutMs: number;
  readonly digest: string | null;
}

/** A notice whose message is about to be sent: written before the attempt, so that a crash knows of it. */
export function claimed(notice: Notice, { send, key, speaks, timeoutMs, digest }: Claim, now: number): Notice {
  const again = notice.pending?.key === key ? notice.pending : null;
  const pending: Pending = {
    phase: send.phase,
    step: send.step,
    reason: send.reason,
    key,
    // What failed on the channel before counts on: it is the channel that is away, whatever it would be told.
    firstAt: again?.firstAt ?? now,
    attempts: (again?.attempts ?? 0) + 1,
    isUnderWay: true,
    retryAt: now + timeoutMs,
    maybeTold: notice.pending?.maybeTold ?? false,
    maybe: notice.pending?.maybeTold ? mayHaveSaid(notice.pending) : undefined,
    speaks,
    digest,
    progress: again?.progress ?? null,
  };
  return { ...notice, pending, decision: send };
}

// Of messages whose arrival is not known, each says something else, and so many stand side by side only where a channel
// hangs and what it would be told changes again and again.
const MAYBES_KEPT = 8;

function maybeArrived(pending: Pending): Pick<Pending, 'maybeTold' | 'maybe'> {
  const { state, severity, members } = pending.speaks;
  const others = mayHaveSaid(pending).filter(
    (one) => one.state !== state || one.severity !== severity || one.members.hash !== members.hash,
  );
  return { maybeTold: true, maybe: [...others, pending.speaks].slice(-MAYBES_KEPT) };
}

/** An attempt that nobody will hear the end of: its process was killed or lost its lease. */
export function abandoned(notice: Notice, now: number): Notice {
  const { pending } = notice;
  if (pending === null || !pending.isUnderWay) return notice;
  return { ...notice, pending: { ...pending, isUnderWay: false, retryAt: now, ...maybeArrived(pending) } };
}

/** A message that was not sent after all, for things have changed since it was claimed: as if it had not been. */
export function withdrawn(notice: Notice, now: number): Notice {
  const { pending } = notice;
  if (pending === null) return notice;
  const attempts = pending.attempts - 1;
  if (attempts === 0 && !pending.maybeTold) return { ...notice, pending: null };
  return { ...notice, pending: { ...pending, attempts, isUnderWay: false, retryAt: now } };
}

/** A notice after an attempt. `retryAt` is when it is tried again, should it be. */
export function settledAttempt(notice: Notice, result: AttemptResult, now: number, retryAt: number): Notice {
  const { pending } = notice;
  if (pending === null) return notice;
  if (result.ok) return arrived(notice, pending, result.ref, now);
  if (result.permanent) return givenUp(notice, result.reason, now);
  const after = { ...pending, isUnderWay: false, retryAt, progress: result.progress ?? null };
  return { ...notice, pending: result.maybe ? { ...after, ...maybeArrived(pending) } : after };
}

/** A message that is not tried again: people stay untold of it, and `dead` says so. */
export function givenUp(notice: Notice, reason: string, now: number): Notice {
  const { pending } = notice;
  if (pending === null) return notice;
  const { phase, key, speaks } = pending;
  const dead: DeadLetter = { phase, key, reason, at: now, hash: speaks.members.hash };
  const told = phase === 'resolved' || phase === 'firing' ? afterDead(notice, pending, now) : notice.told;
  return { ...notice, pending: null, dead, told };
}

/** A RESOLVED that could not be told is over; a FIRING that may have arrived must get its end. */
function afterDead(notice: Notice, pending: Pending, now: number): Told | null {
  const ref = notice.told?.ref ?? null;
  if (pending.phase === 'resolved') return { ...pending.speaks, state: 'resolved', at: now, ref };
  const said = mayHaveSaid(pending).at(-1);
  return said === undefined ? notice.told : { ...said, at: now, ref };
}

// More of them tell of an episode only where a flood lasts for hours.
const DIGESTS_KEPT = 100;

function arrived(notice: Notice, pending: Pending, ref: string | null, now: number): Notice {
  const { phase, step, speaks } = pending;
  const counted = {
    firings: phase === 'firing' || phase === 'flapping' ? step + 1 : notice.firings,
    reminders: phase === 'reminder' ? step : notice.reminders,
    escalation: phase === 'escalation' ? step : notice.escalation,
  };
  // Edits and threads go on from the first message of an episode.
  const before = notice.told !== null && notice.told.state !== 'resolved' ? notice.told : null;
  const kept = before?.ref ?? null;
  const isLater = pending.digest !== null && kept !== null && ref !== null && ref !== kept;
  const digests = [...(before?.digests ?? []), ...(isLater ? [ref] : [])].slice(-DIGESTS_KEPT);
  const told: Told = { ...speaks, at: now, ref: kept ?? ref, ...(digests.length > 0 && { digests }) };
  // That somebody has it is no message that people wait for, nor one that a mute held back.
  const spoken = pending.reason === 'acknowledged' ? {} : { lastAt: now, heldSince: null };
  return { ...notice, ...counted, told, ...spoken, pending: null, dead: null };
}
