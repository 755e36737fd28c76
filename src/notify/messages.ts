import { type Alert, compareSeverity, type Severity } from '../core/alert/alert.ts';
import type { Incident } from '../core/incident/incident.ts';
import { titleNow } from '../core/incident/title.ts';
import type { DigestLine, NoticeMessage } from '../core/notice/message.ts';
import { changeSince, episodeOf, isToldOf, type Notice, type Pending } from '../core/notice/notice.ts';
import type { NoticeReads } from '../stores/contract/notices.ts';
import type { Outgoing } from './attempts.ts';
import { closesOf } from './closes.ts';
import { dedupKeyOf, digestKeyOf } from './keys.ts';

/** What messages are made of beside their incidents. */
export interface MessageParts {
  readonly store: Pick<NoticeReads, 'alertsForMessage' | 'hasLiveTold'>;
  /** Whether the target of a channel has incidents of its own. */
  readonly keepsIncidents: (channel: string) => boolean;
  readonly hub: NoticeMessage['hub'];
  readonly hash: (text: string) => string;
  /** Addresses in the hub for a message about an incident on a channel. */
  readonly links: (incidentId: string, channel: string) => NoticeMessage['links'];
  /** How many incidents an alert holds back, as their parent. */
  readonly heldCount: (alertId: string) => number;
}

// As many as somebody reads; the rest is counted.
const ALERTS_SHOWN = 50;
const LINES_SHOWN = 20;
// Of a digest, for programs that read lists of alerts: as many as any of them takes in one body.
const ALERTS_LISTED = 200;

/**
 * The message of one claimed notice, or the digest of several: as things stand now, under the key of their claim. null
 * where what was to be told is not so any more: then it must be decided anew.
 */
export async function messageOf(
  parts: MessageParts,
  outgoing: readonly Outgoing[],
  at: number,
): Promise<NoticeMessage | null> {
  const [first] = outgoing;
  if (first === undefined) throw new Error('a message about nothing');
  const digest = first.notice.pending?.digest ?? null;
  const isSingle = digest === null || outgoing.length === 1;
  const message = await (isSingle ? single(parts, first, at) : digestOf(parts, outgoing, digest, at));
  if (message === null || !parts.keepsIncidents(first.notice.channel)) return message;
  const closes = await closesOf(parts, outgoing);
  return closes.length === 0 ? message : { ...message, closes };
}

async function single(parts: MessageParts, { notice, incident }: Outgoing, at: number): Promise<NoticeMessage | null> {
  const { pending } = notice;
  if (pending === null) throw new Error('a message that is not claimed');
  const all = await parts.store.alertsForMessage(incident.id, ALERTS_SHOWN);
  if (isOutdated(all, notice, pending)) return null;
  const alerts = all.filter((alert) => isListed(alert, notice, pending)).toSorted(worstFirst);
  const change = changeSince(notice, pending.speaks);
  const held = alerts.reduce((sum, alert) => sum + (alert.status === 'firing' ? parts.heldCount(alert.id) : 0), 0);
  return {
    phase: pending.phase,
    step: pending.phase === 'reminder' || pending.phase === 'escalation' ? pending.step : 0,
    key: pending.key,
    at,
    hub: parts.hub,
    channel: notice.channel,
    incident: incidentOf(parts, incident, notice, pending, alerts),
    digest: null,
    alerts: alerts.map(alertOf),
    more: Math.max(0, toldTotal(incident, pending, change) - alerts.length),
    groupLabels: {},
    evidence: [],
    runbook: runbookOf(alerts),
    links: parts.links(incident.id, notice.channel),
    remarks: remarksOf(pending, incident, held, change),
    firstRef: notice.told !== null && notice.told.state !== 'resolved' ? notice.told.ref : null,
    ...(pending.reason === 'acknowledged' && { acknowledges: true }),
    amends: pending.phase === 'resolved' || (pending.reason === 'changed' && change.joined === 0),
  };
}

/** A FIRING of what has ended since, or a RESOLVED of what fires again. */
function isOutdated(alerts: readonly Alert[], { told }: Notice, { speaks }: Pending): boolean {
  const firing = alerts.filter(({ status }) => status === 'firing').map(({ id }) => id);
  if (speaks.state === 'firing') return speaks.members.total > 0 && firing.length === 0;
  return speaks.state === 'resolved' && firing.some((id) => told?.members.ids.includes(id));
}

type Change = ReturnType<typeof changeSince>;

/**
 * Whether a message lists an alert. What fires, where no mute holds it back; of what has ended that of which people do not
 * know yet, but with an end, and where it flaps, all of it. Reminders and escalations tell of what fires and nothing else.
 */
