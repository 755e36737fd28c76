import type { HistoryEvent } from '../history.ts';
import type { TellPhase } from '../notice/notice.ts';
import { OWN_SOURCE } from '../submission.ts';
import type { ChannelStory, ExplainInput, Explanation, Step } from './explain.ts';
import type { Untold, UntoldReason } from './untold.ts';

type Detail = Untold['detail'];

const by = ({ by: id, named }: Detail, what: string) =>
  `${what}${id === undefined ? '' : ` ${id}`}${named === undefined ? '' : ` (${named})`}`;
const until = ({ until: at }: Detail) => (at === undefined ? '' : `, until ${secondText(at)}`);
const at = ({ until: time }: Detail) => (time === undefined ? 'soon' : `at ${secondText(time)}`);
const said = ({ said: words }: Detail) => (words === undefined ? '' : `: ${words}`);

/** Each reason in words, as the end of `Nobody was told: …`. */
const REASONS: Readonly<Record<UntoldReason, (detail: Detail) => string>> = {
  silenced: (detail) => `held back by ${by(detail, 'silence')}${until(detail)}`,
  maintenance: (detail) => `held back by ${by(detail, 'the maintenance window')}${until(detail)}`,
  inhibited: (detail) => `inhibited by ${by(detail, 'alert')}, which fires`,
  depends_on: (detail) => `held back while what it depends on fires: ${by(detail, 'alert')}`,
  muted_time: (detail) => `held back by ${by(detail, 'the mute interval')}${until(detail)}`,
  inactive_time: (detail) => `outside of ${by(detail, 'the active interval')}${until(detail)}`,
  shelved: (detail) => `it is shelved${until(detail)}`,
  group_wait: (detail) => `the first message is due ${at(detail)}, so that what comes together is one (group_wait)`,
  group_interval: (detail) => `changes are told together, the next time ${at(detail)} (group_interval)`,
  under_way: () => 'a message is on its way',
  retry: (detail) => `the last attempt failed${said(detail)}; the next one is ${at(detail)}`,
  rate: (detail) => `the channel has had as many messages as its rate allows; the next one is ${at(detail)}`,
  channel_down: (detail) => `the channel fails${said(detail)}; it is tried again ${at(detail)}`,
  ended_within_wait: () => 'it ended before its first message was due',
  ended_undelivered: (detail) => `it ended before a message could be delivered${said(detail)}`,
  joined_and_ended: () => 'it joined the incident and ended between two messages',
  resolved_not_wanted: () =>
    'ends are not told here (on_resolved: none of the channel, or send_on_resolved: false of the alert)',
  dead_letter: (detail) =>
    `the message was given up${said(detail)}; to send it again: monitor outbox retry ${detail.outbox ?? 'ID'}`,
  dropped: (detail) => `the message was dropped${detail.by === undefined ? '' : ` by ${detail.by}`}${said(detail)}`,
  flapping: (detail) => `it flaps: people hear of it when it has settled${until(detail)}`,
  acknowledged: () => 'somebody has acknowledged it',
  escalation_later: (detail) => `only a step of the escalation names the channel, and is due ${at(detail)}`,
  channel_removed: () => 'the channel is not configured any more',
  not_routed: () => 'no route names a channel for it',
  no_channels: () => 'no channel was configured while it lasted (MONITOR_NOTIFY_URL, or notify: in monitor.yaml)',
  no_incident: () => 'it has never been part of an incident',
  not_looked_at: () => 'it has not been looked at yet; a hub with a channel does so within a second',
};

/** Why people have not heard something, in words. */
export function reasonText({ what, reason, detail }: Untold): string {
  if (what === 'end' && reason === 'group_wait') return `it is due ${at(detail)}, unless it fires again (group_wait)`;
  return REASONS[reason](detail);
}

const PHASES: Readonly<Record<TellPhase, string>> = {
  firing: 'that it fires',
  resolved: 'that it is over',
  reminder: 'that it still fires',
  escalation: 'that nobody has acknowledged it',
  flapping: 'that it flaps',
};

const NOT_HEARD = { all: 'told nobody', change: 'what changed is not told', end: 'its end is not told' } as const;

/** What one channel told and did not tell, a sentence each. */
export function storyText({ told, untold }: ChannelStory): readonly string[] {
  const lines = told
    .slice(-5)
    .map(({ phase, at: time, answer }) => `told ${PHASES[phase]}, ${secondText(time)}: ${answer}`);
  const more = told.length > lines.length ? [`told ${told.length - lines.length} times before`] : [];
  const rest = untold === null ? [] : [`${NOT_HEARD[untold.what]}: ${reasonText(untold)}`];
  return [...more, ...lines, ...rest];
}

/** What it came to, in one sentence. */
export function verdictText({ untold, channels }: Explanation): string {
  if (untold !== null) return `Nobody was told: ${reasonText(untold)}.`;
  const heard = channels.filter(({ told }) => told.length > 0).map(({ channel }) => channel);
  return `People were told by ${heard.join(', ')}.`;
}

