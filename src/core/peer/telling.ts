import type { Alert } from '../alert/alert.ts';
import type { HistoryEvent } from '../history.ts';
import type { Incident } from '../incident/incident.ts';
import type { Silence } from '../policy/silence.ts';
import { OWN_SOURCE } from '../submission.ts';
import type { ActionDone, AlertAbout, AlertState, PeerEntry } from './entry.ts';
import { begunAt, type Hop, passedOn, type Via } from './path.ts';

/** How things are that events point to, by id. */
export interface Known {
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly incidents: ReadonlyMap<string, Incident>;
  /** Alerts of an incident, some of them, by its id. */
  readonly members: ReadonlyMap<string, readonly Alert[]>;
  readonly silences: ReadonlyMap<string, Silence>;
}

/** What events point to. */
export function wantedOf(events: readonly HistoryEvent[]): {
  readonly alerts: readonly string[];
  readonly incidents: readonly string[];
  readonly silences: readonly string[];
} {
  const of = (subject: string) => [
    ...new Set(events.filter((event) => event.subject === subject).map(({ subjectId }) => subjectId)),
  ];
  const acted = events.filter((event) => event.subject === 'incident' && isAct(event));
  return {
    alerts: of('alert'),
    incidents: [...new Set([...acted.map(({ subjectId }) => subjectId), ...events.flatMap(incidentOf)])],
    silences: of('silence'),
  };
}

/** The entry that an event is told by; null for what follows from others on every hub by itself, and for what has gone far enough. */
export function entryOf(event: HistoryEvent, known: Known, hub: Hop): PeerEntry | null {
  const via = passedOn(viaOf(event, hub), hub);
  if (via === null) return null;
  const head = { ...via, at: stampIn(event), actor: event.actor };
  switch (event.subject) {
    case 'alert': {
      const alert = known.alerts.get(event.subjectId);
      if (alert === undefined || !isTold(event)) return null;
      const incident = known.incidents.get(alert.incidentId ?? '');
      return { ...head, kind: 'alert', alert: stateAt(event, alert, incident?.key ?? alert.name, hub) };
    }
    case 'incident': {
      const incident = known.incidents.get(event.subjectId);
      const action = actionIn(event);
      if (incident === undefined || action === null) return null;
      const alerts = (known.members.get(incident.id) ?? []).map((alert) => aboutOf(alert, hub));
      return { ...head, kind: 'action', action, incidentKey: incident.key, openedAt: incident.openedAt, alerts };
    }
    case 'silence': {
      const silence = known.silences.get(event.subjectId);
      if (silence === undefined || event.reason === 'time_over') return null;
      return { ...head, kind: 'silence', silence };
    }
    case 'instance': {
      const { alerts, by } = event.data;
      if (event.kind !== 'alerts_deleted' || event.reason === 'retention' || !Array.isArray(alerts)) return null;
      const named = (alerts as AlertAbout[]).map((alert) => ({ ...alert, origin: originOf(alert, hub) }));
      return { ...head, kind: 'delete', by: typeof by === 'string' ? by : '', alerts: named };
    }
    default:
      return null;
  }
}

/** How an alert stands now, for a peer that is told of everything that is open. */
export function standingEntry(alert: Alert, incident: Incident | undefined, hub: Hop): PeerEntry {
  return {
    ...begunAt(hub, `now/${alert.id}/${alert.observedAt}/${alert.status}`),
    ...{ at: alert.receivedAt, actor: 'monitor' },
    kind: 'alert',
    alert: stateOf(alert, incident?.key ?? alert.name, hub),
  };
}

/** What people did about an incident that is open, for the same. */
export function standingActs(incident: Incident, members: readonly Alert[], hub: Hop, now: number): PeerEntry[] {
  const alerts = members.map((alert) => aboutOf(alert, hub));
  const make = (action: ActionDone, at: number): PeerEntry => ({
    ...begunAt(hub, `now/${incident.id}/${action.kind}/${at}`),
    ...{ at, actor: 'monitor', kind: 'action', action, incidentKey: incident.key, openedAt: incident.openedAt, alerts },
  });
  const idOf = (kind: string, at: number) => `${hub.marker}:${incident.id}:${kind}:${at}`;
  const acts: PeerEntry[] = [];
  const { acknowledgedAt, acknowledgedBy, acknowledgedUntil, shelvedUntil, shelvedBy, assignee, changedAt } = incident;
  if (incident.status === 'acknowledged' && acknowledgedAt !== null) {
    const said = {
      id: idOf('acknowledge', acknowledgedAt),
      kind: 'acknowledge',
      by: acknowledgedBy ?? '',
      comment: '',
    };
    acts.push(make({ ...said, ...(acknowledgedUntil !== null && { until: acknowledgedUntil }) }, acknowledgedAt));
  }
  if (shelvedUntil !== null && shelvedUntil > now) {
    const said = { id: idOf('shelve', shelvedUntil), kind: 'shelve', by: shelvedBy ?? '', comment: '' };
    acts.push(make({ ...said, until: shelvedUntil }, changedAt));
  }
  if (assignee !== null)
    acts.push(make({ id: idOf('assign', changedAt), kind: 'assign', by: '', comment: '', assignee }, changedAt));
  return acts;
}

