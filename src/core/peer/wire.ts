import { SEVERITIES, type Severity } from '../alert/alert.ts';
import { type MatcherSpec, SILENCE_KINDS, SILENCE_ORIGINS, type Silence } from '../policy/silence.ts';
import { isObject, type JsonObject, textMap } from '../reading/read.ts';
import type { ActionDone, AlertAbout, AlertState, PeerEntry } from './entry.ts';
import { MOST_HOPS } from './path.ts';

// The form in which entries cross between our hubs (docs/peers.md). What is there never changes its meaning; fields and
// kinds that are added later are passed over by who does not know them.

/** The version of the form that this program writes; it reads all up to it, and of later ones what it knows. */
export const WIRE_VERSION = 1;

/** A batch as it crosses. */
export interface WireBatch {
  readonly version: number;
  /** Who sends: the marker of its store, and its address. */
  readonly hub: { readonly id: string; readonly url: string };
  readonly entries: readonly JsonObject[];
}

/** An entry as it crosses. */
export function toWire(entry: PeerEntry): JsonObject {
  const { key, path, urls, at, actor, kind } = entry;
  const head = { key, path, urls, at: iso(at), actor, kind };
  switch (entry.kind) {
    case 'alert':
      return { ...head, alert: stateToWire(entry.alert) };
    case 'action': {
      const { until, ...action } = entry.action;
      const incident = {
        key: entry.incidentKey,
        opened_at: iso(entry.openedAt),
        alerts: entry.alerts.map(aboutToWire),
      };
      return { ...head, action: { ...action, ...(until !== undefined && { until: iso(until) }) }, incident };
    }
    case 'delete':
      return { ...head, by: entry.by, alerts: entry.alerts.map(aboutToWire) };
    case 'silence':
      return { ...head, silence: silenceToWire(entry.silence) };
  }
}

/** What an entry that arrived is: read, of a kind that this version does not know, or wrong. */
export type ReadEntry =
  | { readonly outcome: 'read'; readonly entry: PeerEntry }
  | { readonly outcome: 'unknown_kind'; readonly kind: string }
  | { readonly outcome: 'invalid'; readonly message: string };

/** Reads an entry. */
export function fromWire(value: unknown): ReadEntry {
  try {
    const given = objectOf(value, 'an entry');
    const head = {
      ...{ key: textOf(given, 'key', 500), path: textsOf(given, 'path'), urls: textsOf(given, 'urls') },
      ...{ at: timeOf(given, 'at'), actor: textOf(given, 'actor', 500) },
    };
    switch (given.kind) {
      case 'alert':
        return read({ ...head, kind: 'alert', alert: stateFromWire(objectOf(given.alert, 'alert')) });
      case 'action': {
        const incident = objectOf(given.incident, 'incident');
        const about = { incidentKey: textOf(incident, 'key', 2000), openedAt: timeOf(incident, 'opened_at') };
        const action = actionFromWire(objectOf(given.action, 'action'));
        return read({ ...head, kind: 'action', action, ...about, alerts: aboutsOf(incident) });
      }
      case 'delete':
        return read({ ...head, kind: 'delete', by: textOr(given, 'by'), alerts: aboutsOf(given) });
      case 'silence':
        return read({ ...head, kind: 'silence', silence: silenceFromWire(objectOf(given.silence, 'silence')) });
      default:
        return { outcome: 'unknown_kind', kind: String(given.kind).slice(0, 100) };
    }
  } catch (error) {
    if (error instanceof WireError) return { outcome: 'invalid', message: error.message };
    throw error;
  }
}

class WireError extends Error {}

const MOST_ALERTS = 200;

function read(entry: PeerEntry): ReadEntry {
  return { outcome: 'read', entry };
}

function stateToWire(alert: AlertState): JsonObject {
  const { name, status, annotations, metrics, startedAt, endedAt, groupKey, isExpired, resolution } = alert;
  return {
    ...{ ...aboutToWire(alert), name, status, annotations, metrics },
    ...{ started_at: iso(startedAt), ended_at: endedAt === null ? null : iso(endedAt), group_key: groupKey },
    ...(isExpired && { is_expired: true }),
    ...(resolution !== undefined && { resolution }),
  };
}

function stateFromWire(given: JsonObject): AlertState {
  const status = given.status === 'resolved' ? 'resolved' : 'firing';
  return {
    ...aboutFromWire(given),
    name: textOf(given, 'name', 2000),
    // A word of a later version fires: of an error on this side people hear.
    status,
    annotations: isObject(given.annotations) ? textMap(given.annotations) : {},
    metrics: isObject(given.metrics) ? given.metrics : {},
    startedAt: timeOf(given, 'started_at'),
    endedAt: status === 'resolved' ? timeOf(given, given.ended_at == null ? 'observed_at' : 'ended_at') : null,
    groupKey: textOf(given, 'group_key', 2000),
    ...(given.is_expired === true && { isExpired: true as const }),
    ...(typeof given.resolution === 'string' && { resolution: given.resolution }),
  };
}

