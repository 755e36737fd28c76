import type { Alert } from '../alert/alert.ts';
import type { HistoryEvent } from '../history.ts';
import type { Incident } from '../incident/incident.ts';
import type { NoticeAttempt } from '../notice/delivery.ts';
import { NO_CHANNEL, type Notice, type TellPhase } from '../notice/notice.ts';
import { type Untold, untoldOf } from './untold.ts';

/** All that is stored of an incident, and of the alert that is asked about. */
export interface ExplainInput {
  readonly incident: Incident;
  /** null where the whole incident is asked about. */
  readonly alertId: string | null;
  /** Alerts of the incident, the one that is asked about among them. */
  readonly alerts: readonly Pick<Alert, 'id' | 'name' | 'source' | 'origin' | 'fingerprint'>[];
  /** Of the incident and its alerts, oldest first. */
  readonly events: readonly HistoryEvent[];
  readonly notices: readonly Notice[];
  /** Oldest first. */
  readonly attempts: readonly NoticeAttempt[];
  /** Whether notices follow the history of this store, or ever have. */
  readonly isFollowed: boolean;
  /** What holds something back, by its id, for people. */
  readonly names?: ReadonlyMap<string, string>;
}

/** What one channel told, and what it did not tell and why. */
export interface ChannelStory {
  /** Its id; null where no route names one. */
  readonly channel: string | null;
  /** Messages that arrived, oldest first. */
  readonly told: readonly { readonly phase: TellPhase; readonly at: number; readonly answer: string }[];
  readonly attempts: number;
  /** What people have not heard, with its one reason; null where they have heard all there is. */
  readonly untold: Untold | null;
  /** Places in the configuration that named the channel. */
  readonly places: readonly string[];
}

/** One step of the life. */
export type Step =
  | { readonly at: number; readonly kind: 'event'; readonly event: HistoryEvent }
  | { readonly at: number; readonly kind: 'attempt'; readonly attempt: NoticeAttempt; readonly why: string };

/** The life of an alert or an incident, from its receipt to what people were told. */
export interface Explanation {
  readonly isTold: boolean;
  /** Why nobody was told; null where somebody was. */
  readonly untold: Untold | null;
  readonly channels: readonly ChannelStory[];
  readonly steps: readonly Step[];
}

// What is in hand comes before what is over: the first of these is why nobody was told of an incident at all.
const IN_HAND = ['under_way', 'retry', 'channel_down', 'rate', 'group_wait', 'group_interval', 'escalation_later'];

/** Explains what is stored; nothing but its argument counts. */
export function explain(input: ExplainInput): Explanation {
  const { notices, isFollowed, incident } = input;
  const channels = notices.map((notice) => storyOf(notice, input));
  const isTold = channels.some(({ told }) => told.length > 0);
  const routed = channels.filter(({ channel }) => channel !== null);
  const reasons = (routed.length > 0 ? routed : channels).flatMap(({ untold }) => untold ?? []);
  const first = isUnrouted(input) ? UNROUTED : (reasons.find(({ reason }) => IN_HAND.includes(reason)) ?? reasons[0]);
  const isOver = incident.status === 'resolved' || incident.status === 'closed';
  // Without a row nobody has looked: nobody was to be told while it lasted, or it is about to be looked at.
  const none: Untold = { what: 'all', reason: isFollowed && !isOver ? 'not_looked_at' : 'no_channels', detail: {} };
  return {
    isTold,
    untold: isTold ? null : (first ?? none),
    channels: routed,
    steps: stepsOf(input),
  };
}

const UNROUTED: Untold = { what: 'all', reason: 'not_routed', detail: {} };

/** Whether no route matched the alert that is asked about, whatever became of others of its incident. */
function isUnrouted({ alertId, events }: ExplainInput): boolean {
  return events.some(
    ({ kind, reason, subjectId }) => kind === 'notice_skipped' && reason === 'not_routed' && subjectId === alertId,
  );
}

