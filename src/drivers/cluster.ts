import { type IncomingAlert, type Labels, LIMITS } from '../core/alert/alert.ts';
import { latestSeen } from '../core/alert/decide.ts';
import { GUESSED, meant, tooManyAlerts, unreadable } from '../core/reading/incoming.ts';
import { cutText } from '../core/reading/json.ts';
import {
  type FieldError,
  isObject,
  type JsonObject,
  scalarText,
  setOwn,
  textMap,
  timeOf,
} from '../core/reading/read.ts';
import { identityBy } from '../lib/crypto/digest.ts';
import { clusterSignature } from './cluster/signature.ts';
import type { Driver, ParseContext, Parsed, Unreadable } from './contract.ts';

/**
 * Pushes of instances in the cluster wire format 1.0 (docs/protocol.md). Absent fields take the defaults of the
 * format: name "Unknown Alert", status firing, severity warning; a field of the wrong type makes its alert invalid.
 */
export const cluster: Driver = {
  name: 'cluster',
  summary: 'Pushes of other instances of monitor, in the cluster wire format 1.0',
  schemes: [],
  signature: clusterSignature,
  claims: (body) => isObject(body) && body.source === 'cluster',
  parse(body, context) {
    const envelope = readEnvelope(body);
    return 'ok' in envelope ? envelope : readAlerts(envelope, context);
  },
};

interface ClusterEnvelope {
  readonly instanceId: string;
  readonly hostname: string;
  readonly alerts: readonly unknown[];
}

function readEnvelope(body: unknown): ClusterEnvelope | Unreadable {
  if (!isObject(body)) return unreadable('', 'the body must be a JSON object');
  if (body.source !== 'cluster') return unreadable('source', 'source must be "cluster"');
  const instanceId = body.instance_id;
  if (typeof instanceId !== 'string' || instanceId.trim() === '') {
    return unreadable('instance_id', 'instance_id must be a non-blank string');
  }
  if (instanceId.length > LIMITS.instanceId) {
    return unreadable('instance_id', `instance_id must be at most ${LIMITS.instanceId} characters`);
  }
  const hostname = scalarText(body.hostname);
  if (hostname === null) return unreadable('hostname', 'hostname must be text');
  if (!Array.isArray(body.alerts)) return unreadable('alerts', 'alerts must be a list');
  const tooMany = tooManyAlerts('alerts', body.alerts.length, LIMITS.alerts);
  if (tooMany !== null) return tooMany;
  // Every alert has a copy. It identifies nothing, so a part of it will do.
  const kept = cutText(hostname ?? '', LIMITS.hostname);
  return { instanceId, hostname: kept, alerts: body.alerts };
}

function readAlerts(envelope: ClusterEnvelope, context: ParseContext): Parsed | Unreadable {
  const alerts: IncomingAlert[] = [];
  const errors: FieldError[] = [];
  for (let index = 0; index < envelope.alerts.length; index += 1) {
    const read = readAlert(envelope.alerts[index], envelope, context);
    if ('message' in read) errors.push({ path: `alerts[${index}]${read.path}`, message: read.message });
    else alerts.push(read);
  }
  if (alerts.length === 0 && errors.length > 0) return { ok: false, message: 'no alert of this push is valid', errors };
  const clockOffsetMs = context.sentAt === undefined ? null : context.sentAt - context.receivedAt;
  const version = /^monitor\/(\S{1,64})/.exec(context.userAgent)?.[1] ?? '';
  const { instanceId, hostname } = envelope;
  return { ok: true, origin: instanceId, alerts, errors, instance: { instanceId, hostname, version, clockOffsetMs } };
}

function readAlert(value: unknown, envelope: ClusterEnvelope, context: ParseContext): IncomingAlert | FieldError {
  if (!isObject(value)) return { path: '', message: 'must be an object' };
  const wrong = wrongType(value);
  if (wrong !== null) return wrong;
  const labels = isObject(value.labels) ? textMap(value.labels) : {};
  labels.instance_id = envelope.instanceId;
  if (envelope.hostname !== '') labels.hostname = envelope.hostname;
  const annotations = isObject(value.annotations) ? textMap(value.annotations) : {};
  const metrics = isObject(value.metrics) ? value.metrics : {};
  const words = { status: scalarText(value.status) ?? undefined, severity: scalarText(value.severity) ?? undefined };
  const { status, severity, doubt } = meant(words, annotations);
  const name = bounded(scalarText(value.name) || 'Unknown Alert', 'original_name', annotations);
  const { fingerprint, isGuessed } = readFingerprint(value.fingerprint, name, labels, annotations);
  const doubts = isGuessed ? [...doubt, GUESSED] : doubt;
  const observedAt = Math.min(timeOf(value.observed_at) ?? context.sentAt ?? context.receivedAt, latestSeen(context));
  return {
    fingerprint,
    name,
    status,
    severity,
    labels,
    annotations,
    metrics,
    startedAt: timeOf(value.started_at) ?? observedAt,
    endedAt: status === 'resolved' ? (timeOf(value.ended_at) ?? observedAt) : null,
    observedAt,
    groupKey: `instance:${envelope.instanceId}`,
    ...(doubts.length > 0 && { doubts }),
  };
}

// Each field by its own name, which is faster than to look up a list of names: it is done for every alert of every push.
function wrongType(alert: JsonObject): FieldError | null {
  return (
    notText('fingerprint', alert.fingerprint) ??
    notText('name', alert.name) ??
    notText('status', alert.status) ??
    notText('severity', alert.severity) ??
    notText('started_at', alert.started_at) ??
    notText('ended_at', alert.ended_at) ??
    notText('observed_at', alert.observed_at) ??
    notObject('labels', alert.labels) ??
    notObject('annotations', alert.annotations) ??
    notObject('metrics', alert.metrics)
  );
}

function notText(field: string, value: unknown): FieldError | null {
  return typeof value === 'object' && value !== null ? { path: `.${field}`, message: 'must be text' } : null;
}

function notObject(field: string, value: unknown): FieldError | null {
  if (value === undefined || value === null || isObject(value)) return null;
  return { path: `.${field}`, message: 'must be an object' };
}

function readFingerprint(value: unknown, name: string, labels: Labels, annotations: Labels) {
  const text = scalarText(value) ?? '';
  if (text.length > LIMITS.fingerprint) setOwn(annotations, 'original_fingerprint', text);
  return identityBy(text, name, labels);
}

function bounded(name: string, annotation: string, annotations: Labels): string {
  if (name.length <= LIMITS.name) return name;
  setOwn(annotations, annotation, name);
  return cutText(name, LIMITS.name);
}
