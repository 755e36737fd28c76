import type { HistoryEvent } from '../history.ts';
import { type MuteReason, NO_CHANNEL, type Notice, type WaitReason } from '../notice/notice.ts';

/** Why people have not heard something: a closed list, and of each thing there is exactly one. */
export type UntoldReason =
  | MuteReason
  | WaitReason
  | 'ended_within_wait'
  | 'ended_undelivered'
  | 'joined_and_ended'
  | 'resolved_not_wanted'
  | 'dead_letter'
  | 'dropped'
  | 'flapping'
  | 'acknowledged'
  | 'escalation_later'
  | 'channel_removed'
  | 'not_routed'
  | 'no_channels'
  | 'no_incident'
  | 'not_looked_at';

/** What people have not heard, and why. */
export interface Untold {
  /** All of it, what changed since they heard of it, or its end. */
  readonly what: 'all' | 'change' | 'end';
  readonly reason: UntoldReason;
  readonly detail: {
    /** What holds it back: a silence, an alert, a window, an interval. */
    readonly by?: string;
    /** What that is, for people: who made the silence and why, the name of the alert. */
    readonly named?: string;
    /** When it is decided anew, UTC milliseconds. */
    readonly until?: number;
    /** What the channel said last. */
    readonly said?: string;
    /** What names the message in the outbox. */
    readonly outbox?: string;
  };
}

/** What bears on it beside the row of the notice. */
export interface UntoldContext {
  readonly alertId: string | null;
  readonly events: readonly HistoryEvent[];
  /** Whether a message about it has arrived on that channel. */
  readonly isTold: boolean;
  /** Of an alert: whether a message that arrived since it ended says so. */
  readonly isEndTold: boolean;
  /** Whether it fires still. */
  readonly isLive: boolean;
  readonly lastAttempt: { readonly reason: string } | undefined;
}

/** What people on one channel have not heard of an incident or an alert; null where they have heard all. */
export function untoldOf(notice: Notice, context: UntoldContext): Untold | null {
  const { want, decision, told } = notice;
  const isEndUnwanted = decision.action === 'rest' && decision.reason === 'resolved_not_wanted';
  if (context.alertId !== null && !context.isTold) return untoldAlert(notice, context.alertId, context);
  if (context.alertId !== null && !isEndUnwanted) return untoldEnd(notice, context);
  if (context.isTold && want.kind === 'nothing' && !isEndUnwanted) return null;
  if (!context.isTold && (told === null || isDead(notice))) return { what: 'all', ...reasonOf(notice, context) };
  if (want.kind === 'nothing' && !isEndUnwanted) return null;
  const what = want.kind === 'ended' || isEndUnwanted ? 'end' : want.kind === 'new' ? 'all' : 'change';
  return { what, ...reasonOf(notice, context) };
}

/** Of an alert that people were told of, nothing but its end can be news. */
function untoldEnd(notice: Notice, context: UntoldContext): Untold | null {
  if (context.isLive || context.isEndTold) return null;
  if (notice.want.kind === 'nothing') return { what: 'end', reason: 'not_looked_at', detail: {} };
  return { what: 'end', ...reasonOf(notice, context) };
}

/** An alert that was in no message: held back apart from the others, come and gone between two, or as its incident. */
function untoldAlert(notice: Notice, alertId: string, context: UntoldContext): Untold {
  const apart = notice.apart?.find((one) => one.alertId === alertId);
  if (apart !== undefined && context.isLive) return { what: 'all', reason: apart.reason, detail: detailOf(apart) };
  const held = lastHold(context.events, notice, [alertId]);
  if (held !== null && !context.isLive) return { what: 'all', ...held };
  const isOthers = notice.told !== null && notice.want.kind === 'nothing' && !isDead(notice);
  if (!isOthers) return { what: 'all', ...reasonOf(notice, context) };
  return { what: 'all', reason: context.isLive ? 'not_looked_at' : 'joined_and_ended', detail: {} };
}

/** Whether a message of the episode was given up. */
function isDead({ dead, episodeSince }: Notice): boolean {
  return dead !== null && dead.at >= episodeSince;
}

type Reason = Omit<Untold, 'what'>;

function reasonOf(notice: Notice, context: UntoldContext): Reason {
  const { decision, dead, pending, incidentId, channel } = notice;
  const said = dead?.reason ?? context.lastAttempt?.reason;
  const last = { ...(said !== undefined && { said }), outbox: `${incidentId.slice(-8)}:${channel}` };
  if (channel === NO_CHANNEL) return { reason: 'not_routed', detail: {} };
  switch (decision.action) {
    case 'hold':
      return { reason: decision.reason, detail: detailOf(decision) };
    case 'wait':
      return { reason: decision.reason, detail: { until: decision.until, ...(pending !== null && last) } };
    case 'send':
      return { reason: 'under_way', detail: {} };
    case 'give_up':
      return { reason: 'dead_letter', detail: last };
    case 'rest':
      break;
  }
  if (isDead(notice) && dead?.dropped !== undefined) {
    const { by, comment } = dead.dropped;
    return { reason: 'dropped', detail: { ...(by !== '' && { by }), ...(comment !== '' && { said: comment }) } };
  }
  switch (decision.reason) {
    case 'ended_before_told':
      return { reason: 'ended_undelivered', detail: last };
    case 'dead_letter':
      return { reason: 'dead_letter', detail: last };
    case 'never_told':
    case 'told': {
      if (isDead(notice)) return { reason: 'dead_letter', detail: last };
      return lastHold(context.events, notice, [incidentId]) ?? { reason: 'ended_within_wait', detail: {} };
    }
    default:
      return { reason: decision.reason, detail: decision.until === null ? {} : { until: decision.until } };
  }
}

/** What held it back last, in the episode that the notice is in. */
function lastHold(
  events: readonly HistoryEvent[],
  { channel, episodeSince }: Notice,
  subjects: readonly string[],
): Reason | null {
  const held = events.findLast(
    ({ kind, subjectId, at, data }) =>
      kind === 'notice_held' && subjects.includes(subjectId) && data.channel === channel && at >= episodeSince,
  );
  if (held === undefined) return null;
  return { reason: held.reason as MuteReason, detail: typeof held.data.by === 'string' ? { by: held.data.by } : {} };
}

function detailOf({ by, until }: { readonly by: string; readonly until: number | null }): Untold['detail'] {
  return { by, ...(until !== null && { until }) };
}
