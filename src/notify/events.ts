import type { NewEvent } from '../core/history.ts';
import type { Notice, NoticeDecision, Pending } from '../core/notice/notice.ts';

/** Who acts where a notice is decided or told. */
const ACTOR = 'monitor';

/** Why nothing is told, where it ends the matter: shown by `monitor explain`. */
const TELLING_RESTS: readonly string[] = [
  ...['ended_before_told', 'never_told', 'resolved_not_wanted', 'acknowledged', 'dead_letter'],
  ...['channel_removed', 'flapping'],
];

/** What the history says of a decision that changed something; undefined for one that did not. */
export function decisionEvent(before: Notice | undefined, after: Notice, now: number): NewEvent | undefined {
  const { decision, channel, incidentId, places } = after;
  if (before !== undefined && labelOf(before.decision) === labelOf(decision)) return undefined;
  const event = (kind: string, reason: string, data: Readonly<Record<string, unknown>>): NewEvent => ({
    ...{ at: now, subject: 'incident', subjectId: incidentId, kind, reason, actor: ACTOR },
    data: { channel, places, ...data },
  });
  if (decision.action === 'hold') {
    return event('notice_held', decision.reason, { by: decision.by, until: isoOrNull(decision.until) });
  }
  if (decision.action === 'rest' && TELLING_RESTS.includes(decision.reason)) {
    // An incident that never concerned a channel, and is over, is no decision about it.
    if (before === undefined) return undefined;
    return event('notice_skipped', decision.reason, {});
  }
  return undefined;
}

function labelOf(decision: NoticeDecision): string {
  const by = decision.action === 'hold' ? decision.by : '';
  const reason = decision.action === 'send' ? decision.phase : decision.reason;
  return `${decision.action} ${reason} ${by}`;
}

/** What the history says of an attempt: that it arrived, that it failed, or that it is given up. */
export function attemptEvent(
  outcome: 'notice_sent' | 'notice_failed' | 'notice_dead',
  { incidentId, channel, places }: Notice,
  { phase, step, key, attempts, digest, reason: why }: Pending,
  { at, reason, tookMs }: { readonly at: number; readonly reason: string; readonly tookMs: number | null },
): NewEvent {
  const data = { channel, places, phase, step, key, attempt: attempts, answer: reason, took_ms: tookMs, digest };
  return { at, subject: 'incident', subjectId: incidentId, kind: outcome, reason: why, actor: ACTOR, data };
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
