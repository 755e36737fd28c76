import { SEVERITIES, type Severity } from '../alert/alert.ts';
import { spanText } from '../figures.ts';
import { firingTotal } from '../incident/incident.ts';
import { clipLine } from './clip.ts';
import { type DigestLine, type Evidence, isOver, type NoticeAlert, type NoticeMessage } from './message.ts';

/** The colour of a message. */
export type Tone = Severity | 'resolved' | 'neutral';

/** A link to a page, always http or https. */
export interface WordedLink {
  readonly label: 'Acknowledge' | 'Incident' | 'Silence' | 'Runbook';
  readonly url: string;
}

/** What a message says, in words and without markup: channels only lay it out. All texts are on one line. */
export interface Wording {
  readonly tone: Tone;
  /** Severity, what and where: equal in all messages of an incident but for its first word. */
  readonly title: string;
  /** Severity, what, where, since when. */
  readonly headline: string;
  /** What stands in the headline behind the title: `since 2026-03-29 12:00 UTC`. */
  readonly when: string;
  /** Why this message comes, and the operator's hints. */
  readonly remarks: readonly string[];
  /** One line an alert, or an incident of a digest. */
  readonly items: readonly string[];
  /** How many items are left out. */
  readonly more: number;
  readonly evidence: readonly Evidence[];
  /** Names and values worth a table. */
  readonly facts: readonly Evidence[];
  /** Acknowledge, incident, silence, runbook, as far as there are any. */
  readonly links: readonly WordedLink[];
  /** Who tells, and how this message is called. */
  readonly footer: string;
}

const LINE = 1000;
const TITLE = 300;
// A machine may have a host name and be called otherwise here.
const MACHINE = ['hostname', 'instance_id', 'host', 'instance', 'node'];
const WHERE = [...MACHINE, 'pod', 'service'];

/** The words of a message. */
export function wordingOf(message: NoticeMessage): Wording {
  const { incident, digest, evidence, hub } = message;
  const title = titleOf(message);
  const when = whenOf(message);
  const items = digest === null ? message.alerts.map(alertLine) : digest.lines.map(digestLine);
  return {
    tone: toneOf(message),
    title,
    when,
    headline: when === '' ? title : `${title}, ${when}`,
    remarks: [...statusRemarks(message), ...message.remarks.map((remark) => clipLine(remark, LINE))],
    items,
    more: digest === null ? message.more : digest.more,
    evidence: evidence.map(({ name, value }) => ({ name: clipLine(name, 200), value: clipLine(value, LINE) })),
    facts: factsOf(message),
    links: linksOf(message),
    footer: clipLine(`${hub.name || 'monitor'} · ${incident.id}`, 200),
  };
}

/** The first word of a message: severity, unless it says something else. */
function wordOf({ phase, step, incident }: NoticeMessage): string {
  const severity = incident.severity.toUpperCase();
  if (phase === 'test') return 'TEST';
  if (phase === 'digest') return `DIGEST, ${severity}`;
  if (phase === 'flapping') return incident.endedAt === null ? `FLAPPING, ${severity}` : 'FLAPPING, now RESOLVED';
  if (phase === 'resolved') return 'RESOLVED';
  if (phase === 'reminder') return `STILL ${severity}`;
  if (phase === 'escalation') return `ESCALATED ${step > 0 ? `(${step}) ` : ''}${severity}`;
  return severity;
}

