import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { meaningOf } from './words.ts';

/** An alert as a client of Alerta sends it. What it did not give, or gave as null, is null or empty. */
export interface SentAlert {
  readonly id: string | null;
  readonly resource: string;
  readonly event: string;
  readonly environment: string;
  /** One of Alerta's words. */
  readonly severity: string;
  /** As given; null for none. */
  readonly status: string | null;
  readonly correlate: readonly string[];
  readonly service: readonly string[];
  readonly group: string;
  readonly value: string | null;
  readonly text: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly origin: string | null;
  readonly type: string;
  /** UTC milliseconds. */
  readonly createTime: number | null;
  /** Seconds; null for Alerta's own. */
  readonly timeout: number | null;
  readonly rawData: string | null;
  readonly customer: string | null;
}

/** What cannot be taken, as Alerta says it, with the status of the answer. */
export class AlertaError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'AlertaError';
    this.status = status;
  }
}

// The one form of time that Alerta takes.
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
// Of what is kept beside the text of an alert: an annotation has no more.
const MOST_KEPT = 12_000;

/** Reads the body of `POST /alert`. Throws AlertaError. */
export function readSent(body: unknown): SentAlert {
  const given = objectOf(body);
  const severity = textOf(given, 'severity') ?? 'normal';
  if (meaningOf(severity) === undefined) throw new AlertaError(400, `Severity "${severity}" is not valid.`);
  const sent: SentAlert = {
    id: textOf(given, 'id'),
    resource: required(given, 'resource'),
    event: required(given, 'event'),
    environment: textOf(given, 'environment') ?? '',
    severity,
    status: textOf(given, 'status'),
    correlate: listOf(given, 'correlate'),
    service: listOf(given, 'service'),
    group: textOf(given, 'group') ?? 'Misc',
    value: textOf(given, 'value'),
    text: textOf(given, 'text') ?? '',
    tags: listOf(given, 'tags'),
    attributes: attributesOf(given.attributes),
    origin: textOf(given, 'origin'),
    type: textOf(given, 'type') ?? 'exceptionAlert',
    createTime: timeOf(given, 'createTime'),
    timeout: secondsOf(given, 'timeout'),
    rawData: textOf(given, 'rawData'),
    customer: textOf(given, 'customer'),
  };
  const kept = JSON.stringify([sent.tags, sent.attributes, sent.correlate, sent.service]).length;
  if (kept > MOST_KEPT)
    throw new AlertaError(400, `tags, attributes, correlate and service are longer than ${MOST_KEPT} characters`);
  return sent;
}

/** A body that must be an object. Throws AlertaError. */
export function objectOf(body: unknown): JsonObject {
  if (!isObject(body)) throw new AlertaError(400, 'the body must be a JSON object');
  return body;
}

/** A text, or a number as one; null where it is left out or null. Throws AlertaError. */
export function textOf(given: JsonObject, field: string): string | null {
  const value = given[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new AlertaError(400, `${field} must be a string`);
}

/** A list of texts; empty where it is left out or null. Throws AlertaError. */
export function listOf(given: JsonObject, field: string): readonly string[] {
  const value = given[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new AlertaError(400, `${field} must be a list`);
  return value.map((one) => {
    if (typeof one === 'object') throw new AlertaError(400, `${field} must be a list of strings`);
    return String(one);
  });
}

/** Attributes; null takes one away. Throws AlertaError. */
export function attributesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new AlertaError(400, 'attributes must be a JSON object');
  const bad = Object.keys(value).find((key) => /[.$]/.test(key));
  if (bad !== undefined) throw new AlertaError(400, `attribute "${bad}" must not contain "." or "$"`);
  return value;
}

/** Whole seconds that are not below nothing; null where they are left out. Throws AlertaError. */
export function secondsOf(given: JsonObject, field: string): number | null {
  const value = given[field];
  if (value === undefined || value === null) return null;
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(seconds) || (seconds as number) < 0)
    throw new AlertaError(400, `${field} must be a whole number of seconds`);
  return seconds as number;
}

/** A time in Alerta's one form, as UTC milliseconds; null where it is left out or null. Throws AlertaError. */
export function timeOf(given: JsonObject, field: string): number | null {
  const text = textOf(given, field);
  if (text === null) return null;
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new AlertaError(400, `${field} must be a time such as 2026-11-28T14:30:00.000Z`);
  return at;
}

/** A text that must be there. Throws AlertaError. */
export function required(given: JsonObject, field: string): string {
  const text = textOf(given, field);
  if (text === null || text === '') throw new AlertaError(400, `Missing mandatory value for "${field}"`);
  return text;
}
