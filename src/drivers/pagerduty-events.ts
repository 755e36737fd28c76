import { type IncomingAlert, LIMITS } from '../core/alert/alert.ts';
import type { IncomingNote } from '../core/alert/note.ts';
import { oneLine } from '../core/one-line.ts';
import { presentMap, presentText, presentTime } from '../core/reading/absent.ts';
import { incomingAlert, isPush, unreadable } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { statusOfWord } from '../core/reading/words.ts';
import { keyOf, sha256 } from '../lib/crypto/digest.ts';
import type { Answered, Driver, ParseContext, Parsed, Unreadable } from './contract.ts';
import { eventsV2Of, linksOf } from './pagerduty-events/form.ts';

const CHANGE_PATH = '/v2/change/enqueue';
const V1_PATH = '/generic/2010-04-15/create_event.json';

/**
 * Events as clients of PagerDuty's Events API version 2 send them (PagerDuty/developer-docs
 * `docs/events-API-v2/02-Trigger-Events.md`), and of version 1.
 *
 * | PagerDuty | here |
 * |---|---|
 * | `routing_key` (v1 `service_key`) | the secret; not kept |
 * | `event_action` (v1 `event_type`) trigger, resolve | firing, resolved |
 * | acknowledge | note `acknowledged` |
 * | `dedup_key` (v1 `incident_key`) | identity and incident; a trigger without one gets a hash of its text, and is told it |
 * | `payload.summary` (v1 `description`) | name, annotation `message` |
 * | `payload.severity` | severity |
 * | `payload.timestamp` | start; what orders events is the arrival, for not all have one |
 * | `payload.source`, `.component`, `.group`, `.class`, `client` | labels |
 * | `payload.custom_details` (v1 `details`), `links`, `images`, `client_url` | annotations |
 * | a change event | remark |
 */
