import { isAbsent } from '../../core/reading/absent.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import { respelled } from '../../core/reading/spelling.ts';

/**
 * What can be mapped, and where it is looked for as long as no map names another place; the first that is there counts.
 * Each name stands for its other spellings, too: `alert_status` for `alertStatus`, `AlertStatus` and `alert-status`.
 */
export const FIELDS = {
  identity: ['fingerprint', 'alert_uid', 'dedup_key', 'id', 'alert_id', 'incident_key', 'problem_id', 'uid', 'key'],
  name: [
    ...['title', 'name', 'alert_name', 'alertname', 'rule_name', 'check_name', 'monitor_name', 'alert', 'subject'],
    ...['rule', 'monitor', 'trigger', 'condition', 'event_name'],
  ],
  status: [
    ...['state', 'status', 'alert_status', 'alert_state', 'event_status', 'event_state', 'current_status'],
    ...['current_state', 'new_state', 'new_status', 'new_state_value', 'notification_type', 'trigger_type'],
    ...['monitor_status', 'check_status', 'service_state', 'host_state'],
  ],
  severity: ['severity', 'priority', 'level', 'alert_severity', 'alert_level', 'perceived_severity', 'criticality'],
  started_at: ['started_at', 'startsAt', 'starts_at'],
  ended_at: ['ended_at', 'endsAt', 'ends_at', 'resolved_at'],
  time: ['timestamp', 'time'],
  message: ['message', 'description', 'summary', 'text'],
  url: ['link_to_upstream_details', 'link', 'url'],
  image_url: ['image_url'],
} as const;

/** A field of an alert that a map can place. */
export type Field = keyof typeof FIELDS;

/** Fields of which only a word that is known is a status: `"action": "resolve"`, but not `"event_type": "disk"`. */
export const HINTS = ['event_action', 'action', 'event_type', 'alert_type'] as const;

/** Fields that are true while it is over, or while it fires. */
export const FLAGS = {
  resolved: ['resolved', 'is_resolved', 'recovered', 'cleared', 'closed', 'ok', 'is_ok', 'healthy', 'is_healthy', 'up'],
  firing: ['firing', 'is_firing', 'active', 'is_active', 'alarm', 'in_alarm', 'alerting', 'triggered', 'failing'],
} as const;

/** The value of the first of these fields that holds anything, by its name as it stands, else in another spelling. */
export function fieldIn(alert: JsonObject, names: readonly string[]): unknown {
  const exact = firstIn(alert, names);
  return exact === undefined ? firstIn(respelled(alert, names), names) : exact;
}

function firstIn(alert: JsonObject, names: readonly string[]): unknown {
  return names.map((name) => (Object.hasOwn(alert, name) ? alert[name] : undefined)).find((value) => !isMissing(value));
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && isAbsent(value));
}
