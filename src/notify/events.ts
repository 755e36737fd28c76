import type { NewEvent } from '../core/history.ts';
import { iso } from '../core/iso-time.ts';
import { NO_CHANNEL, type Notice, type NoticeDecision, type Pending } from '../core/notice/notice.ts';

/** Who acts where a notice is decided or told. */
const ACTOR = 'monitor';

/** Why nothing is told, where it ends the matter: shown by `monitor explain`. */
const TELLING_RESTS: readonly string[] = [
  ...['ended_before_told', 'never_told', 'resolved_not_wanted', 'acknowledged', 'dead_letter'],
  ...['channel_removed', 'flapping'],
];

// Ids of alerts in an event: whether one was told is shown by name for so many.
const ALERTS_NAMED = 50;

/** What the history says of decisions that changed something: of the notice, and of alerts that are held back apart. */
export function decisionEvents(before: Notice | undefined, after: Notice, now: number): readonly NewEvent[] {
  const decided = decisionEvent(before, after, now);
  return [...(decided === undefined ? [] : [decided]), ...apartEvents(before, after, now)];
}

function apartEvents(before: Notice | undefined, { apart = [], channel, incidentId, places }: Notice, now: number) {
  const known = new Set((before?.apart ?? []).map(({ alertId, reason, by }) => `${alertId} ${reason} ${by}`));
  return apart
    .filter(({ alertId, reason, by }) => !known.has(`${alertId} ${reason} ${by}`))
    .map(({ alertId, reason, by, until }): NewEvent => {
      const isHeld = reason !== 'not_routed';
      const held = { channel, places, by, until: iso(until) };
      const data = { ...(isHeld ? held : { channel: null }), incident_id: incidentId };
      const kind = isHeld ? 'notice_held' : 'notice_skipped';
      return { ...{ at: now, subject: 'alert', subjectId: alertId, kind }, reason, actor: ACTOR, data };
    });
}

function decisionEvent(before: Notice | undefined, after: Notice, now: number): NewEvent | undefined {
  const { decision, channel, incidentId, places } = after;
  if (before !== undefined && labelOf(before.decision) === labelOf(decision)) return undefined;
  const event = (kind: string, reason: string, data: Readonly<Record<string, unknown>>): NewEvent => ({
    ...{ at: now, subject: 'incident', subjectId: incidentId, kind, reason, actor: ACTOR },
    data: { channel, places, ...data },
  });
  if (channel === NO_CHANNEL) {
    return after.apart === undefined ? event('notice_skipped', 'not_routed', { channel: null }) : undefined;
  }
  if (decision.action === 'hold') {
    return event('notice_held', decision.reason, { by: decision.by, until: iso(decision.until) });
  }
  // Of the other waits the row and the attempts tell.
  if (decision.action === 'wait' && decision.reason === 'group_wait') {
    return event('notice_waiting', decision.reason, { until: iso(decision.until) });
  }
  if (decision.action === 'give_up') {
    const { phase = null, key = null, reason = null } = after.dead ?? {};
    return event('notice_dead', decision.reason, { phase, key, answer: reason });
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
  { phase, step, key, attempts, digest, reason: why, speaks }: Pending,
  { at, reason, tookMs }: { readonly at: number; readonly reason: string; readonly tookMs: number | null },
): NewEvent {
  const { ids, total } = speaks.members;
  const alerts = { alerts: ids.slice(0, ALERTS_NAMED), alert_count: total };
  const attempt = { phase, step, key, attempt: attempts, answer: reason, took_ms: tookMs, digest };
  const data = { channel, places, ...attempt, ...alerts };
  return { at, subject: 'incident', subjectId: incidentId, kind: outcome, reason: why, actor: ACTOR, data };
}
