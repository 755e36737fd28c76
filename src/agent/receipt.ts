import { parsedJson } from '../core/reading/fields.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import type { HttpAnswer, HttpResult } from '../lib/http/client.ts';

/** What a hub did with alerts, as it counts it. */
const COUNTS = [
  'alerts_created',
  'alerts_updated',
  'alerts_resolved',
  'incidents_created',
  'incidents_updated',
] as const;
/** How many of each; those that the hub does not tell are left out. */
export type HubCounts = Partial<Record<(typeof COUNTS)[number], number>>;

/** Why a push does not count as stored. */
export type Failure = Pick<
  Extract<HttpResult, { ok: false }>,
  'kind' | 'status' | 'permanent' | 'reason' | 'retryAfterMs'
>;

/** What a push came to, whoever took it: a hub over HTTP, or the store of this process. */
export interface Receipt {
  readonly counts: HubCounts;
  /** Reasons by place in the push, for single alerts that are named as invalid. */
  readonly refused: ReadonlyMap<number, string>;
  /** Null when the push is stored. */
  readonly failure: Failure | null;
  /** What a hub answered over HTTP, for people. */
  readonly answer?: { readonly status: number; readonly body: string };
}

/** Reads what a push over HTTP came to: the answer of a hub, or none. Names of headers are in lower case. */
export function receiptOf(result: HttpResult): Receipt {
  const { status = 0, body = '', headers = {} } = result;
  const answer = parse(body);
  const counts: HubCounts = {};
  for (const name of COUNTS) {
    const value = answer?.[name];
    if (typeof value === 'number' && Number.isFinite(value)) counts[name] = value;
  }
  const errors = Array.isArray(answer?.errors) ? answer.errors : [];
  const refused = refusedBy(errors);
  const doubt = result.ok ? doubtOf({ status, body, answer, headers, counts, errors, refused }) : null;
  const doubted = doubt === null ? null : ({ kind: 'protocol', status, permanent: false, reason: doubt } as const);
  return {
    counts,
    refused,
    failure: result.ok ? doubted : result,
    ...(result.status !== undefined && { answer: { status, body } }),
  };
}

/** The reasons by place in the push, of errors that name alerts by their paths. */
export function refusedBy(errors: readonly unknown[]): ReadonlyMap<number, string> {
  return new Map(errors.flatMap(readError));
}

/** Adds what two answers count. */
export function addCounts(a: HubCounts, b: HubCounts): HubCounts {
  const sum: HubCounts = { ...a };
  for (const name of COUNTS) {
    const value = b[name];
    if (value !== undefined) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum;
}

/** The JSON object of an answer, null when it is none. */
export function parse(body: string): JsonObject | null {
  const value = parsedJson(body);
  return isObject(value) ? value : null;
}

function readError(error: unknown): [number, string][] {
  if (!isObject(error)) return [];
  const { path, message } = error;
  const place = typeof path === 'string' ? /^\/?alerts[[./](\d+)/.exec(path)?.[1] : undefined;
  return place === undefined ? [] : [[Number(place), `${path} ${typeof message === 'string' ? message : ''}`.trim()]];
}

interface Doubtful extends HttpAnswer {
  readonly answer: JsonObject | null;
  readonly counts: HubCounts;
  readonly errors: readonly unknown[];
  readonly refused: ReadonlyMap<number, string>;
}

/** Statuses with which hubs of this format acknowledge a push: this one, and the other implementation, which queues. */
const ACKNOWLEDGED: readonly unknown[] = ['success', 'partial', 'queued', 'accepted'];
/** Content types that can hold JSON: servers that do not set one send text, or nothing. */
const READABLE = /^(?:$|application\/(?:[\w.-]+\+)?json$|text\/(?:json|plain)$)/;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/**
 * A login page of a network, a proxy or a web server at the wrong address says 200 to anything. So an answer counts as
 * a hub's by what it declares and by the fields of the wire format (docs/decisions/0013), never by how its text begins.
 */
function doubtOf({ status, body, answer, headers, counts, errors, refused }: Doubtful): string | null {
  const foreign = foreignForm(headers);
  if (foreign !== null) return foreign;
  // A hub may acknowledge without a word, if it does so as JSON or as "no content".
  if (body.trim() === '' && (status === 204 || JSON_TYPE.test(typeOf(headers)))) return null;
  if (answer === null) return 'the answer is not the JSON object of a hub; check HUB_URL';
  if (answer.status === 'error') return 'the hub answered "error"';
  const isCounted = answer.status === undefined && Object.keys(counts).length > 0;
  if (!ACKNOWLEDGED.includes(answer.status) && !isCounted)
    return 'the answer has no "status" of a hub: success, partial, queued or accepted; check HUB_URL';
  const isEmpty = Object.values(counts).every((count) => count === 0);
  if (answer.status !== 'partial' || errors.length === 0 || refused.size > 0 || !isEmpty) return null;
  return `the hub stored nothing: ${String(errors[0])}`;
}

/** Why an answer with these headers is no hub's; null where it may be one. */
export function foreignForm(headers: HttpAnswer['headers']): string | null {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity')
    return `the answer is encoded as ${quoted(encoding)}, which no hub sends; check HUB_URL and proxies`;
  const type = typeOf(headers);
  if (type === 'text/html' || type === 'application/xhtml+xml')
    return 'a web page answered instead of a hub; check HUB_URL';
  return READABLE.test(type) ? null : `the answer is ${quoted(type)}, not JSON of a hub; check HUB_URL`;
}

function typeOf(headers: HttpAnswer['headers']): string {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