/** One step in words. */
export function stepText(step: Step, context: Pick<ExplainInput, 'alerts' | 'names'>): string {
  if (step.kind === 'event') return eventText(step.event, context);
  const { channel, phase, attempt, outcome, reason, tookMs, digest } = step.attempt;
  const number = attempt === 1 ? '' : `, attempt ${attempt}`;
  const how = outcome === 'ok' ? 'arrived' : outcome === 'unknown' ? 'may have arrived' : 'failed';
  const time = tookMs === null ? '' : ` in ${tookMs} ms`;
  const whole = digest === null ? '' : ` in digest ${digest}`;
  return `${channel}: ${phase}${whole} (${step.why})${number} ${how}${time}: ${reason}`;
}

const NOTICE_WORDS: Readonly<Record<string, string>> = {
  ended_before_told: 'it ended before a message could be delivered',
  never_told: 'it ended, and nobody had been told of it',
  resolved_not_wanted: 'ends are not told here',
  acknowledged: 'no more reminders: somebody has acknowledged it',
  dead_letter: 'nothing new to try: the message was given up',
  channel_removed: 'the channel is not configured any more',
  flapping: 'it flaps, and that was told',
  not_routed: 'no route names a channel for it: nobody is told',
};

function eventText(event: HistoryEvent, { alerts, names }: Pick<ExplainInput, 'alerts' | 'names'>): string {
  const { kind, reason, actor, data, subject } = event;
  const channel = typeof data.channel === 'string' ? `${data.channel}: ` : '';
  const text = (name: string) => (typeof data[name] === 'string' ? (data[name] as string) : '');
  if (kind === 'notice_held') {
    const end = text('until') === '' ? {} : { until: Date.parse(text('until')) };
    const name = names?.get(text('by'));
    const detail = { by: text('by'), ...end, ...(name !== undefined && { named: name }) };
    const untold = { what: 'all', reason: reason as UntoldReason, detail } as const;
    return `${channel}${subject === 'alert' ? 'this alert is ' : ''}${Object.hasOwn(REASONS, reason) ? reasonText(untold) : reason}`;
  }
  if (kind === 'notice_waiting')
    return `${channel}waits until ${secondText(Date.parse(text('until')))}, so that what comes together is one message (${reason})`;
  if (kind === 'notice_skipped') return `${channel}${NOTICE_WORDS[reason] ?? reason}`;
  if (kind === 'notice_dead') return `${channel}given up (${text('phase')}): ${text('answer')}`;
  if (kind === 'notice_retried' || kind === 'notice_dropped') {
    const done = kind === 'notice_retried' ? 'to be sent again' : 'dropped';
    return `${channel}${done}, by ${text('by') || actor}${commentOf(data)}`;
  }
  if (kind.startsWith('notice_')) return `${channel}${kind.slice('notice_'.length)} (${reason}) by ${actor}`;
  const message = text('message') === '' ? '' : `: ${text('message')}`;
  const severity = text('severity') === '' ? '' : ` ${text('severity')}`;
  if (subject !== 'alert')
    return actionText(event) ?? `incident ${kind}${severity} (${reason}) by ${actor}${commentOf(data)}`;
  const alert = alerts.find(({ id }) => id === event.subjectId);
  const name = alert === undefined ? 'alert' : `alert "${alert.name}"`;
  return `${name} ${kind}${severity} (${reason}), ${receiptText(actor, alert?.source)}${message}`;
}

// Ends of an acknowledgement that nobody asked for; `by` is who had it.
const ENDS = ['recovered', 'severity_raised', 'expired'];

/** What a person did about an incident: who, by which way, until when, and what they said; undefined where nobody says who. */
function actionText({ kind, reason, actor, data }: HistoryEvent): string | undefined {
  const { by, until, assignee } = data;
  if (typeof by !== 'string') return undefined;
  if (kind === 'unacknowledged' && ENDS.includes(reason))
    return `the acknowledgement${by === '' ? '' : ` of ${by}`} ended (${reason})`;
  const to = typeof assignee === 'string' ? ` to ${assignee}` : '';
  const end = typeof until === 'string' ? ` until ${secondText(Date.parse(until))}` : '';
  return `incident ${kind}${to}${end} (${reason}) by ${by === '' ? actor : `${by} (${actor})`}${commentOf(data)}`;
}

function receiptText(actor: string, source: string | undefined): string {
  if (source === undefined) return `by ${actor}`;
  if (actor === 'api' || actor.startsWith('link:')) return `by a person (${actor})`;
  if (source === OWN_SOURCE) return 'by the hub itself';
  if (source === 'local') return 'by the checks of this machine';
  return `received ${actor === source ? '' : `from ${actor} `}by the driver ${source}`;
}

function commentOf({ comment }: HistoryEvent['data']): string {
  return typeof comment === 'string' && comment !== '' ? `: ${comment}` : '';
}

/** A time to the second: `2026-03-29 12:00:05 UTC`. */
export function secondText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
