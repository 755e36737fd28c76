import type { NewEvent } from '../core/history.ts';
import { type Incident, isLive } from '../core/incident/incident.ts';
import { cutText } from '../core/reading/json.ts';
import type { Answer, Counts, Submission } from '../core/submission.ts';
import type { AlertWrite, Changes, ReplayRecord } from '../stores/contract/ingest.ts';
import { type Entry, isOpen } from './admit.ts';
import type { Annotations } from './annotate.ts';
import type { Correlation } from './correlate.ts';
import type { Deduped, Transition } from './dedup.ts';
import type { TakenEvents } from './events.ts';
import type { Presence } from './presence.ts';
import { recoveryRemarks } from './recover.ts';

// A message in the history is for reading, not for keeping the whole text a second time.
const MESSAGE_CHARS = 500;

/** Stage 6: what the transaction writes, and what each submission is answered. */
export function record(
  entries: readonly Entry[],
  { transitions, drafts, confirmed }: Deduped,
  correlations: readonly Correlation[],
  annotations: Annotations,
  presence: Presence,
  { samples, replays }: TakenEvents,
): { readonly changes: Changes; readonly answers: readonly Answer[] } {
  const counts = countAll(transitions, correlations, annotations);
  const recoveries = recoveryRemarks(transitions);
  const answerOf = (entry: Entry): Answer => {
    const settled = entry.settled ?? entry.twin?.settled ?? null;
    if (settled !== null) return settled;
    const { submission } = entry.twin ?? entry;
    const { errors, remarks, leftOut } = (entry.twin ?? entry).submission;
    const told = recoveries.get(submission);
    const all = told === undefined ? remarks : [...told, ...(remarks ?? [])];
    const own = entry.submission.isOwnNotice ? { isOwnNotice: true as const } : {};
    return {
      outcome: 'committed',
      counts: counts.get(submission) ?? noCounts(),
      errors,
      remarks: all,
      ...own,
      ...(leftOut !== undefined && { leftOut }),
    };
  };
  const answers = entries.map(answerOf);
  const changes: Changes = {
    alerts: alertWrites(drafts),
    confirmed: [...confirmed.values()],
    incidents: incidentWrites(correlations, annotations),
    events: [...eventsOf(transitions, correlations), ...annotations.events],
    instances: [...presence.instances.values()],
    replays: [...entries.flatMap((entry, index) => replayRecord(entry, answers[index])), ...replays],
    samples,
  };
  return { changes, answers };
}

function replayRecord(entry: Entry, answer: Answer | undefined): ReplayRecord[] {
  const { replay, receivedAt } = entry.submission;
  if (replay === null || !isOpen(entry)) return [];
  return [{ key: replay.key, signature: replay.signature, answer: JSON.stringify(answer), at: receivedAt }];
}

function alertWrites(drafts: Deduped['drafts']): AlertWrite[] {
  return Array.from(drafts.values(), (alert) => ({
    key: alert.key,
    mode: alert.mode,
    ref: alert.ref,
    alert,
    checkAt: alert.checkAt,
  }));
}

function incidentWrites(correlations: readonly Correlation[], annotations: Annotations): Incident[] {
  const last = new Map<string, Incident>();
  for (const { change } of correlations) last.set(change.incident.id, change.incident);
  for (const incident of annotations.incidents) last.set(incident.id, incident);
  // Ended ones first: a key may have one live incident only, also between two statements.
  return [...last.values()].sort((a, b) => Number(isLive(a)) - Number(isLive(b)));
}

const KIND = { open: 'opened', update: 'updated', resolve: 'resolved' } as const;

function eventsOf(transitions: readonly Transition[], correlations: readonly Correlation[]): NewEvent[] {
  const events: NewEvent[] = [];
  const byTransition = new Map(correlations.map((correlation) => [correlation.transition, correlation]));
  for (const transition of transitions) {
    const { item, decision, before, after } = transition;
    const { action } = decision;
    if (after === undefined || action === 'refresh' || action === 'confirm' || action === 'drop') continue;
    const { actor, receivedAt: at, via } = item.submission;
    const data: Record<string, unknown> = {
      status: after.status,
      severity: after.severity,
      incident_id: after.incidentId,
    };
    if (before !== undefined && before.severity !== after.severity) data.previous_severity = before.severity;
    const message = after.annotations.message;
    if (message !== undefined) data.message = cutText(message, MESSAGE_CHARS);
    if (item.incoming.resolution !== undefined) data.resolution = item.incoming.resolution;
    data.observed_at = new Date(after.observedAt).toISOString();
    if (via !== undefined) data.peer = via;
    events.push({
      at,
      subject: 'alert',
      subjectId: after.id,
      kind: KIND[action],
      reason: decision.reason,
      actor,
      data,
    });
    const correlation = byTransition.get(transition);
    if (correlation !== undefined) events.push(...incidentEvent(correlation, after.id, actor, at));
  }
  return events;
}

/** An incident's own history tells its turns; who joined and left stands in the alerts' events. */
function incidentEvent({ before, change }: Correlation, alertId: string, actor: string, at: number): NewEvent[] {
  const { incident, reason } = change;
  const severityChanged = before !== undefined && before.severity !== incident.severity;
  const turned = change.kind === 'opened' || change.kind === 'reopened' || change.kind === 'resolved';
  const ended = acknowledgementEnd({ before, incident }, actor, at);
  if (!turned && !severityChanged) return ended;
  const kind = turned ? change.kind : 'severity_changed';
  const data: Record<string, unknown> = { status: incident.status, severity: incident.severity, alert_id: alertId };
  if (severityChanged) data.previous_severity = before.severity;
  return [{ at, subject: 'incident', subjectId: incident.id, kind, reason, actor, data }, ...ended];
}

/** An acknowledgement ends by itself with the problem, and when it becomes worse than what was seen. */
function acknowledgementEnd(
  { before, incident }: { readonly before: Incident | undefined; readonly incident: Incident },
  actor: string,
  at: number,
): NewEvent[] {
  if (before?.status !== 'acknowledged' || incident.status === 'acknowledged') return [];
  const reason = isLive(incident) ? 'severity_raised' : 'recovered';
  const data = { by: before.acknowledgedBy ?? '' };
  return [{ at, subject: 'incident', subjectId: incident.id, kind: 'unacknowledged', reason, actor, data }];
}

function countAll(
  transitions: readonly Transition[],
  correlations: readonly Correlation[],
  annotations: Annotations,
): Map<Submission, Counts> {
  const counts = new Map<Submission, Counts>();
  const of = (submission: Submission) =>
    counts.get(submission) ?? counts.set(submission, noCounts()).get(submission) ?? noCounts();
  for (const { item, decision } of transitions) {
    if (decision.action === 'drop' || decision.action === 'confirm') continue;
    const count = of(item.submission);
    if (decision.reason === 'new') count.alertsCreated += 1;
    else if (decision.action === 'resolve') count.alertsResolved += 1;
    else count.alertsUpdated += 1;
  }
  const touched = new Map<Submission, Set<string>>();
  for (const { transition, change } of correlations) {
    const { submission } = transition.item;
    const seen = touched.get(submission) ?? new Set<string>();
    touched.set(submission, seen);
    if (seen.has(change.incident.id)) continue;
    seen.add(change.incident.id);
    if (change.kind === 'opened') of(submission).incidentsCreated += 1;
    else of(submission).incidentsUpdated += 1;
  }
  for (const submission of annotations.movers) of(submission).incidentsUpdated += 1;
  return counts;
}

function noCounts(): Counts {
  return { alertsCreated: 0, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };
}
