import { presentText } from '../../core/reading/absent.ts';
import { isObject, type JsonObject, scalarText } from '../../core/reading/read.ts';
import { FIELDS, type Field, fieldIn, nameTextIn, PLACES } from './names.ts';
import { tellsStatus } from './status.ts';

/** What a body holds: one alert or a list of them, and what stands around them. */
export interface Contents {
  readonly values: readonly unknown[];
  /** What tells status and severity of those that do not. */
  readonly envelope: JsonObject | undefined;
  /** Where the list stands in the body; null when it holds one alert. */
  readonly list: string | null;
}

/** Fields in which a list of alerts stands beside other names than `alerts`, and those around one alert. */
const LISTS = ['events', 'incidents', 'alarms', 'problems', 'notifications', 'issues', 'items', 'records', 'results'];
const SINGLES = ['alert', 'alarm', 'event', 'incident', 'problem', 'issue', 'notification'];
const WRAPPERS = ['data', 'payload', 'attributes', 'body', 'content', 'detail', 'details'];
/** Names of what is an alert, whatever it tells. */
const SURELY = new Set(['alert', 'alarm', 'incident', 'problem']);
const DEEPEST = 3;

/**
 * Finds the alerts of a body. One that is an alert itself is that, whatever else it holds; of bodies whose fields a map
 * places, only those in a list `alerts` are found.
 */
export function contentsOf(body: unknown, isDefault: boolean): Contents {
  if (Array.isArray(body)) return { values: body, envelope: undefined, list: 'alerts' };
  const found = isObject(body) ? (listOfAlerts(body) ?? (isDefault ? within(body, 0) : null)) : null;
  return found ?? { values: [body], envelope: undefined, list: null };
}

/** The list in `alerts`; an empty one beside an alert of its own says nothing. */
function listOfAlerts(body: JsonObject): Contents | null {
  if (!Array.isArray(body.alerts)) return null;
  const isAlert = body.alerts.length === 0 && nameTextIn(body) !== undefined;
  return isAlert
    ? { values: [body], envelope: undefined, list: null }
    : { values: body.alerts, envelope: body, list: 'alerts' };
}

function within(body: JsonObject, depth: number): Contents | null {
  const alerts = listOfAlerts(body);
  if (alerts !== null) return alerts;
  if (depth >= DEEPEST || (nameTextIn(body) !== undefined && tellsStatus(body))) return null;
  for (const key of [...LISTS, ...WRAPPERS]) {
    const list = body[key];
    if (Array.isArray(list) && list.every(isObject) && list.some((entry) => isNamed(entry) && isState(entry, body)))
      return { values: list, envelope: body, list: key };
  }
  for (const key of [...SINGLES, ...WRAPPERS]) {
    const inner = body[key];
    const found = isObject(inner) ? around(body, key, inner, depth) : null;
    if (found !== null) return found;
  }
  return null;
}

function around(body: JsonObject, key: string, inner: JsonObject, depth: number): Contents | null {
  const deeper = within(inner, depth + 1);
  if (deeper !== null) {
    const envelope = { ...body, ...deeper.envelope };
    if (deeper.list !== null) return { ...deeper, envelope, list: `${key}.${deeper.list}` };
    return {
      ...deeper,
      values: deeper.values.map((value) => (isObject(value) ? filled(value, body) : value)),
      envelope,
    };
  }
  // What stands beside a text of its own is the alert only if it tells more than that: else it is a detail of it.
  const isAlert = isSaid(body)
    ? tellsStatus(inner) && (isNamed(inner) || nameTextIn(body) !== undefined)
    : isNamed(inner) && (SURELY.has(key) || isState(inner, body));
  // JSON:API has the identity of a thing beside its attributes.
  const own = key === 'attributes' && !Object.hasOwn(inner, 'id') ? { id: body.id, ...inner } : inner;
  return isAlert ? { values: [filled(own, body)], envelope: body, list: null } : null;
}

function isNamed(value: unknown): boolean {
  return (
    isObject(value) && (nameTextIn(value) !== undefined || presentText(fieldIn(value, FIELDS.message)) !== undefined)
  );
}

/** Whether a thing, or what stands around it, tells a state: apples have a name, too. */
function isState(entry: JsonObject, envelope: JsonObject): boolean {
  return tellsStatus(entry) || tellsStatus(envelope) || isObject(entry.labels);
}

function isSaid(body: JsonObject): boolean {
  return nameTextIn(body) !== undefined || presentText(fieldIn(body, FIELDS.message)) !== undefined;
}

const FILLED: readonly Field[] = ['message', 'started_at', 'ended_at', 'time', 'url', 'image_url'];
/** An `id` around an alert is that of the message, new for each. */
const STEADY_KEYS = FIELDS.identity.filter((name) => !['id', 'uid', 'key'].includes(name));

/** An alert with what only its envelope tells: title, texts, times, places. */
function filled(alert: JsonObject, envelope: JsonObject): JsonObject {
  const found: Record<string, unknown> = {};
  const fill = (name: string, value: unknown) => {
    if (scalarText(value) && !Object.hasOwn(alert, name)) found[name] = value;
  };
  for (const field of FILLED) {
    if (fieldIn(alert, FIELDS[field]) === undefined) fill(FIELDS[field][0], fieldIn(envelope, FIELDS[field]));
  }
  if (nameTextIn(alert) === undefined) fill('title', nameTextIn(envelope));
  if (fieldIn(alert, FIELDS.identity) === undefined) fill('alert_id', fieldIn(envelope, STEADY_KEYS));
  for (const place of PLACES) fill(place, envelope[place]);
  for (const map of ['labels', 'tags', 'annotations']) {
    if (!Object.hasOwn(alert, map) && Object.hasOwn(envelope, map)) found[map] = envelope[map];
  }
  return { ...found, ...alert };
}
