import type { AlertStatus, IncomingAlert, Severity } from '../core/alert/alert.ts';
import { oneLine } from '../core/one-line.ts';
import { presentMap, presentText, presentTime } from '../core/reading/absent.ts';
import { incomingAlert, isPush, unreadable, type Word } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { severityOfWord, statusOfWord } from '../core/reading/words.ts';
import { keyOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed } from './contract.ts';
import { namesOf, noteKind, noteMessage, summaryOf } from './pagerduty/note.ts';
import { pagerdutySignature } from './pagerduty/signature.ts';

/**
 * PagerDuty, webhook subscriptions version 3 (PagerDuty/developer-docs `docs/webhooks/01-Overview.md`).
 *
 * | PagerDuty | here |
 * |---|---|
 * | `incident.triggered`, `.reopened`, `.resolved` | the alert, by `data.status` (else by the event type) |
 * | `incident.acknowledged`, `.unacknowledged` | the alert fires, note of the same kind |
 * | `incident.priority_updated` | note `priority_changed`; the alert with its new severity while it fires |
 * | `incident.escalated`; `.reassigned`, `.delegated` | note `escalated`; `assigned` |
 * | any other `incident.…` | note `noted` |
 * | `service.…`, `pagey.ping`, what nobody knows | remark |
 * | `data.incident.id`, else `data.id` | identity |
 * | `data.priority`, else `data.urgency` (high: critical, low: info) | severity |
 * | `data.title` | name |
 * | `data.reopened_at`, `data.created_at`; `occurred_at` | start; order and end |
 * | `resolve_reason` of a merge | resolution `merged` |
 * | service, teams, priority, urgency, `incident_key`, … | labels |
 */
export const pagerduty: Driver = {
  name: 'pagerduty',
  summary: 'Events of PagerDuty incidents, webhook subscriptions version 3',
  schemes: ['bearer', 'basic', 'header', 'path'],
  signature: pagerdutySignature,
  claims: (body) => isObject(body) && !isPush(body) && (isVersion2(body) || isEvent(body.event)),
  parse(body, { receivedAt }) {
    if (!isObject(body)) return unreadable('', 'the body must be a JSON object');
    if (isVersion2(body)) return unreadable('messages', VERSION_2);
    const { event } = body;
    if (!isObject(event)) return unreadable('event', 'event must be an object: this is no webhook of version 3');
    const type = presentText(event.event_type);
    if (type === undefined) return unreadable('event.event_type', 'event.event_type must be text');
    return readEvent(type, event, receivedAt);
  },
};

const VERSION_2 =
  'messages is of webhooks version 2, which PagerDuty has ended: add a Generic Webhook (v3) subscription instead';

function isEvent(event: unknown): boolean {
  return isObject(event) && typeof event.event_type === 'string' && isObject(event.data);
}

function isVersion2(body: JsonObject): boolean {
  const first: unknown = Array.isArray(body.messages) ? body.messages[0] : undefined;
  return isObject(first) && 'event' in first && 'incident' in first;
}

/** PagerDuty drops what is answered 4xx and then ends the subscription, so what means nothing here is still taken. */
function readEvent(full: string, event: JsonObject, receivedAt: number): Parsed {
  const data = isObject(event.data) ? event.data : {};
  const said = (remark: string): Parsed => ({ ok: true, origin: '', alerts: [], errors: [], remarks: [remark] });
  if (full === 'pagey.ping') return said('a test event of PagerDuty (pagey.ping): it arrived, and opens nothing');
  if (!full.startsWith('incident.')) return said(`an event of type "${oneLine(full, 100)}" has no meaning here`);
  const type = full.slice('incident.'.length);
  // Of an annotation or a status update, `data.id` is its own.
  const reference = isObject(data.incident) ? data.incident : data;
  const id = presentText(reference.id);
  if (id === undefined) return said(`an event of type "${oneLine(full, 100)}" that names no incident`);
  const fingerprint = keyOf(id);
  const at = Math.min(presentTime(event.occurred_at) ?? receivedAt, receivedAt);
  const kind = isEnd(type, data) ? null : noteKind(type);
  const status = presentText(data.status);
  const remarks = [
    ...(kind === undefined ? [`an event of the unknown type "${oneLine(full, 100)}": kept as a note`] : []),
    ...(STATES.has(type) && status !== undefined && statusOf(status) === undefined
      ? [
          `the status ${JSON.stringify(oneLine(status, 100))} is not known: the type of the event says how the incident stands`,
        ]
      : []),
  ];
  const incidentKey = presentText(reference.incident_key);
  const note = {
    fingerprint,
    kind: kind ?? 'noted',
    at,
    by: actorOf(event),
    message: noteMessage(type, data),
  } as const;
  return {
    ok: true,
    origin: '',
    alerts: reference === data ? alertsOf(type, data, fingerprint, at, receivedAt) : [],
    errors: [],
    notes: kind === null ? [] : [note],
    ...(incidentKey !== undefined && { ownKey: incidentKey }),
    ...(remarks.length > 0 && { remarks }),
  };
}

