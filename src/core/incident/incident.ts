import { type Alert, compareSeverity, SEVERITIES, type Severity } from '../alert/alert.ts';

/** Where an incident stands. Open and acknowledged ones are live: at most one of them a key. */
export type IncidentStatus = 'open' | 'acknowledged' | 'resolved' | 'closed';

/** Firing alerts of an incident by severity. */
export type FiringCounts = Readonly<Record<Severity, number>>;

/** Alerts that people should hear of as one thing: the row of the `incidents` table. Times are UTC milliseconds. */
export interface Incident {
  /** UUIDv7. */
  readonly id: string;
  /** Grouping key: alerts with the same key share the live incident. */
  readonly key: string;
  readonly title: string;
  readonly status: IncidentStatus;
  /** Highest among the firing alerts; the last one it had when none fires. */
  readonly severity: Severity;
  readonly openedAt: number;
  /** When somebody last acknowledged it; kept when it resolves. */
  readonly acknowledgedAt: number | null;
  /** Who did, also after their time has run out; '' when the name is not known, null when nobody did. */
  readonly acknowledgedBy: string | null;
  /** When the acknowledgement runs out; null for not before the incident ends. */
  readonly acknowledgedUntil: number | null;
  /** Who works on it; null for nobody. */
  readonly assignee: string | null;
  /** Until when its notices are held back, by the word of a person; null for not. */
  readonly shelvedUntil: number | null;
  readonly shelvedBy: string | null;
  readonly resolvedAt: number | null;
  /** When an alert last joined, left or changed its severity, or somebody acted on it. */
  readonly changedAt: number;
  /** Alerts that ever joined. */
  readonly alertCount: number;
  readonly firing: FiringCounts;
}

/** What happened to an incident, and why: one entry of its history. */
export interface IncidentChange {
  readonly incident: Incident;
  readonly kind: 'opened' | 'reopened' | 'alert_joined' | 'alert_left' | 'severity_changed' | 'resolved';
  readonly reason: 'new' | 'refired' | 'alert_fired' | 'alert_resolved' | 'alert_severity_changed' | 'all_resolved';
}

/** Whether alerts still join it. */
export function isLive(incident: Pick<Incident, 'status'>): boolean {
  return incident.status === 'open' || incident.status === 'acknowledged';
}

/** All firing alerts of an incident, of any severity. */
export function firingTotal(firing: FiringCounts): number {
  return firing.critical + firing.warning + firing.info;
}

/** What `joinIncident` may choose from, and how it chooses. */
export interface JoinContext {
  /** The incident the alert belonged to last, if any. */
  readonly previous: Incident | undefined;
  /** Of the alert's key, the live incident, or where none lives the one opened last; if there is any. */
  readonly latest: Incident | undefined;
  /** How long after its end a refire reopens an incident, in milliseconds. */
  readonly reopenWithinMs: number;
  readonly now: number;
  readonly newId: () => string;
}

/**
 * An alert starts firing: it joins the live incident, reopens a recent one, or opens a new one. Only an alert that fired
 * before reopens one, and only the last of its key, for people have gone on from those before: so no alert comes back to
 * an incident that it has left, and `alertCount` counts each once.
 */
export function joinIncident(
  alert: Pick<Alert, 'name' | 'severity'>,
  key: string,
  title: string,
  { previous, latest, reopenWithinMs, now, newId }: JoinContext,
): IncidentChange {
  const live = [previous, latest].find((incident) => incident !== undefined && isLive(incident));
  const withIt = (incident: Incident) => incident.alertCount + (previous?.id === incident.id ? 0 : 1);
  if (live !== undefined) {
    const firing = moved(live.firing, null, alert.severity);
    const incident = weighed({ ...live, alertCount: withIt(live), firing }, now);
    return { incident, kind: 'alert_joined', reason: 'alert_fired' };
  }
  const firing = moved(NONE, null, alert.severity);
  // One that comes from another key, by a change of the configuration, or whose incident a person closed, begins anew.
  const refires = previous?.status === 'resolved' && previous.key === key;
  if (refires && latest?.status === 'resolved' && now - (latest.resolvedAt ?? 0) <= reopenWithinMs) {
    const alertCount = withIt(latest);
    const again = { ...UNACKNOWLEDGED, severity: alert.severity, resolvedAt: null, changedAt: now };
    return { incident: { ...latest, ...again, alertCount, firing }, kind: 'reopened', reason: 'refired' };
  }
  const incident: Incident = {
    id: newId(),
    key,
    title,
    severity: alert.severity,
    openedAt: now,
    ...UNTOUCHED,
    resolvedAt: null,
    changedAt: now,
    alertCount: 1,
    firing,
  };
  return { incident, kind: 'opened', reason: 'new' };
}

/** A firing alert of the incident changes its severity. */
export function reweighIncident(incident: Incident, from: Severity, to: Severity, now: number): IncidentChange {
  const firing = moved(incident.firing, from, to);
  const next = weighed({ ...incident, firing }, now);
  return { incident: next, kind: 'severity_changed', reason: 'alert_severity_changed' };
}

/** A firing alert of the incident resolves; with the last one the incident resolves by itself, acknowledged or not. */
export function leaveIncident(incident: Incident, severity: Severity, now: number): IncidentChange {
  const firing = moved(incident.firing, severity, null);
  if (firingTotal(firing) > 0 || !isLive(incident)) {
    const next = { ...incident, firing, severity: highest(firing, incident.severity), changedAt: now };
    return { incident: next, kind: 'alert_left', reason: 'alert_resolved' };
  }
  return {
    incident: { ...incident, firing, status: 'resolved', resolvedAt: now, acknowledgedUntil: null, changedAt: now },
    kind: 'resolved',
    reason: 'all_resolved',
  };
}

/** An incident that nobody has acknowledged. */
export const UNACKNOWLEDGED = {
  ...({ status: 'open', acknowledgedAt: null } as const),
  ...{ acknowledgedBy: null, acknowledgedUntil: null },
};

/** What stands in an incident on which nobody has acted. */
export const UNTOUCHED = { ...UNACKNOWLEDGED, assignee: null, shelvedUntil: null, shelvedBy: null };

/** A live incident after what fires in it has changed. Who acknowledged it has not seen what is worse: that ends with it. */
function weighed(incident: Incident, changedAt: number): Incident {
  const severity = highest(incident.firing, incident.severity);
  const isRaised = compareSeverity(severity, incident.severity) > 0;
  const isUnseen = isRaised && incident.status === 'acknowledged';
  return { ...incident, severity, changedAt, ...(isUnseen && UNACKNOWLEDGED) };
}

const NONE: FiringCounts = { critical: 0, warning: 0, info: 0 };

function moved(firing: FiringCounts, from: Severity | null, to: Severity | null): FiringCounts {
  const next = { ...firing };
  if (from !== null) next[from] = Math.max(0, next[from] - 1);
  if (to !== null) next[to] += 1;
  return next;
}

function highest(firing: FiringCounts, otherwise: Severity): Severity {
  const present = SEVERITIES.filter((severity) => firing[severity] > 0);
  return present.sort((a, b) => compareSeverity(b, a))[0] ?? otherwise;
}
