import { type Alert, compareSeverity, SEVERITIES, type Severity } from './alert.ts';

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
  readonly acknowledgedAt: number | null;
  readonly resolvedAt: number | null;
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
  /** The live incident of the alert's key, if any. */
  readonly live: Incident | undefined;
  /** How long after its end a refire reopens an incident, in milliseconds. */
  readonly reopenWithinMs: number;
  readonly now: number;
  readonly newId: () => string;
}

/** An alert starts firing: it joins the live incident, reopens its own recent one, or opens a new one. */
export function joinIncident(
  alert: Pick<Alert, 'name' | 'severity'>,
  key: string,
  title: string,
  context: JoinContext,
): IncidentChange {
  const { previous, now } = context;
  const live = previous !== undefined && isLive(previous) ? previous : context.live;
  if (live !== undefined) {
    const firing = moved(live.firing, null, alert.severity);
    const alertCount = live.alertCount + (previous?.id === live.id ? 0 : 1);
    const incident = { ...live, alertCount, firing, severity: highest(firing, live.severity) };
    return { incident, kind: 'alert_joined', reason: 'alert_fired' };
  }
  const firing = moved(NONE, null, alert.severity);
  // Under another key it stays ended: its own key may have another live incident by now.
  const isOwn = previous?.status === 'resolved' && previous.key === key;
  if (isOwn && now - (previous.resolvedAt ?? 0) <= context.reopenWithinMs) {
    const incident: Incident = { ...previous, status: 'open', severity: alert.severity, resolvedAt: null, firing };
    return { incident: { ...incident, acknowledgedAt: null }, kind: 'reopened', reason: 'refired' };
  }
  const incident: Incident = {
    id: context.newId(),
    key,
    title,
    status: 'open',
    severity: alert.severity,
    openedAt: now,
    acknowledgedAt: null,
    resolvedAt: null,
    alertCount: 1,
    firing,
  };
  return { incident, kind: 'opened', reason: 'new' };
}

/** A firing alert of the incident changes its severity. */
export function reweighIncident(incident: Incident, from: Severity, to: Severity): IncidentChange {
  const firing = moved(incident.firing, from, to);
  const next = { ...incident, firing, severity: highest(firing, incident.severity) };
  return { incident: next, kind: 'severity_changed', reason: 'alert_severity_changed' };
}

/** A firing alert of the incident resolves; with the last one the incident resolves by itself, acknowledged or not. */
export function leaveIncident(incident: Incident, severity: Severity, now: number): IncidentChange {
  const firing = moved(incident.firing, severity, null);
  if (firingTotal(firing) > 0 || !isLive(incident)) {
    const next = { ...incident, firing, severity: highest(firing, incident.severity) };
    return { incident: next, kind: 'alert_left', reason: 'alert_resolved' };
  }
  return {
    incident: { ...incident, firing, status: 'resolved', resolvedAt: now },
    kind: 'resolved',
    reason: 'all_resolved',
  };
}

/** Somebody acknowledges a live incident or takes that back; null when that changes nothing. */
export function acknowledgeIncident(incident: Incident, kind: string, now: number): Incident | null {
  if (kind === 'acknowledged' && incident.status === 'open')
    return { ...incident, status: 'acknowledged', acknowledgedAt: now };
  if (kind === 'unacknowledged' && incident.status === 'acknowledged')
    return { ...incident, status: 'open', acknowledgedAt: null };
  return null;
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