function actorOf({ agent, client }: JsonObject): string {
  return summaryOf(agent) ?? oneLine((isObject(client) ? presentText(client.name) : undefined) ?? '');
}

/**
 * States by event type. Those of the second list hold the whole incident too: they may tell that it fires, also when it
 * was never heard of before, but never end it.
 */
const STATES: ReadonlyMap<string, AlertStatus> = new Map([
  ['triggered', 'firing'],
  ['reopened', 'firing'],
  ['resolved', 'resolved'],
]);
const ONLY_FIRING: readonly string[] = ['acknowledged', 'unacknowledged', 'priority_updated'];

const STATUSES: ReadonlyMap<string, AlertStatus> = new Map([
  ['triggered', 'firing'],
  ['acknowledged', 'firing'],
  ['resolved', 'resolved'],
]);

function statusOf(word: string | undefined): AlertStatus | undefined {
  return word === undefined ? undefined : (STATUSES.get(word.trim().toLowerCase()) ?? statusOfWord(word));
}

/** Whether an event of a type that nobody knows says by its name, and by the status beside it, that it is over. */
function isEnd(type: string, { status }: JsonObject): boolean {
  return (
    noteKind(type) === undefined && statusOfWord(type) === 'resolved' && statusOf(presentText(status)) === 'resolved'
  );
}

function alertsOf(
  type: string,
  data: JsonObject,
  fingerprint: string,
  at: number,
  receivedAt: number,
): readonly IncomingAlert[] {
  if (!STATES.has(type) && !ONLY_FIRING.includes(type) && !isEnd(type, data)) return [];
  const word = presentText(data.status);
  const means = statusOf(word) ?? STATES.get(type) ?? 'firing';
  if (means === 'resolved' && ONLY_FIRING.includes(type)) return [];
  const draft = {
    fingerprint,
    name: presentText(data.title) ?? `PagerDuty incident ${presentText(data.number) ?? fingerprint}`,
    status: { word: word ?? means, means },
    severity: severityOf(data),
    labels: labelsOf(data),
    annotations: presentMap({ link: presentText(data.html_url), assignees: namesOf(data.assignees) }),
    startedAt: presentTime(data.reopened_at) ?? presentTime(data.created_at),
    endedAt: at,
    observedAt: at,
    resolution: JSON.stringify(data.resolve_reason ?? '').includes('merge') ? 'merged' : undefined,
  };
  return [incomingAlert(draft, receivedAt)];
}

/** Names of priorities are the account's own; where a name means nothing here, the urgency decides. */
function severityOf(data: JsonObject): Word<Severity> | undefined {
  const urgency = presentText(data.urgency);
  const priority = summaryOf(data.priority);
  const word = priority ?? urgency;
  const means = severityOfWord(priority ?? '') ?? severityOfWord(urgency ?? '');
  return word === undefined ? undefined : { word, means };
}

function labelsOf(data: JsonObject) {
  return presentMap({
    service: summaryOf(data.service),
    teams: namesOf(data.teams),
    escalation_policy: summaryOf(data.escalation_policy),
    priority: summaryOf(data.priority),
    urgency: presentText(data.urgency),
    incident_number: presentText(data.number),
    incident_key: presentText(data.incident_key),
    incident_type: isObject(data.incident_type) ? presentText(data.incident_type.name) : undefined,
  });
}
