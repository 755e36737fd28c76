import { parsedJson } from '../core/reading/fields.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import type { HttpAnswer } from '../lib/http/client.ts';

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

/** The answer of a hub to one push, read. */
export interface Receipt {
  readonly counts: HubCounts;
  /** Reasons by place in the push, for single alerts that the hub names as invalid. */
  readonly refused: ReadonlyMap<number, string>;
  /** Why a 2xx answer still does not mean that the push was stored; null when it was. */
  readonly doubt: string | null;
}

/** Reads the body of any answer. Receivers of the format answer with text, nothing or other JSON as well. */
export function readReceipt({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): Receipt {
  const answer = parse(body);
  const counts: HubCounts = {};
  for (const name of COUNTS) {
    const value = answer?.[name];
    if (typeof value === 'number' && Number.isFinite(value)) counts[name] = value;
  }
  const errors = Array.isArray(answer?.errors) ? answer.errors : [];
  const refused = new Map(errors.flatMap(readError));
  return { counts, refused, doubt: status >= 300 ? null : doubtOf({ answer, body, counts, errors, refused }) };
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

interface Doubtful {
  readonly answer: JsonObject | null;
  readonly body: string;
  readonly counts: HubCounts;
  readonly errors: readonly unknown[];
  readonly refused: ReadonlyMap<number, string>;
}

function doubtOf({ answer, body, counts, errors, refused }: Doubtful): string | null {
  // A login page of a network, or a web server at the wrong address, says 200 to anything.
  if (/^\s*<(?:!doctype\s|html)/i.test(body)) return 'a web page answered instead of a hub; check HUB_URL';
  if (answer?.status === 'error') return 'the hub answered "error"';
  const isEmpty = Object.values(counts).every((count) => count === 0);
  if (answer?.status !== 'partial' || errors.length === 0 || refused.size > 0 || !isEmpty) return null;
  return `the hub stored nothing: ${String(errors[0])}`;
}