/** The title without its first word: for subjects that have to stay equal, and targets with incidents of their own. */
export function subjectOf(message: NoticeMessage): string {
  const title = clipLine(message.incident.title, TITLE) || 'unnamed';
  const live = liveOf(message.alerts);
  const [first = '', ...others] = [...new Set(live.map(placeOf).filter((place) => place !== ''))];
  if (first === '' || live.some((alert) => saysWhere(title, alert))) return title;
  return `${title} on ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

function titleOf(message: NoticeMessage): string {
  return `${wordOf(message)}: ${subjectOf(message)}`;
}

/** Colour of a message. */
function toneOf(message: NoticeMessage): Tone {
  if (message.phase === 'test') return 'neutral';
  return isOver(message) ? 'resolved' : message.incident.severity;
}

/** Whether a text has that name as a word of its own: `a` is none of `Load`. */
function mentions(text: string, name: string): boolean {
  const isPart = (character = '') => /[\p{L}\p{N}]/u.test(character);
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + name.length])) return true;
  }
  return false;
}

/** What fires, or did when nothing fires any more; the worst first. */
function liveOf(alerts: readonly NoticeAlert[]): readonly NoticeAlert[] {
  const firing = alerts.filter(({ status }) => status === 'firing');
  return firing.length > 0 ? firing : alerts;
}

function placeOf({ labels, origin }: NoticeAlert): string {
  return placeNames(labels, WHERE, origin)[0] ?? '';
}

/** Whether a text names the place of an alert already, by whichever of its names. */
function saysWhere(text: string, alert: NoticeAlert): boolean {
  const names = [placeOf(alert), ...placeNames(alert.labels, MACHINE, alert.origin)];
  return names.some((name) => name !== '' && mentions(text, name));
}

function placeNames(labels: NoticeAlert['labels'], among: readonly string[], origin: string): readonly string[] {
  const named = among.map((label) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''));
  return [origin, ...named].map((name) => clipLine(name, 100)).filter((name) => name !== '');
}

function whenOf(message: NoticeMessage): string {
  const { incident, phase } = message;
  const { startedAt, endedAt } = incident;
  if (phase === 'test') return `sent ${timeText(message.at)}`;
  if (!isOver(message)) return `since ${timeText(startedAt)}`;
  const end = endedAt ?? message.at;
  return `after ${spanText(Math.max(0, end - startedAt))} (${timeText(startedAt)} to ${timeText(end)})`;
}

/** A time as people read it: `2026-03-29 12:00 UTC`. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function alertLine(alert: NoticeAlert): string {
  const { name, annotations } = alert;
  const said = [annotations.message, annotations.summary, annotations.description].find((text) => text?.trim());
  const place = placeOf(alert);
  const at = place === '' || saysWhere(name, alert) ? '' : ` on ${place}`;
  const state = alert.status === 'resolved' ? 'resolved' : alert.severity;
  return clipLine(`${state}: ${name}${at}${said === undefined || said === name ? '' : `: ${said}`}`, LINE);
}

function digestLine({ title, status, severity, startedAt }: DigestLine): string {
  const isOpen = status === 'open' || status === 'acknowledged';
  return clipLine(`${isOpen ? severity : 'resolved'}: ${title}, since ${timeText(startedAt)}`, LINE);
}

function statusRemarks({ incident, digest, phase }: NoticeMessage): readonly string[] {
  if (digest !== null) {
    const { incidents, firing, resolved, alerts } = digest;
    return [`${incidents} incidents: ${firing} firing, ${resolved} resolved; ${alerts} alerts`];
  }
  if (phase === 'test') return ['This is a test: nothing is wrong.'];
  const { acknowledgedBy } = incident;
  if (acknowledgedBy === null || phase === 'resolved') return [];
  return [acknowledgedBy === '' ? 'Acknowledged' : clipLine(`Acknowledged by ${acknowledgedBy}`, LINE)];
}

function factsOf(message: NoticeMessage): readonly Evidence[] {
  const { incident, alerts, groupLabels, digest, phase } = message;
  if (phase === 'test' || digest !== null) return [];
  const counts = SEVERITIES.filter((severity) => incident.firing[severity] > 0);
  const firing = counts.map((severity) => `${incident.firing[severity]} ${severity}`).join(', ');
  const total = firingTotal(incident.firing);
  const sources = [...new Set(alerts.map(({ source }) => source))].join(', ');
  const facts = [
    { name: 'Severity', value: incident.severity },
    { name: 'Alerts', value: total === 0 ? `${incident.total}` : `${total} firing of ${incident.total} (${firing})` },
    { name: 'Source', value: sources },
    ...Object.entries(groupLabels).map(([name, value]) => ({ name, value })),
  ];
  return facts
    .map(({ name, value }) => ({ name: clipLine(name, 200), value: clipLine(value, 300) }))
    .filter(({ name, value }) => name !== '' && value !== '');
}

function linksOf(message: NoticeMessage): readonly WordedLink[] {
  const { links, runbook } = message;
  const isLive = !isOver(message) && message.phase !== 'test' && message.phase !== 'digest';
  const wanted: readonly [WordedLink['label'], string | null][] = [
    ['Acknowledge', isLive && message.incident.acknowledgedBy === null ? links.acknowledge : null],
    ['Incident', links.incident],
    ['Silence', isLive ? links.silence : null],
    ['Runbook', runbook],
  ];
  return wanted.flatMap(([label, url]) => (url !== null && isWebAddress(url) ? [{ label, url }] : []));
}

/** Whether a text is an address that a browser opens and nothing else: http or https, without blanks or control characters. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}"'<>\\`]+$/iu.test(text) && text.length <= 2000;
}
