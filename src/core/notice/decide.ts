import { compareSeverity, type Severity } from '../alert/alert.ts';
import {
  endsQuietly,
  type Members,
  type Mute,
  mayHaveSaid,
  type Notice,
  type NoticeDecision,
  type Pending,
  type TellPhase,
  type Want,
} from './notice.ts';

/** How an incident stands for one channel: only the alerts that are routed to it count. Times are UTC milliseconds. */
export interface Situation {
  /** Alerts that fire and that people are to know of: those that no mute holds back, and those they were told already. */
  readonly visible: Members;
  /** Whether an alert fires here at all, held back or not. */
  readonly isFiring: boolean;
  /** Highest among the visible ones; among all that fire, where none is visible. */
  readonly severity: Severity;
  /** Earliest start of those that fire, as their senders tell it. */
  readonly startedAt: number;
  /** When the hub first heard that something fires. */
  readonly heardAt: number;
  readonly isAcknowledged: boolean;
  /** What holds back all that fires; null while something is not held back. */
  readonly mute: Mute | null;
  /** Since when the incident flaps, and when it will have settled unless it changes again. */
  readonly flapping: { readonly since: number; readonly settlesAt: number } | null;
}

/** A step of an escalation that falls to this channel. */
export interface PlannedStep {
  /** 1 for the first. */
  readonly step: number;
  /** UTC milliseconds; null while the step before it has not been told. */
  readonly dueAt: number | null;
}

/** What routes and the channel itself say of a notice. Durations are milliseconds. */
export interface Plan {
  /** Whether a route names the channel; else only steps of an escalation do. */
  readonly isRouted: boolean;
  readonly waitMs: number;
  readonly intervalMs: number;
  /** 0 for no reminders. */
  readonly repeatMs: number;
  readonly steps: readonly PlannedStep[];
  readonly tellsResolved: boolean;
  /** For channels that keep incidents of their own: one that ended before it was told is not opened there. */
  readonly keepsIncidents: boolean;
  /** For channels that call people until somebody acknowledges: they are told when somebody has. */
  readonly acknowledges: boolean;
  /** After this time without success a message is given up. */
  readonly giveUpMs: number;
}

/** What is decided, and what there is to tell: the row keeps both. */
export interface Verdict {
  readonly want: Want;
  readonly decision: NoticeDecision;
}

const UNDER_WAY_MS = 5000;
// What joins so soon after the first message of an episode began with it: it is told as soon.
const LATE_MS = 10_000;

/**
 * What a channel is to be told of an incident at `now`: a comparison of how things stand with what people were told. The
 * rules, in this order: an attempt under way is waited for; what is wanted is settled; a wait or a mute holds it; what
 * failed before is repeated by its own times.
 */
export function decideNotice(notice: Notice, situation: Situation, plan: Plan, now: number): Verdict {
  const want = wantOf(notice, situation, now);
  const { pending } = notice;
  if (pending?.isUnderWay) {
    // Its end wakes the notice; the time is for an end that nobody hears.
    const until = Math.max(pending.retryAt, now + UNDER_WAY_MS);
    return { want, decision: { action: 'wait', until, reason: 'under_way' } };
  }
  const decision = byKind(notice, want, situation, plan, now);
  if (decision.action !== 'send' || pending === null) return { want, decision };
  if (now - pending.firstAt >= plan.giveUpMs) return { want, decision: { action: 'give_up', reason: 'too_old' } };
  if (now < pending.retryAt) return { want, decision: { action: 'wait', until: pending.retryAt, reason: 'retry' } };
  return { want, decision };
}

/** What there is to tell, by what was told; its time goes on for as long as it stays the same. */
export function wantOf({ told, want, pending }: Notice, situation: Situation, now: number): Want {
  const known = kindOf(told, situation);
  // A message that may have arrived says something else: it must not be the last that people hear.
  const others =
    known !== 'nothing' || pending === null ? [] : mayHaveSaid(pending).map((one) => kindOf(one, situation));
  const kind = others.find((other) => other !== 'nothing' && other !== 'ended') ?? known;
  if (kind === want.kind) return want;
  return { kind, since: kind === 'new' ? Math.min(situation.heardAt, now) : now };
}

