import type { Generated } from 'kysely';

/** Columns of the tables as both engines give them: text, and whole numbers for times and counts. */
export interface Tables {
  alerts: AlertRow;
  alert_states: AlertStateRow;
  incidents: IncidentRow;
  events: EventRow;
  instances: InstanceRow;
  instance_keys: KeyRow;
  sources: SourceRow;
}

/** Row of `alerts`: what stays while an alert repeats. */
export interface AlertRow {
  rid: Generated<number>;
  id: string;
  source: string;
  origin: string;
  fingerprint: string;
  name: string;
  status: 'firing' | 'resolved';
  severity: 'critical' | 'warning' | 'info';
  started_at: number;
  ended_at: number | null;
  received_at: number;
  incident_id: string | null;
}

/** Row of `alert_states`: what every repeat rewrites. `content` is JSON text of labels, annotations and metrics. */
export interface AlertStateRow {
  rid: number;
  observed_at: number;
  last_seen_at: number;
  occurrences: number;
  content: string;
  expires_at: number | null;
}

/** Row of `incidents`. */
export interface IncidentRow {
  id: string;
  key: string;
  title: string;
  status: 'open' | 'acknowledged' | 'resolved' | 'closed';
  severity: 'critical' | 'warning' | 'info';
  opened_at: number;
  acknowledged_at: number | null;
  resolved_at: number | null;
  alert_count: number;
  firing_critical: number;
  firing_warning: number;
  firing_info: number;
}

/** Row of `events`; data is JSON text. */
export interface EventRow {
  seq: Generated<number>;
  at: number;
  subject: 'alert' | 'incident';
  subject_id: string;
  kind: string;
  reason: string;
  actor: string;
  data: string;
}

/** Row of `instances`. */
export interface InstanceRow {
  instance_id: string;
  hostname: string;
  version: string;
  first_seen_at: number;
  last_seen_at: number;
  clock_offset_ms: number | null;
  stale_at: number;
  silent_since: number | null;
}

/** Row of `instance_keys`. */
export interface KeyRow {
  id: string;
  instance_id: string;
  secret: string;
  created_at: number;
  expires_at: number | null;
}

/** Row of `sources`. */
export interface SourceRow {
  source: string;
  heard_at: number | null;
  remark: string | null;
  remark_at: number | null;
  refusal: string | null;
  refused_at: number | null;
}