function isListed(alert: Alert, notice: Notice, pending: Pending): boolean {
  const { phase, speaks } = pending;
  const isEnded = alert.status === 'resolved';
  if (speaks.state === 'resolved' || (phase === 'flapping' && isEnded)) return isEnded;
  return isEnded ? phase === 'firing' && isToldOf(notice, alert.id) : isTold(alert, pending);
}

/** How many alerts there are of which that message could tell. */
function toldTotal(incident: Incident, { phase, speaks }: Pending, { ended }: Change): number {
  if (speaks.state === 'resolved' || phase === 'flapping') return incident.alertCount;
  return speaks.members.total + (phase === 'firing' ? ended : 0);
}

/** Alerts that a mute holds back are not told with the others. */
function isTold({ id }: Alert, { speaks }: Pending): boolean {
  return speaks.members.total > speaks.members.ids.length || speaks.members.ids.includes(id);
}

function incidentOf(
  { hash }: MessageParts,
  incident: Incident,
  notice: Notice,
  { speaks }: Pending,
  alerts: readonly Alert[],
): NoticeMessage['incident'] {
  const episode = episodeOf(notice);
  const isOver = speaks.state === 'resolved';
  const ends = alerts.flatMap(({ endedAt }) => endedAt ?? []);
  return {
    id: incident.id,
    key: incident.key,
    dedupKey: dedupKeyOf(hash, incident.key, episode),
    // What is told, not what the incident was called when it opened.
    title: titleNow(incident, alerts[0]),
    status: statusOf(incident, isOver),
    severity: speaks.severity,
    startedAt: episode ?? incident.openedAt,
    endedAt: isOver ? (incident.resolvedAt ?? Math.max(incident.openedAt, ...ends)) : null,
    acknowledgedBy: incident.status === 'acknowledged' ? (incident.acknowledgedBy ?? '') : null,
    firing: incident.firing,
    total: incident.alertCount,
  };
}

/** By what is told, whatever the incident came to since it was looked at. */
function statusOf({ status }: Incident, isOver: boolean): Incident['status'] {
  const isEnded = status === 'resolved' || status === 'closed';
  if (isEnded === isOver) return status;
  return isOver ? 'resolved' : 'open';
}

function alertOf(alert: Alert): NoticeMessage['alerts'][number] {
  const { id, source, origin, fingerprint, name, status, severity, labels, annotations, metrics, startedAt } = alert;
  const maps = { labels, annotations, metrics };
  return { id, source, origin, fingerprint, name, status, severity, ...maps, startedAt, endedAt: alert.endedAt };
}

/** The first address of a runbook among the alerts; only http and https, for it becomes a link. */
function runbookOf(alerts: readonly Alert[]): string | null {
  const given = alerts.flatMap(({ annotations }) => annotations.runbook_url ?? annotations.runbook ?? []);
  return given.find((text) => /^https?:\/\/\S+$/i.test(text)) ?? null;
}

function remarksOf(
  { phase, reason, step }: Pending,
  incident: Incident,
  held: number,
  change: Change,
): readonly string[] {
  const remarks: string[] = [];
  if (reason === 'severity_raised') remarks.push('it has become worse');
  if (reason === 'fired_again') remarks.push('it fires again');
  if (reason === 'changed' || reason === 'severity_raised') remarks.push(...changeRemarks(change));
  if (held > 0) remarks.push(`${held} ${held === 1 ? 'incident is' : 'incidents are'} held back because of it`);
  if (phase === 'escalation') remarks.push(`nobody has acknowledged it: step ${step} of the escalation`);
  if (phase === 'flapping') remarks.push('it opens and ends again and again: you hear of it when it has settled');
  if (reason === 'mute_ended') remarks.push('it is still there at the end of what held it back');
  if (reason === 'settled') remarks.push('it has settled');
  if (incident.status === 'open' && incident.acknowledgedBy !== null) {
    const by = incident.acknowledgedBy === '' ? '' : ` of ${incident.acknowledgedBy}`;
    remarks.push(`the acknowledgement${by} has run out`);
  }
  if (phase === 'resolved' && incident.acknowledgedAt !== null) {
    const by = incident.acknowledgedBy ? ` of ${incident.acknowledgedBy}` : '';
    remarks.push(`the acknowledgement${by} has ended with it`);
  }
  if (reason === 'ended_untold') remarks.push('it ended before this message could be delivered');
  return remarks;
}