function kindOf(told: Pending['speaks'] | null, { visible, isFiring, severity }: Situation): Want['kind'] {
  if (told === null || told.state === 'resolved') return isFiring ? 'new' : 'nothing';
  if (told.state === 'flapping') return 'changed';
  if (visible.total === 0) return 'ended';
  const isSame = visible.hash === told.members.hash && compareSeverity(severity, told.severity) <= 0;
  return isSame ? 'nothing' : 'changed';
}

function byKind(notice: Notice, want: Want, situation: Situation, plan: Plan, now: number): NoticeDecision {
  const { told } = notice;
  const { flapping } = situation;
  if (told?.state === 'flapping') {
    if (flapping !== null) return { action: 'rest', reason: 'flapping', until: flapping.settlesAt };
    return settled(notice, situation, plan);
  }
  const isWanted = plan.isRouted || told?.state === 'firing';
  if (flapping !== null && isWanted && (want.kind !== 'nothing' || told?.state === 'firing')) {
    if (situation.mute !== null) return hold(situation.mute);
    return { action: 'send', phase: 'flapping', step: notice.firings, reason: 'flapping' };
  }
  switch (want.kind) {
    case 'new':
      return begin(notice, want, situation, plan, now);
    case 'ended':
      return end(notice, want, plan, now);
    case 'changed':
      return change(notice, want, situation, plan, now);
    case 'nothing':
      return told?.state === 'firing' ? goOn(notice, situation, plan, now) : atRest(notice, plan);
  }
}

/** The step of the next message of the phase firing: a new one, where the last one may have arrived and said something else. */
function nextFiring({ pending, firings }: Notice, { visible, severity }: Situation): number {
  if (pending?.phase !== 'firing') return firings;
  const { members, severity: said } = pending.speaks;
  const isSame = members.hash === visible.hash && said === severity;
  return pending.maybeTold && !isSame ? pending.step + 1 : pending.step;
}

/** It is over, and people know no other, or nothing at all. */
function atRest({ told, firings, pending }: Notice, { keepsIncidents }: Plan): NoticeDecision {
  // What may have arrived since people heard of the end says that it fires: they hear of the end again.
  const mayFire = pending !== null && mayHaveSaid(pending).some(({ state }) => state !== 'resolved');
  if (pending === null || (pending.phase === 'resolved' && told !== null && !mayFire)) {
    return { action: 'rest', reason: told === null ? 'never_told' : 'told', until: null };
  }
  // It ended while its first message could not be delivered. That may have arrived all the same, so its end is told; and
  // where it did not, people hear of both in one message, where that makes sense.
  const isFirst = !pending.maybeTold && pending.reason !== 'all_resolved';
  const isQuiet = endsQuietly(pending.speaks);
  if (isFirst && (keepsIncidents || isQuiet)) return { action: 'rest', reason: 'ended_before_told', until: null };
  if (isQuiet && pending.phase !== 'resolved') return { action: 'rest', reason: 'resolved_not_wanted', until: null };
  return { action: 'send', phase: 'resolved', step: firings, reason: isFirst ? 'ended_untold' : 'all_resolved' };
}

function begin(notice: Notice, want: Want, situation: Situation, plan: Plan, now: number): NoticeDecision {
  const { dead, told } = notice;
  if (!plan.isRouted)
    return escalate(notice, situation, plan, now) ?? { action: 'rest', reason: 'not_routed', until: null };
  if (situation.mute !== null) return hold(situation.mute);
  if (dead !== null && (dead.hash === situation.visible.hash || now < dead.at + plan.intervalMs)) {
    const until = dead.hash === situation.visible.hash ? null : dead.at + plan.intervalMs;
    return { action: 'rest', reason: 'dead_letter', until };
  }
  // What a mute held back has waited long enough.
  const until = notice.heldSince === null ? want.since + plan.waitMs : now;
  if (now < until) return { action: 'wait', until, reason: 'group_wait' };
  return {
    action: 'send',
    phase: 'firing',
    step: nextFiring(notice, situation),
    reason: told === null ? 'new' : 'fired_again',
  };
}

function end({ waitMs, firings, told }: Notice, want: Want, plan: Plan, now: number): NoticeDecision {
  // It may fire again at once; then people need not hear of the gap. An end passes every mute.
  const until = want.since + waitMs;
  if (now < until) return { action: 'wait', until, reason: 'group_wait' };
  const isQuiet = told !== null && endsQuietly(told);
  if (!plan.tellsResolved || isQuiet) return { action: 'rest', reason: 'resolved_not_wanted', until: null };
  return { action: 'send', phase: 'resolved', step: firings, reason: 'all_resolved' };
}