function aboutToWire({ id, source, origin, fingerprint, severity, labels, observedAt }: AlertAbout): JsonObject {
  return { id, source, origin, fingerprint, severity, labels, observed_at: iso(observedAt) };
}

function aboutFromWire(given: JsonObject): AlertAbout {
  const severity = SEVERITIES.includes(given.severity as Severity) ? (given.severity as Severity) : 'critical';
  return {
    ...{ id: textOr(given, 'id'), source: textOf(given, 'source', 200), origin: textOr(given, 'origin') },
    ...{ fingerprint: textOf(given, 'fingerprint', 256), severity, observedAt: timeOf(given, 'observed_at') },
    labels: isObject(given.labels) ? textMap(given.labels) : {},
  };
}

function aboutsOf(given: JsonObject): readonly AlertAbout[] {
  if (!Array.isArray(given.alerts) || given.alerts.length > MOST_ALERTS)
    throw new WireError(`alerts must be a list of at most ${MOST_ALERTS}`);
  return given.alerts.map((one) => aboutFromWire(objectOf(one, 'alerts')));
}

function actionFromWire(given: JsonObject): ActionDone {
  return {
    ...{ id: textOf(given, 'id', 200), kind: textOf(given, 'kind', 100), by: textOr(given, 'by') },
    comment: textOr(given, 'comment'),
    ...(given.until !== undefined && { until: timeOf(given, 'until') }),
    ...(typeof given.assignee === 'string' && { assignee: given.assignee }),
  };
}

function silenceToWire(silence: Silence): JsonObject {
  const { id, kind, matchers, startsAt, endsAt, createdBy, comment, origin, createdAt, updatedAt } = silence;
  const { replaces, endedAt, endedBy } = silence;
  return {
    ...{ id, kind, starts_at: iso(startsAt), ends_at: iso(endsAt), created_by: createdBy, comment, origin, replaces },
    ...{ created_at: iso(createdAt), updated_at: iso(updatedAt), ended_by: endedBy },
    ended_at: endedAt === null ? null : iso(endedAt),
    matchers: matchers.map(({ name, value, isRegex, isEqual }) => ({
      ...{ name, value, is_regex: isRegex, is_equal: isEqual },
    })),
  };
}

function silenceFromWire(given: JsonObject): Silence {
  if (!Array.isArray(given.matchers) || given.matchers.length === 0 || given.matchers.length > 64)
    throw new WireError('matchers must be a list of 1 to 64');
  return {
    ...{ id: textOf(given, 'id', 100), kind: oneOf(SILENCE_KINDS, given.kind), comment: textOr(given, 'comment') },
    matchers: given.matchers.map((one): MatcherSpec => {
      const matcher = objectOf(one, 'matchers');
      const { is_regex: isRegex, is_equal: isEqual } = matcher;
      const value = { name: textOf(matcher, 'name', 256), value: textOr(matcher, 'value') };
      return { ...value, isRegex: isRegex === true, isEqual: isEqual !== false };
    }),
    ...{
      startsAt: timeOf(given, 'starts_at'),
      endsAt: timeOf(given, 'ends_at'),
      createdBy: textOr(given, 'created_by'),
    },
    ...{ origin: oneOf(SILENCE_ORIGINS, given.origin), createdAt: timeOf(given, 'created_at') },
    ...{
      updatedAt: timeOf(given, 'updated_at'),
      replaces: given.replaces == null ? null : textOf(given, 'replaces', 100),
    },
    endedAt: given.ended_at == null ? null : timeOf(given, 'ended_at'),
    endedBy: given.ended_by == null ? null : textOf(given, 'ended_by', 500),
  };
}

function oneOf<T extends string>(words: readonly T[], word: unknown): T {
  return words.find((one) => one === word) ?? (words[0] as T);
}

function objectOf(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new WireError(`${what} must be an object`);
  return value;
}

function textOf(given: JsonObject, field: string, most: number): string {
  const text = given[field];
  if (typeof text !== 'string' || text === '' || text.length > most)
    throw new WireError(`${field} must be text of 1 to ${most} characters`);
  return text;
}

function textOr(given: JsonObject, field: string): string {
  const text = given[field];
  return typeof text === 'string' ? text.slice(0, 4096) : '';
}

function textsOf(given: JsonObject, field: string): readonly string[] {
  const list = given[field] ?? [];
  const isRight = (one: unknown) => typeof one === 'string' && one !== '' && one.length <= 500;
  if (!Array.isArray(list) || list.length > MOST_HOPS || !list.every(isRight))
    throw new WireError(`${field} must be a list of at most ${MOST_HOPS} texts`);
  return list as readonly string[];
}

function timeOf(given: JsonObject, field: string): number {
  const at = typeof given[field] === 'string' ? Date.parse(given[field]) : Number.NaN;
  if (!Number.isFinite(at) || at < 0) throw new WireError(`${field} must be a time such as 2026-11-28T14:30:00.000Z`);
  return at;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
