import type { Selectable } from 'kysely';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { SourceReport } from '../../core/source-report.ts';
import type { AlertContent } from '../contract/ingest.ts';
import type { InstanceKey } from '../contract/keys.ts';
import type { AlertView } from '../contract/reads.ts';
import type { AlertRow, AlertStateRow, EventRow, IncidentRow, InstanceRow, KeyRow, SourceRow } from './tables.ts';

/** An alert's row as people see it; `unknown` is true while its instance is silent. */
export function alertOf(row: Selectable<AlertRow> & AlertStateRow & { unknown: number }): AlertView {
  const { labels, annotations, metrics } = JSON.parse(row.content) as AlertContent;
  return {
    id: row.id,
    source: row.source,
    origin: row.origin,
    fingerprint: row.fingerprint,
    name: row.name,
    status: row.unknown ? 'unknown' : row.status,
    severity: row.severity,
    labels,
    annotations,
    metrics,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    observedAt: row.observed_at,
    receivedAt: row.received_at,
    lastSeenAt: row.last_seen_at,
    occurrences: row.occurrences,
    incidentId: row.incident_id,
    expiresAt: row.expires_at,
  };
}

/** An incident from its row. */
export function incidentOf(row: IncidentRow): Incident {
  return {
    id: row.id,
    key: row.key,
    title: row.title,
    status: row.status,
    severity: row.severity,
    openedAt: row.opened_at,
    acknowledgedAt: row.acknowledged_at,
    resolvedAt: row.resolved_at,
    alertCount: row.alert_count,
    firing: { critical: row.firing_critical, warning: row.firing_warning, info: row.firing_info },
  };
}

/** A history event from its row. */
export function eventOf(row: Selectable<EventRow>): HistoryEvent {
  const { seq, at, subject, subject_id: subjectId, kind, reason, actor } = row;
  return { seq, at, subject, subjectId, kind, reason, actor, data: JSON.parse(row.data) };
}

/** An instance from its row. */
export function instanceOf(row: InstanceRow): Instance {
  return {
    instanceId: row.instance_id,
    hostname: row.hostname,
    version: row.version,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    clockOffsetMs: row.clock_offset_ms,
    staleAt: row.stale_at,
    silentSince: row.silent_since,
  };
}

/** A key from its row. */
export function keyOf(row: KeyRow): InstanceKey {
  const { id, instance_id: instanceId, secret, created_at: createdAt, expires_at: expiresAt } = row;
  return { id, instanceId, secret, createdAt, expiresAt };
}

/** What is known of a source, from its row. */
export function sourceOf({ source, heard_at, remark, remark_at, refusal, refused_at }: SourceRow): SourceReport {
  return { source, heardAt: heard_at, remark, remarkAt: remark_at, refusal, refusedAt: refused_at };
}