function change(notice: Notice, want: Want, situation: Situation, plan: Plan, now: number): NoticeDecision {
  const { told, lastAt } = notice;
  const { visible, severity } = situation;
  const isLess = told !== null && visible.total < told.members.total;
  // An end of something that was told passes a mute; anything new waits for its end.
  if (situation.mute !== null && !isLess) return hold(situation.mute);
  const isRaised = told !== null && compareSeverity(severity, told.severity) > 0;
  const isLate = notice.firings === 1 && told !== null && want.since < told.at + LATE_MS && !isLess;
  const intervalMs = isLate ? Math.min(LATE_MS, plan.intervalMs) : plan.intervalMs;
  const until = isRaised ? want.since + plan.waitMs : Math.max((lastAt ?? 0) + intervalMs, want.since + plan.waitMs);
  if (now < until) {
    const step = escalate(notice, situation, plan, now);
    if (step?.action === 'send') return step;
    const next = step?.action === 'rest' && step.until !== null ? Math.min(step.until, until) : until;
    return { action: 'wait', until: next, reason: isRaised ? 'group_wait' : 'group_interval' };
  }
  return {
    action: 'send',
    phase: 'firing',
    step: nextFiring(notice, situation),
    reason: isRaised ? 'severity_raised' : 'changed',
  };
}

/** People were told of flapping, and it has settled: they hear how it stands now. */
function settled(notice: Notice, situation: Situation, plan: Plan): NoticeDecision {
  const { visible, mute } = situation;
  if (visible.total > 0) {
    if (mute !== null) return hold(mute);
    return { action: 'send', phase: 'firing', step: nextFiring(notice, situation), reason: 'settled' };
  }
  if (!plan.tellsResolved) return { action: 'rest', reason: 'resolved_not_wanted', until: null };
  return { action: 'send', phase: 'resolved', step: notice.firings, reason: 'settled' };
}

/** People know how it stands, and it goes on: escalation and reminders, until somebody has it. */
function goOn(notice: Notice, situation: Situation, plan: Plan, now: number): NoticeDecision {
  if (situation.isAcknowledged) {
    if (!plan.acknowledges || notice.told?.acknowledged) return { action: 'rest', reason: 'acknowledged', until: null };
    return { action: 'send', phase: 'firing', step: nextFiring(notice, situation), reason: 'acknowledged' };
  }
  if (situation.mute !== null) return hold(situation.mute);
  const { heldSince, lastAt, reminders } = notice;
  const told = lastAt ?? now;
  const isUnmuted = heldSince !== null && told <= heldSince;
  if (isUnmuted && plan.isRouted)
    return { action: 'send', phase: 'reminder', step: reminders + 1, reason: 'mute_ended' };
  const step = escalate(notice, situation, plan, now);
  if (step?.action === 'send') return step;
  const dueAt = plan.repeatMs > 0 && plan.isRouted ? told + plan.repeatMs : null;
  if (dueAt !== null && now >= dueAt)
    return { action: 'send', phase: 'reminder', step: reminders + 1, reason: 'repeat' };
  const times = [dueAt, step?.action === 'rest' ? step.until : null].filter((time) => time !== null);
  return { action: 'rest', reason: 'told', until: times.length === 0 ? null : Math.min(...times) };
}

/** The next step of the escalation that falls to this channel; null where there is none. */
function escalate(
  { escalation }: Notice,
  { isAcknowledged, mute }: Situation,
  { steps }: Plan,
  now: number,
): NoticeDecision | null {
  const next = steps.find(({ step }) => step > escalation);
  if (next === undefined) return null;
  if (isAcknowledged) return { action: 'rest', reason: 'acknowledged', until: null };
  if (mute !== null) return hold(mute);
  if (next.dueAt === null || now < next.dueAt) return { action: 'rest', reason: 'escalation_later', until: next.dueAt };
  return { action: 'send', phase: 'escalation', step: next.step, reason: 'escalated' };
}

function hold({ reason, by, until }: Mute): NoticeDecision {
  return { action: 'hold', reason, by, until };
}

/** The text whose hash is the idempotency key of a message: nothing in it is this hub's own. */
export function noticeKeyText(
  groupKey: string,
  episode: number,
  channel: string,
  phase: TellPhase,
  step: number,
): string {
  return JSON.stringify([groupKey, episode, channel, phase, step]);
}