function changeRemarks({ joined, ended }: Change): readonly string[] {
  const parts = [...(joined > 0 ? [`${joined} more`] : []), ...(ended > 0 ? [`${ended} ended`] : [])];
  return parts.length === 0 ? [] : [`since the last message: ${parts.join(', ')}`];
}

async function digestOf(
  parts: MessageParts,
  outgoing: readonly Outgoing[],
  digest: string,
  at: number,
): Promise<NoticeMessage> {
  const [first] = outgoing as [Outgoing, ...Outgoing[]];
  const { channel } = first.notice;
  const entries = outgoing.flatMap(({ notice, incident }) => {
    const { pending } = notice;
    return pending === null ? [] : [{ pending, incident, episode: episodeOf(notice) }];
  });
  const firing = entries.filter(({ pending }) => pending.speaks.state !== 'resolved');
  const lines = entries
    .map(
      ({ pending, incident, episode }): DigestLine => ({
        incidentId: incident.id,
        title: incident.title,
        status: pending.speaks.state === 'resolved' ? 'resolved' : incident.status,
        severity: pending.speaks.severity,
        startedAt: episode ?? incident.openedAt,
        link: parts.links(incident.id, channel).incident,
      }),
    )
    .sort(worstFirst);
  const incidents = new Map(entries.map(({ incident }) => [incident.id, incident]));
  const shown: DigestLine[] = [];
  for (const line of lines.slice(0, LINES_SHOWN)) {
    const incident = incidents.get(line.incidentId);
    const [worst] = (await parts.store.alertsForMessage(line.incidentId, ALERTS_SHOWN)).toSorted(worstFirst);
    shown.push(incident === undefined ? line : { ...line, title: titleNow(incident, worst) });
  }
  const key = digestKeyOf(
    parts.hash,
    entries.map(({ pending }) => pending.key),
  );
  const alerts = entries.reduce((sum, { incident }) => sum + incident.alertCount, 0);
  const severity = lines[0]?.severity ?? 'info';
  const title = `${entries.length} incidents: ${firing.length} firing, ${entries.length - firing.length} over`;
  return {
    phase: 'digest',
    step: 0,
    key,
    at,
    hub: parts.hub,
    channel,
    incident: {
      ...{ id: digest, key: digest, dedupKey: key, title, severity },
      status: firing.length > 0 ? 'open' : 'resolved',
      startedAt: Math.min(...lines.map(({ startedAt }) => startedAt)),
      endedAt: null,
      acknowledgedBy: null,
      firing: bySeverity(firing.map(({ pending }) => pending.speaks.severity)),
      total: entries.length,
    },
    digest: {
      incidents: entries.length,
      firing: firing.length,
      resolved: entries.length - firing.length,
      alerts,
      lines: shown,
      more: Math.max(0, lines.length - LINES_SHOWN),
      listed: await listedOf(parts, entries),
    },
    alerts: [],
    more: alerts,
    groupLabels: {},
    evidence: [],
    runbook: null,
    links: { incident: null, acknowledge: null, silence: null },
    remarks: [],
    firstRef: null,
    amends: false,
  };
}

/** Alerts that a digest tells of: those of what fires first, worst first. */
async function listedOf(
  { store }: MessageParts,
  entries: readonly { readonly pending: Pending; readonly incident: Incident }[],
): Promise<NoticeMessage['alerts']> {
  const ranked = entries.toSorted((a, b) => worstFirst(rankOf(a), rankOf(b)));
  const listed: Alert[] = [];
  for (const { pending, incident } of ranked) {
    const room = ALERTS_LISTED - listed.length;
    if (room <= 0) break;
    const all = await store.alertsForMessage(incident.id, Math.min(room, ALERTS_SHOWN));
    const isOver = pending.speaks.state === 'resolved';
    const firing = isOver ? [] : all.filter((alert) => alert.status === 'firing' && isTold(alert, pending));
    // Of what has ended since, the next message tells.
    if (!isOver && firing.length === 0) continue;
    listed.push(...firing, ...all.filter(({ status }) => status === 'resolved'));
  }
  return listed.map(alertOf);
}

function rankOf({ pending: { speaks } }: { readonly pending: Pending }): Ranked {
  return { status: speaks.state, severity: speaks.severity };
}

interface Ranked {
  readonly status: string;
  readonly severity: Severity;
}

/** What is over comes last, and before it what is worse comes first. */
function worstFirst(a: Ranked, b: Ranked): number {
  return Number(a.status === 'resolved') - Number(b.status === 'resolved') || compareSeverity(b.severity, a.severity);
}

function bySeverity(severities: readonly Severity[]): Record<Severity, number> {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const severity of severities) counts[severity] += 1;
  return counts;
}