export const pagerdutyEvents: Driver = {
  name: 'pagerduty-events',
  summary: 'Events as clients of the PagerDuty Events API send them, version 2 and 1',
  schemes: ['bearer', 'basic', 'header', 'path'],
  secretIn: (body) => (isObject(body) ? textOf(body.routing_key) || textOf(body.service_key) : undefined),
  api: { paths: ['/v2/enqueue', CHANGE_PATH, V1_PATH], answer },
  claims(body) {
    if (!isObject(body) || isPush(body)) return false;
    const isV2 = typeof body.routing_key === 'string' && ('event_action' in body || isObject(body.payload));
    return isV2 || (typeof body.service_key === 'string' && 'event_type' in body);
  },
  parse(body, context) {
    if (!isObject(body)) return unreadable('', 'the body must be a JSON object');
    const event = 'service_key' in body && !('routing_key' in body) ? eventsV2Of(body) : body;
    const isChange = context.apiPath === CHANGE_PATH || (context.apiPath === undefined && isChangeForm(event));
    return isChange ? readChange(event) : readEvent(event, context, event === body ? 'dedup_key' : 'incident_key');
  },
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

// Changes have no severity: what has one is an alert whose action is missing, and must not be taken for less.
function isChangeForm(event: JsonObject): boolean {
  const { payload } = event;
  return !('event_action' in event) && !('dedup_key' in event) && isObject(payload) && !('severity' in payload);
}

function readChange({ payload }: JsonObject): Parsed | Unreadable {
  const summary = isObject(payload) ? presentText(payload.summary) : undefined;
  if (summary === undefined) return unreadable('payload.summary', 'payload.summary must be text');
  const remarks = [`a change, "${oneLine(summary)}": noted, and opens nothing`];
  return { ok: true, origin: '', alerts: [], errors: [], remarks, extraFields: { message: 'Change event processed' } };
}

function readEvent(event: JsonObject, { receivedAt }: ParseContext, keyField: string): Parsed | Unreadable {
  const action = actionOf(event.event_action);
  if (action === undefined) return unreadable('event_action', 'event_action must be trigger, acknowledge or resolve');
  for (const field of ['payload', 'dedup_key'])
    if (isWrong(event[field], field)) return unreadable(field, `${field} is of a wrong type`);
  const payload = isObject(event.payload) ? event.payload : {};
  const summary = presentText(payload.summary);
  if (action === 'trigger' && summary === undefined)
    return unreadable('payload.summary', 'payload.summary must be text: it says what is wrong');
  const given = presentText(event.dedup_key);
  if (action !== 'trigger' && given === undefined)
    return unreadable(keyField, `${keyField} must be text: it says which alert is meant`);
  const key = keyOf(given ?? hashOf(event));
  const extraFields = { message: 'Event processed', [keyField]: key };
  const by = oneLine(presentText(event.client) ?? '');
  const noteOf = (kind: IncomingNote['kind'], message: string) => ({
    fingerprint: key,
    kind,
    at: receivedAt,
    by,
    message,
  });
  const said = summary === undefined ? '' : `: ${oneLine(summary)}`;
  const taken = { ok: true, origin: '', errors: [], extraFields } as const;
  if (action === 'acknowledge') return { ...taken, alerts: [], notes: [noteOf('acknowledged', `acknowledged${said}`)] };
  if (action === 'trigger')
    return { ...taken, alerts: [firing(event, payload, { key, isGuessed: given === undefined }, receivedAt)] };
  // What a resolve says is of its end, and most say nothing: the alert stays as it was told when it fired.
  const draft = { fingerprint: key, name: key, status: 'resolved', severity: undefined } as const;
  const alert = incomingAlert({ ...draft, labels: {}, annotations: {}, statusOnly: true }, receivedAt);
  return { ...taken, alerts: [alert], notes: said === '' ? [] : [noteOf('noted', `resolved${said}`)] };
}

/** PagerDuty takes three words; relays in front of it send others that mean the same. */
function actionOf(value: unknown): 'trigger' | 'acknowledge' | 'resolve' | undefined {
  const word = presentText(value)?.trim().toLowerCase() ?? '';
  if (word === 'trigger' || word === 'acknowledge' || word === 'resolve') return word;
  if (/^ack(?:nowledged)?$/.test(word)) return 'acknowledge';
  const status = statusOfWord(presentText(value) ?? '');
  return status && (status === 'firing' ? 'trigger' : 'resolve');
}

function isWrong(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return false;
  return field === 'payload' ? !isObject(value) : typeof value === 'object';
}

/** A key for an event that has none: the same event told twice is one alert, another one is another. */
function hashOf({ routing_key: _, ...event }: JsonObject): string {
  return sha256(JSON.stringify(event)).slice(0, 32);
}

function firing(
  event: JsonObject,
  payload: JsonObject,
  { key, isGuessed }: { readonly key: string; readonly isGuessed: boolean },
  receivedAt: number,
): IncomingAlert {
  const details = payload.custom_details;
  const summary = presentText(payload.summary);
  return incomingAlert(
    {
      fingerprint: key,
      isGuessed,
      name: summary && oneLine(summary, LIMITS.name),
      status: 'firing',
      severity: presentText(payload.severity),
      labels: presentMap({
        source: presentText(payload.source),
        component: presentText(payload.component),
        group: presentText(payload.group),
        class: presentText(payload.class),
        client: presentText(event.client),
      }),
      annotations: presentMap({
        message: summary,
        ...linksOf(event),
        custom_details: isObject(details) || Array.isArray(details) ? JSON.stringify(details) : presentText(details),
      }),
      startedAt: presentTime(payload.timestamp),
      groupKey: `pagerduty-events:${key}`,
    },
    receivedAt,
  );
}

/** As PagerDuty answers; its clients go by the status, and try again after 429 and 5xx only. */
function answer({ status, body }: Answered, path: string): Answered {
  const { message, errors, dedup_key, incident_key } = isObject(body) ? body : ({} as JsonObject);
  if (status === 200) {
    const key = { ...(path === V1_PATH ? { incident_key: incident_key ?? dedup_key } : { dedup_key }) };
    return { status: path === V1_PATH ? 200 : 202, body: { status: 'success', message, ...key } };
  }
  if (status === 429) return { status, body: { status: 'throttle exceeded', message } };
  if (status >= 500) return { status, body: { status: 'error', message } };
  const texts = (Array.isArray(errors) ? errors : []).map((error) => (isObject(error) ? error.message : error));
  const said = texts.length > 0 ? texts : [message];
  return { status, body: { status: 'invalid event', message: 'Event object is invalid', errors: said } };
}
