import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import { firingTotal, type Incident } from '../../core/incident/incident.ts';
import { iso } from '../../core/iso-time.ts';
import type { SourceReport } from '../../core/source-report.ts';
import type { AlertView, IncidentView, Page } from '../../stores/contract/reads.ts';

/** An alert as the API gives it: snake_case, ISO times. */
export function alertJson(alert: AlertView) {
  return {
    id: alert.id,
    source: alert.source,
    origin: alert.origin,
    fingerprint: alert.fingerprint,
    name: alert.name,
    status: alert.status,
    severity: alert.severity,
    labels: alert.labels,
    annotations: withMetrics(alert),
    metrics: alert.metrics,
    started_at: iso(alert.startedAt),
    ended_at: iso(alert.endedAt),
    observed_at: iso(alert.observedAt),
    received_at: iso(alert.receivedAt),
    last_seen_at: iso(alert.lastSeenAt),
    occurrences: alert.occurrences,
    incident_id: alert.incidentId,
  };
}

/** An incident as the API gives it; as an action answers it, with the title that it had when it opened. */
export function incidentJson(incident: Incident & Partial<IncidentView>) {
  const { titleNow = incident.title, unknownCount = 0 } = incident;
  return {
    id: incident.id,
    key: incident.key,
    title: titleNow,
    status: incident.status,
    severity: incident.severity,
    opened_at: iso(incident.openedAt),
    acknowledged_at: iso(incident.acknowledgedAt),
    acknowledged_by: incident.acknowledgedBy,
    acknowledged_until: iso(incident.acknowledgedUntil),
    assignee: incident.assignee,
    shelved_until: iso(incident.shelvedUntil),
    shelved_by: incident.shelvedBy,
    resolved_at: iso(incident.resolvedAt),
    changed_at: iso(incident.changedAt),
    alert_count: incident.alertCount,
    firing_count: Math.max(0, firingTotal(incident.firing) - unknownCount),
    unknown_count: unknownCount,
  };
}

/** A history event as the API gives it. */
export function eventJson({ seq, at, subject, subjectId, kind, reason, actor, data }: HistoryEvent) {
  return { seq, at: iso(at), subject, subject_id: subjectId, kind, reason, actor, data };
}

/** An instance as the API gives it; `status` is `silent` while it has not been heard for too long. */
export function instanceJson(instance: Instance) {
  return {
    instance_id: instance.instanceId,
    hostname: instance.hostname,
    version: instance.version,
    status: instance.silentSince === null ? 'heard' : 'silent',
    first_seen_at: iso(instance.firstSeenAt),
    last_seen_at: iso(instance.lastSeenAt),
    silent_since: iso(instance.silentSince),
    clock_offset_ms: instance.clockOffsetMs,
  };
}

/** What is known of a source, as the API gives it. */
export function sourceJson({ source, heardAt, remark, remarkAt, refusal, refusedAt, ownNotices }: SourceReport) {
  return {
    source,
    last_heard_at: iso(heardAt),
    last_remark: remark,
    last_remark_at: iso(remarkAt),
    last_refusal: refusal,
    last_refused_at: iso(refusedAt),
    own_notices: ownNotices,
  };
}

/** A page of a list as the API gives it; the cursor is opaque to clients. */
export function pageJson<T, J>({ items, nextCursor }: Page<T>, json: (item: T) => J) {
  const cursor = nextCursor === null ? null : Buffer.from(nextCursor).toString('base64url');
  return { items: items.map(json), next_cursor: cursor };
}

/** Annotations with the metrics as JSON text, where readers of the wire format 1.0 look for them. */
function withMetrics({ annotations, metrics }: AlertView): AlertView['annotations'] {
  return Object.keys(metrics).length === 0 ? annotations : { ...annotations, metrics: JSON.stringify(metrics) };
}
