import type { NewEvent } from '../history.ts';
import { type Incident, isLive, UNACKNOWLEDGED } from '../incident/incident.ts';
import type { Action, DoneReason, RefusedReason, UnchangedReason } from './action.ts';

/** What is decided of an action, with its reason. */
export type ActionDecision =
  | {
      readonly outcome: 'done';
      readonly reason: DoneReason;
      /** As it will stand. */
      readonly incident: Incident;
      readonly event: NewEvent;
      /** Whether the alerts of the incident that fire end with it. */
      readonly endsAlerts: boolean;
    }
  | {
      readonly outcome: 'unchanged';
      readonly reason: UnchangedReason;
      /** What they said about it all the same; null for nothing. */
      readonly event: NewEvent | null;
    }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason };

/**
 * What an action does to its incident. `latest` is the live incident of the same key, or the last one, which may be the
 * incident itself: a key has one live incident at most.
 */
export function decideAction(
  incident: Incident | undefined,
  action: Action,
  now: number,
  latest?: Incident,
): ActionDecision {
  if (incident === undefined) return refused('not_found');
  const live = isLive(incident);
  const done = (kind: string, change: Partial<Incident>, reason: DoneReason = 'asked', data = {}) => ({
    outcome: 'done' as const,
    reason,
    incident: { ...incident, ...change, changedAt: now },
    event: eventOf(action, incident, kind, reason, data, now),
    endsAlerts: false,
  });
  const unchanged = (reason: UnchangedReason) => ({
    outcome: 'unchanged' as const,
    reason,
    event: action.comment === '' ? null : eventOf(action, incident, 'noted', reason, {}, now),
  });
  switch (action.kind) {
    case 'acknowledge': {
      if (!live) return refused('is_over');
      const until = action.until ?? null;
      if (until !== null && until <= now) return refused('until_is_past');
      const who = { acknowledgedAt: now, acknowledgedBy: action.by };
      const change = { status: 'acknowledged', ...who, acknowledgedUntil: until } as const;
      const end = until === null ? {} : { until: new Date(until).toISOString() };
      if (incident.status === 'open') return done('acknowledged', change, 'asked', end);
      if (action.by !== '' && action.by !== incident.acknowledgedBy)
        return done('acknowledged', change, 'taken_over', { previously: incident.acknowledgedBy, ...end });
      if (until === null || until === incident.acknowledgedUntil) return unchanged('already_acknowledged');
      return done('acknowledged', { acknowledgedUntil: until }, 'end_moved', end);
    }
    case 'unacknowledge':
      if (!live) return refused('is_over');
      if (incident.status === 'open') return unchanged('not_acknowledged');
      return done('unacknowledged', UNACKNOWLEDGED);
    case 'assign': {
      const { assignee } = incident;
      if (incident.status === 'closed') return refused('is_closed');
      if (action.assignee === (assignee ?? ''))
        return unchanged(assignee === null ? 'not_assigned' : 'already_assigned');
      if (action.assignee === '') return done('unassigned', { assignee: null }, 'asked', { previously: assignee });
      const moved = assignee === null ? {} : { previously: assignee };
      const data = { assignee: action.assignee, ...moved };
      return done('assigned', { assignee: action.assignee }, assignee === null ? 'asked' : 'reassigned', data);
    }
    case 'note':
      return action.comment.trim() === '' ? refused('note_is_empty') : done('noted', {});
    case 'shelve': {
      if (!live) return refused('is_over');
      if (action.until <= now) return refused('until_is_past');
      if (action.until === incident.shelvedUntil) return unchanged('already_shelved');
      const change = { shelvedUntil: action.until, shelvedBy: action.by };
      const reason = isShelved(incident, now) ? 'end_moved' : 'asked';
      return done('shelved', change, reason, { until: new Date(action.until).toISOString() });
    }
    case 'unshelve':
      if (!isShelved(incident, now)) return unchanged('not_shelved');
      return done('unshelved', { shelvedUntil: null, shelvedBy: null });
    case 'resolve':
      if (!live) return unchanged(incident.status === 'closed' ? 'already_closed' : 'already_resolved');
      return {
        ...done('resolved', { status: 'resolved', resolvedAt: now, acknowledgedUntil: null }),
        endsAlerts: true,
      };
    case 'close':
      if (incident.status === 'closed') return unchanged('already_closed');
      return {
        ...done('closed', { status: 'closed', resolvedAt: incident.resolvedAt ?? now, acknowledgedUntil: null }),
        endsAlerts: live,
      };
    case 'reopen': {
      if (live) return unchanged('already_open');
      if (latest !== undefined && latest.id !== incident.id && isLive(latest)) return refused('another_is_open');
      return done('reopened', { ...UNACKNOWLEDGED, resolvedAt: null });
    }
  }
}

/** An acknowledged incident whose acknowledgement has run out: it is open again, and who had it stays known. */
export function expireAcknowledgement(
  incident: Incident,
  now: number,
): { readonly incident: Incident; readonly event: NewEvent } {
  const by = incident.acknowledgedBy ?? '';
  return {
    incident: { ...incident, ...UNACKNOWLEDGED, acknowledgedBy: by, changedAt: now },
    event: {
      ...({ at: now, subject: 'incident', subjectId: incident.id, kind: 'unacknowledged', reason: 'expired' } as const),
      ...{ actor: 'monitor', data: { by } },
    },
  };
}

/** Whether notices of an incident are held back because somebody shelved it. */
export function isShelved({ shelvedUntil }: Pick<Incident, 'shelvedUntil'>, now: number): boolean {
  return shelvedUntil !== null && now < shelvedUntil;
}

function refused(reason: RefusedReason): ActionDecision {
  return { outcome: 'refused', reason };
}

function eventOf(
  { id, actor, by, comment }: Action,
  incident: Incident,
  kind: string,
  reason: string,
  more: Readonly<Record<string, unknown>>,
  now: number,
): NewEvent {
  const data = { by, ...(comment !== '' && { comment }), ...more, action_id: id };
  return { at: now, subject: 'incident', subjectId: incident.id, kind, reason, actor, data };
}