/** A silence that holds, for the same. */
export function standingSilence(silence: Silence, hub: Hop): PeerEntry {
  const via = begunAt(hub, `now/${silence.id}/${silence.updatedAt}`);
  return { ...via, at: silence.updatedAt, actor: 'monitor', kind: 'silence', silence };
}

/** The way that an event has come; one that began here begins with its number. */
function viaOf({ seq, data }: HistoryEvent, { marker }: Hop): Via {
  const given = data.peer as Via | undefined;
  const key = `${marker}/${seq}`;
  // What an Alerta sends has no name before it is here.
  return given === undefined ? { key, path: [], urls: [] } : { ...given, key: given.key || key };
}

function stampIn({ at, data }: HistoryEvent): number {
  return typeof data.stamp === 'number' ? data.stamp : at;
}

/** What a person did ends and takes back alerts on every hub by itself. */
function isTold({ data, reason }: HistoryEvent): boolean {
  return reason !== 'ended_by_hand' && data.resolution !== 'ended_by_hand' && data.resolution !== 'deleted';
}

function isAct({ data }: HistoryEvent): boolean {
  return typeof data.action_id === 'string';
}

function incidentOf({ subject, data }: HistoryEvent): readonly string[] {
  return subject === 'alert' && typeof data.incident_id === 'string' ? [data.incident_id] : [];
}

const ACTS: Readonly<Record<string, string>> = {
  ...{ acknowledged: 'acknowledge', unacknowledged: 'unacknowledge', assigned: 'assign', unassigned: 'assign' },
  ...{ noted: 'note', shelved: 'shelve', unshelved: 'unshelve', resolved: 'resolve', closed: 'close' },
  ...{ reopened: 'reopen' },
};

function actionIn(event: HistoryEvent): ActionDone | null {
  const kind = ACTS[event.kind];
  const { action_id: id, by, comment, until, assignee } = event.data;
  if (kind === undefined || typeof id !== 'string') return null;
  const end = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  return {
    ...{ id, kind, by: typeof by === 'string' ? by : '', comment: typeof comment === 'string' ? comment : '' },
    ...(!Number.isNaN(end) && { until: end }),
    ...(kind === 'assign' && { assignee: typeof assignee === 'string' ? assignee : '' }),
  };
}

/** Alerts that a hub raises about itself are another hub's only by its name. */
function originOf({ source, origin }: Pick<Alert, 'source' | 'origin'>, { marker }: Hop): string {
  return source === OWN_SOURCE && origin === '' ? marker : origin;
}

/** What of an alert names it, and lets filters find it. */
export function aboutOf(alert: Alert, hub: Hop): AlertAbout {
  const { id, source, fingerprint, severity, labels, observedAt } = alert;
  return { id, source, origin: originOf(alert, hub), fingerprint, severity, labels, observedAt };
}

function stateOf(alert: Alert, groupKey: string, hub: Hop): AlertState {
  const { name, status, annotations, metrics, startedAt, endedAt } = alert;
  return { ...aboutOf(alert, hub), name, status, annotations, metrics, startedAt, endedAt, groupKey };
}

/** The alert as it was at an event; what the event does not tell, as it is now. */
function stateAt({ at, data, reason }: HistoryEvent, alert: Alert, groupKey: string, hub: Hop): AlertState {
  const status = data.status === 'resolved' ? 'resolved' : 'firing';
  const seen = typeof data.observed_at === 'string' ? Date.parse(data.observed_at) : alert.observedAt;
  const severity = data.severity as Alert['severity'] | undefined;
  const { resolution } = data;
  return {
    ...stateOf(alert, groupKey, hub),
    ...{ status, severity: severity ?? alert.severity, observedAt: seen },
    endedAt: status === 'resolved' ? (alert.endedAt ?? at) : null,
    ...(status === 'resolved' && reason === 'expired' && { isExpired: true as const }),
    ...(typeof resolution === 'string' && { resolution }),
  };
}
