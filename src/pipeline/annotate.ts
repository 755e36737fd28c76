import type { ActionKind } from '../core/action/action.ts';
import { decideAction } from '../core/action/decide.ts';
import type { IncomingNote } from '../core/alert/note.ts';
import type { NewEvent } from '../core/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { Submission } from '../core/submission.ts';
import type { AlertIdentity, StoredAlert } from '../stores/contract/ingest.ts';
import type { Correlation } from './correlate.ts';
import type { Deduped } from './dedup.ts';

/** One note of a batch. */
export interface NoteItem {
  readonly submission: Submission;
  readonly identity: AlertIdentity;
  /** The incident itself, where another tool was told of it by this hub; else it is that of the alert. */
  readonly incidentId: string | null;
  readonly note: IncomingNote;
}

/** What the notes of a batch add to its changes. */
export interface Annotations {
  readonly events: readonly NewEvent[];
  /** Incidents that were acknowledged or taken back, as they stand now. */
  readonly incidents: readonly Incident[];
  /** Submissions that moved an incident so. */
  readonly movers: readonly Submission[];
}

/**
 * Stage 5: notes become events of the alert they speak of; an acknowledgement also moves its live incident, unless it is
 * older than what is stored of the alert: one that comes late, or is sent again, must not quieten what fired since. A
 * note of an alert that was never seen has nothing to stand with and is left out. `stored` are the alerts of the notes.
 */
export function annotate(
  items: readonly NoteItem[],
  stored: readonly (StoredAlert | undefined)[],
  drafts: Deduped['drafts'],
  correlations: readonly Correlation[],
  found: readonly Incident[],
): Annotations {
  if (items.length === 0) return { events: [], incidents: [], movers: [] };
  const incidents = new Map(found.map((incident) => [incident.id, incident]));
  for (const { change } of correlations) incidents.set(change.incident.id, change.incident);
  const events: NewEvent[] = [];
  const moved = new Map<string, Incident>();
  const movers: Submission[] = [];
  const move = (next: Incident, submission: Submission, data: NewEvent['data'], kind: IncomingNote['kind']) => {
    const { actor, receivedAt: at } = submission;
    incidents.set(next.id, next);
    moved.set(next.id, next);
    movers.push(submission);
    events.push({ at, subject: 'incident', subjectId: next.id, kind, reason: 'told', actor, data });
  };
  items.forEach(({ submission, identity, note, incidentId }, index) => {
    const { actor, receivedAt: at } = submission;
    if (incidentId !== null) {
      const own = incidents.get(incidentId);
      const next = own === undefined || note.at < own.openedAt ? null : movedBy(note, own, actor, at);
      if (next !== null) move(next, submission, { by: note.by }, note.kind);
      return;
    }
    const alert = drafts.get(identity.key) ?? stored[index];
    if (alert === undefined) return;
    const data = {
      message: note.message,
      by: note.by,
      noted_at: new Date(note.at).toISOString(),
      incident_id: alert.incidentId,
    };
    const isLate = note.at < (stored[index]?.observedAt ?? 0);
    const reason = isLate ? 'stale' : 'told';
    events.push({ at, subject: 'alert', subjectId: alert.id, kind: note.kind, reason, actor, data });
    const incident = incidents.get(alert.incidentId ?? '');
    const next = incident === undefined || isLate ? null : movedBy(note, incident, actor, at);
    if (next === null) return;
    move(next, submission, { by: note.by, alert_id: alert.id }, note.kind);
  });
  return { events, incidents: [...moved.values()], movers };
}

const ACTION_OF: Partial<Record<IncomingNote['kind'], ActionKind & ('acknowledge' | 'unacknowledge')>> = {
  acknowledged: 'acknowledge',
  unacknowledged: 'unacknowledge',
};

/** The incident after a note that is an action at its sender's, too; null when it changes nothing. */
function movedBy({ kind, by }: IncomingNote, incident: Incident, actor: string, at: number): Incident | null {
  const action = ACTION_OF[kind];
  if (action === undefined) return null;
  const decision = decideAction(
    incident,
    { ...{ id: '', incidentId: incident.id, comment: '' }, kind: action, by, actor },
    at,
  );
  return decision.outcome === 'done' ? decision.incident : null;
}
