import { isAbsent } from '../../core/reading/absent.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { plainName, respelled } from '../../core/reading/spelling.ts';

/**
 * What can be mapped, and where it is looked for as long as no map names another place; the first that is there counts.
 * Each name stands for its other spellings, too: `alert_status` for `alertStatus`, `AlertStatus` and `alert-status`.
 */
export const FIELDS = {
  identity: [
    ...['fingerprint', 'alert_uid', 'dedup_key', 'id', 'alert_id', 'incident_key', 'problem_id', 'uid', 'key'],
    ...['alert_key', 'alarm_id', 'alarm_key', 'correlation_key', 'incident_id', 'issue_id'],
  ],
  name: [
    ...['title', 'name', 'alert_name', 'alertname', 'rule_name', 'check_name', 'monitor_name', 'alert', 'subject'],
    ...['rule', 'monitor', 'trigger', 'condition', 'event_name', 'alarm_name', 'alarm', 'problem', 'problem_name'],
  ],
  status: [
    ...['state', 'status', 'alert_status', 'alert_state', 'event_status', 'event_state', 'current_status'],
    ...['current_state', 'new_state', 'new_status', 'new_state_value', 'notification_type', 'trigger_type'],
    ...['monitor_status', 'check_status', 'service_state', 'host_state', 'alarm_status', 'alarm_state'],
    ...['problem_status', 'problem_state', 'incident_status', 'incident_state', 'issue_status', 'issue_state'],
    ...['health', 'health_status', 'condition_status', 'condition_state', 'status_text', 'state_text', 'state_name'],
    ...['status_name', 'trigger_status', 'transition', 'alert_transition', 'service_status', 'host_status'],
  ],
  severity: ['severity', 'priority', 'level', 'alert_severity', 'alert_level', 'perceived_severity', 'criticality'],
  started_at: ['started_at', 'startsAt', 'starts_at', 'start_time', 'fired_at', 'triggered_at', 'opened_at'],
  ended_at: [
    ...['ended_at', 'endsAt', 'ends_at', 'resolved_at', 'closed_at', 'cleared_at', 'recovered_at'],
    ...['resolved_time', 'recovery_time', 'closed_time'],
  ],
  time: ['timestamp', 'time'],
  message: ['message', 'description', 'summary', 'text'],
  url: ['link_to_upstream_details', 'link', 'url'],
  image_url: ['image_url'],
} as const;

/** A field of an alert that a map can place. */
export type Field = keyof typeof FIELDS;

/** Fields of which only a word that is known is a status: `"action": "resolve"`, but not `"event_type": "disk"`. */
export const HINTS = [
  ...['event_action', 'action', 'event_type', 'alert_type', 'event', 'type', 'alert_event', 'action_type', 'kind'],
  ...['result', 'outcome'],
] as const;

/** Fields that are true while it is over, or while it fires; see `flagOf` for what may stand around these names. */
export const FLAGS = {
  resolved: [
    ...['resolved', 'recovered', 'cleared', 'closed', 'ok', 'healthy', 'up', 'ended', 'fixed', 'passing', 'passed'],
    ...['online', 'reachable', 'available', 'solved', 'restored'],
  ],
  firing: [
    ...['firing', 'active', 'alarm', 'alerting', 'triggered', 'failing', 'failed', 'down', 'open', 'unhealthy'],
    ...['breached', 'offline', 'unreachable', 'unresolved', 'broken'],
  ],
} as const;

/** Fields that tell where a problem is: they are labels, so that one title on two hosts is two alerts. */
export const PLACES = [
  ...['host', 'hostname', 'instance', 'service', 'component', 'environment', 'env', 'region', 'cluster'],
  ...['namespace', 'job', 'resource', 'check', 'node', 'chart', 'family', 'device', 'disk', 'mount', 'interface'],
  ...['sensor', 'pod', 'container', 'vm', 'site', 'zone', 'probe'],
];

/** Objects whose fields may be those of the alert: `check: { status }` is `check_status`. */
const NESTED = [
  'alert',
  'monitor',
  'check',
  'rule',
  'trigger',
  'condition',
  'alarm',
  'problem',
  'incident',
  'service',
  'host',
];

/** The value of the first of these fields that holds anything, by its name as it stands, else in another spelling. */
export function fieldIn(alert: JsonObject, names: readonly string[]): unknown {
  const exact = firstIn(alert, names);
  if (exact !== undefined || !mayHold(alert, names)) return exact;
  return firstIn(respelled(alert, names, NESTED), names);
}

const PLAIN = new Map<readonly string[], ReadonlySet<string>>(
  Object.values(FIELDS).map((names) => [names, new Set(names.map(plainName))]),
);

/** Whether a field of an alert may be one of these in another spelling: asked for each field, and mostly it is none. */
function mayHold(alert: JsonObject, names: readonly string[]): boolean {
  const plain = PLAIN.get(names);
  if (plain === undefined) return true;
  for (const key in alert) {
    if (plain.has(plainName(key)) || (NESTED.includes(key) && isObject(alert[key]))) return true;
  }
  return false;
}

/** The first text among the fields of the name. */
export function nameTextIn(alert: JsonObject): string | undefined {
  return nameTextsIn(alert)[0];
}

/** All texts among the fields of the name, in their order; only the first where that has no figures. */
export function nameTextsIn(alert: JsonObject): readonly string[] {
  const [exact = ''] = textsIn(alert);
  // Nearly all are named so, and what is spelled otherwise takes time to find.
  return exact !== '' && !/\p{N}/u.test(exact) ? [exact] : textsIn(respelled(alert, FIELDS.name, NESTED));
}

function textsIn(body: JsonObject): readonly string[] {
  return FIELDS.name.flatMap((name) => {
    const given = Object.hasOwn(body, name) ? body[name] : undefined;
    const value = name === 'title' || name === 'name' ? flattened(given) : given;
    return typeof value === 'string' && !isMissing(value) ? [value] : [];
  });
}

const INNER = [
  'name',
  'title',
  'value',
  'status',
  'state',
  'severity',
  'level',
  'label',
  'text',
  'current',
  'new',
  'to',
];

/** A value that some tools put into an object or a list of one: `"status": {"state": "resolved"}`. */
export function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : value;
  if (!isObject(value)) return value;
  const inner = firstIn(respelled(value, INNER), INNER);
  return typeof inner === 'object' ? value : (inner ?? value);
}

function firstIn(alert: JsonObject, names: readonly string[]): unknown {
  return names.map((name) => (Object.hasOwn(alert, name) ? alert[name] : undefined)).find((value) => !isMissing(value));
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && isAbsent(value));
}
