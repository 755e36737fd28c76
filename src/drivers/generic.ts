import * as z from 'zod';
import { LIMITS } from '../core/alert/alert.ts';
import { isPush, tooManyAlerts } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { plainName } from '../core/reading/spelling.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';
import { readGenericAlert } from './generic/alert.ts';
import { contentsOf } from './generic/envelope.ts';
import { type SourceMap, sourceMap, sourceSchema } from './generic/map.ts';
import { FIELDS, FLAGS, nameTextIn } from './generic/names.ts';
import { netdataAlert } from './generic/netdata.ts';
import { genericSignature } from './generic/signature.ts';
import { tellsStatus } from './generic/status.ts';
import { isKumaTest, kumaAlert } from './generic/uptime-kuma.ts';

const sourceName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, { error: 'must be lower-case letters, digits, - and _' });

/** Shape of `sources` in the configuration file. */
export const sourcesSchema = z
  .record(sourceName, sourceSchema)
  .describe('Tools with a form of their own, each with a map, at /alerts/webhook/<name>/');

/**
 * Any tool that can post JSON: one object, a list of them, or `{"alerts": […]}`; also the "formatted webhook" of
 * Grafana OnCall. Where a source has a map (`sources.<name>`), that says where its fields stand.
 *
 * | first of these that is there | here |
 * |---|---|
 * | `fingerprint`, `alert_uid`, `dedup_key`, `id` | identity; without one the hash of title and labels |
 * | `title`, `name`, `alert_name`, `alertname`, label `alertname`, the message's beginning | name |
 * | `state`, `status` | status by the common words; without one it fires |
 * | `severity`, `priority`, `level`, label `severity`, a status such as "CRITICAL" | severity |
 * | `started_at`, `startsAt`; `ended_at`, `endsAt`, `resolved_at`; else `timestamp`, `time` | start; end |
 * | `message`, `description`, `summary`, `text` | annotation `message` |
 * | `link_to_upstream_details`, `link`, `url`; `image_url` | annotations `link`, `image_url` |
 * | `labels`, `tags`; `host`, `service`, `environment`, … | labels |
 * | `annotations`; `metrics` | the same |
 *
 * Times order nothing: such senders tell them too differently, so that the arrival does.
 */
export const generic: Driver = {
  ...driverOf('generic', sourceMap(sourceSchema.parse({}))),
  claims: (body) =>
    Array.isArray(body) ? body.length > 0 && body.every(isAlert) : isKuma(body) || isAlert(body) || isEnvelope(body),
};

/** The drivers of named sources, as `sources` has them. */
export function namedSources(sources: z.output<typeof sourcesSchema>): readonly Driver[] {
  return Object.entries(sources).map(([name, source]) => driverOf(name, sourceMap(source)));
}

/** It claims no body: its route is the only way to it. */
function driverOf(name: string, map: SourceMap): Driver {
  return {
    name,
    summary: 'Any tool that posts JSON, by common names of fields or by a map of them',
    schemes: ['bearer', 'basic', 'header', 'path'],
    forms: true,
    signature: genericSignature,
    claims: () => false,
    parse: (body, { receivedAt }) => read(body, map, receivedAt),
  };
}

function read(body: unknown, map: SourceMap, receivedAt: number): Parsed | Unreadable {
  if (isKumaTest(body)) {
    const remarks = ['a test of Uptime Kuma: it arrived, and opens nothing'];
    return { ok: true, origin: '', alerts: [], errors: [], remarks };
  }
  const given = (map.isDefault ? (kumaAlert(body) ?? netdataAlert(body)) : null) ?? body;
  const { values, envelope, list } = map.contents(given);
  const tooMany = tooManyAlerts(list ?? 'alerts', values.length);
  if (tooMany !== null) return tooMany;
  const alerts = [];
  const errors = [];
  for (const [index, value] of values.entries()) {
    const alert = readGenericAlert(value, envelope, map, receivedAt);
    if (!('message' in alert)) alerts.push(alert);
    else errors.push({ ...alert, path: list === null ? alert.path : `${list}[${index}]${alert.path}` });
  }
  const first = errors[0];
  if (alerts.length > 0 || first === undefined) return { ok: true, origin: '', alerts, errors };
  return { ok: false, message: `no alert of this body is valid: ${`${first.path} ${first.message}`.trim()}`, errors };
}

/** Fields by which other tools are known: a body with one of them is not taken for any tool's. */
const MARKS = new Set(
  [
    ...['groupKey', 'groupLabels', 'ruleId', 'evalMatches', 'event', 'messages', 'routing_key', 'service_key'],
    ...['issueUrl', 'issueId', 'totalIncidents', 'current_state', 'incident_id', 'event_type', 'alert_type'],
    ...[
      'alert_transition',
      'alert_cycle_key',
      'aggreg_key',
      'event_id',
      'event_value',
      'event_nseverity',
      'trigger_id',
    ],
    ...['alertConditionNames', 'alertPolicyNames', 'action', 'org'],
  ].map(plainName),
);
const NAMES = ['title', 'name', 'alert_name', 'alertname', 'alert_uid', 'message', 'alert'];
/** Fields that a thing with a name has when it is an alert. */
const OF_ALERTS = new Set(
  [
    ...[...FIELDS.identity.filter((name) => name !== 'id' && name !== 'key'), ...FIELDS.status, ...FIELDS.severity],
    ...[...FIELDS.started_at, ...FIELDS.ended_at, ...FLAGS.resolved, ...FLAGS.firing, 'alerts', 'alert'],
    ...['event_action', 'action', 'event_type', 'alert_type', 'annotations', 'labels', 'summary'],
  ].map(plainName),
);
/** All that the least of alerts may have: a text for people, and where to look. */
const LEAST = new Set([
  'title',
  'message',
  'text',
  'description',
  'link',
  'url',
  'link_to_upstream_details',
  'image_url',
]);

function isUnmarked(body: unknown): body is JsonObject {
  return isObject(body) && !isPush(body) && !Object.keys(body).some((key) => MARKS.has(plainName(key)));
}

function isKuma(body: unknown): boolean {
  return isKumaTest(body) || kumaAlert(body) !== null;
}

/** Whether a body that came without a route is an alert of any tool: a name alone is not enough. */
function isAlert(body: unknown): boolean {
  if (!isUnmarked(body)) return false;
  const keys = Object.keys(body);
  if (!NAMES.some((name) => typeof body[name] === 'string')) return false;
  return keys.some((key) => OF_ALERTS.has(plainName(key))) || keys.every((key) => LEAST.has(key));
}

/** Whether a body that came without a route holds alerts of any tool, in a list or inside an object. */
function isEnvelope(body: unknown): boolean {
  if (!isObject(body)) return false;
  const { values, list, envelope = {} } = contentsOf(body, true);
  // An event that is a text belongs to the tool that sends it; around an alert it is the name of what it holds.
  const { event, ...others } = body;
  if (!isUnmarked(isObject(event) ? others : body) || values[0] === body) return false;
  if (isObject(event) && !isUnmarked(event)) return false;
  const kept = values.slice(0, LIMITS.groupAlerts);
  const isTold = tellsStatus(envelope);
  const isTitled = (alert: unknown) => isTold && isUnmarked(alert) && nameTextIn(alert) !== undefined;
  return kept.every((alert) => isAlert(alert) || isTitled(alert) || (list === 'alerts' && hasLabels(alert)));
}

function hasLabels(alert: unknown): boolean {
  return isObject(alert) && isObject(alert.labels) && !isPush(alert);
}