function storyOf(notice: Notice, input: ExplainInput): ChannelStory {
  const { alertId } = input;
  const own = input.attempts.filter(({ channel }) => channel === notice.channel);
  const mine = alertId === null ? own : own.filter((attempt) => isAbout(attempt, alertId, input));
  const told = mine
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ phase, at, reason }) => ({ phase, at, answer: reason }));
  return {
    channel: notice.channel === NO_CHANNEL ? null : notice.channel,
    told,
    attempts: mine.length,
    untold:
      told.length === 0 && isUnrouted(input)
        ? UNROUTED
        : named(
            untoldOf(notice, {
              ...{ ...input, isTold: told.length > 0, isLive: isLive(input), lastAttempt: mine.at(-1) },
              isEndTold: alertId !== null && isEndTold(own, alertId, input),
            }),
            input,
          ),
    places: notice.places,
  };
}

function named(untold: Untold | null, { names }: ExplainInput): Untold | null {
  const name = names?.get(untold?.detail.by ?? '');
  return untold === null || name === undefined ? untold : { ...untold, detail: { ...untold.detail, named: name } };
}

/** Whether what is asked about fires still. */
function isLive({ incident, alertId, events }: ExplainInput): boolean {
  if (alertId === null) return incident.status === 'open' || incident.status === 'acknowledged';
  return fires(alertId, Number.POSITIVE_INFINITY, events);
}

/** Whether a message spoke of an alert: by the names that it bore, else by whether the alert fired then. */
function isAbout(attempt: NoticeAttempt, alertId: string, { events, attempts }: ExplainInput): boolean {
  if (attempt.phase === 'resolved') {
    const before = attempts.filter(({ channel, at }) => channel === attempt.channel && at < attempt.at);
    return before.some(
      (one) => one.phase !== 'resolved' && isAbout(one, alertId, { events, attempts } as ExplainInput),
    );
  }
  const data = eventOf(attempt, events)?.data;
  const names = Array.isArray(data?.alerts) ? data.alerts : null;
  if (names?.includes(alertId)) return true;
  if (names !== null && Number(data?.alert_count) <= names.length && names.length > 0) return false;
  return fires(alertId, attempt.at, events);
}

/** Whether a message that arrived since an alert ended is of its end, or leaves it out of what fires. */
function isEndTold(attempts: readonly NoticeAttempt[], alertId: string, input: ExplainInput): boolean {
  const end = input.events.findLast(({ subjectId, kind }) => subjectId === alertId && kind === 'resolved');
  if (end === undefined) return false;
  const since = attempts.filter(({ outcome, at }) => outcome === 'ok' && at >= end.at);
  return since.some((attempt) => attempt.phase === 'resolved' || !isAbout(attempt, alertId, input));
}

/** The event of an attempt. What was given up and is sent again later has the same key: then the nearest of them. */
function eventOf(attempt: NoticeAttempt, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  const own = events.filter((event) => isOf(event, attempt));
  return own.toSorted((a, b) => Math.abs(a.at - attempt.at) - Math.abs(b.at - attempt.at))[0];
}

function isOf({ kind, data }: HistoryEvent, { key, channel }: NoticeAttempt): boolean {
  return ATTEMPT_EVENTS.includes(kind) && data.key === key && data.channel === channel;
}

function fires(alertId: string, at: number, events: readonly HistoryEvent[]): boolean {
  const turns = events.filter((event) => event.subjectId === alertId && !event.kind.startsWith('notice_'));
  const last = turns.filter((event) => event.at <= at).at(-1);
  return last !== undefined && last.kind !== 'resolved';
}

// Attempts stand among the steps themselves, with their answers.
const ATTEMPT_EVENTS: readonly string[] = ['notice_sent', 'notice_failed', 'notice_dead'];

function stepsOf(input: ExplainInput): readonly Step[] {
  const { alertId, incident, events, attempts } = input;
  const shown = events.filter(({ subjectId, kind, reason, subject }) => {
    if (kind === 'notice_sent' || kind === 'notice_failed') return false;
    // That it was given up stands there already.
    if (kind === 'notice_skipped' && reason === 'dead_letter') return false;
    return alertId === null || subject !== 'alert' || subjectId === alertId || subjectId === incident.id;
  });
  const tried = alertId === null ? attempts : attempts.filter((attempt) => isAbout(attempt, alertId, input));
  const steps: Step[] = [
    ...shown.map((event): Step => ({ at: event.at, kind: 'event', event })),
    ...tried.map((attempt): Step => {
      const why = eventOf(attempt, events)?.reason ?? attempt.phase;
      return { at: attempt.at, kind: 'attempt', attempt, why };
    }),
  ];
  return steps.sort((a, b) => a.at - b.at);
}
