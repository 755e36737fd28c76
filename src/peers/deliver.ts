import { gzipSync } from 'node:zlib';
import type { PeerEntry } from '../core/peer/entry.ts';
import { alertaAction } from '../core/peer/filter.ts';
import type { PeerLink } from '../core/peer/link.ts';
import { type Hop, hubAddress, LOOP_HEADER, loopHeader } from '../core/peer/path.ts';
import type { DeadLetter, PeerOutcome } from '../core/peer/standing.ts';
import { toWire, WIRE_VERSION } from '../core/peer/wire.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import type { HttpResult } from '../lib/http/client.ts';
import type { Outbound, OutboundRequest } from '../lib/http/outbound.ts';

/** The header Authorization of a request. */
export type Authorize = (
  request: Pick<OutboundRequest, 'method' | 'url'> & {
    readonly type: string;
    readonly body: string | Buffer;
  },
) => string | null;

/** How a peer is reached. */
export interface DeliveryParts {
  readonly link: PeerLink;
  readonly hub: Hop;
  readonly outbound: Pick<Outbound, 'send'>;
  readonly authorize: Authorize;
  /** An alert of an entry as Alerta's clients send it; null when it is gone. */
  readonly alertaOf: (entry: PeerEntry, alertId: string) => Promise<JsonObject | null>;
}

const JSON_TYPE = 'application/json';
// Below that a body does not get smaller.
const GZIP_BYTES = 1000;
const SENT: PeerOutcome = { outcome: 'sent', refused: [] };

/** Sends entries to a peer, in their order; never rejects for what the peer does. */
export function deliver(
  parts: DeliveryParts,
  entries: readonly PeerEntry[],
  signal: AbortSignal,
): Promise<PeerOutcome> {
  return parts.link.kind === 'native' ? deliverNative(parts, entries, signal) : deliverAlerta(parts, entries, signal);
}

async function deliverNative(
  parts: DeliveryParts,
  entries: readonly PeerEntry[],
  signal: AbortSignal,
): Promise<PeerOutcome> {
  const { link, hub } = parts;
  const head = { version: WIRE_VERSION, hub: { id: hub.marker, url: hubAddress(hub.url) } };
  const text = JSON.stringify({ ...head, entries: entries.map(toWire) });
  const isSmall = text.length < GZIP_BYTES;
  const body = isSmall ? text : gzipSync(text);
  const headers = isSmall ? {} : { 'content-encoding': 'gzip' };
  const result = await send(parts, { method: 'POST', path: link.paths.entries, body, headers }, signal);
  if (result.ok) return readAnswer(parts, entries, result.body);
  const { status } = result;
  if (status === 413 || status === 400 || status === 422) {
    if (entries.length === 1)
      return { outcome: 'sent', refused: entries.map((entry) => letterOf(entry, result.reason)) };
    // One of them is wrong, or all are too much: the others must not wait for it.
    const half = Math.ceil(entries.length / 2);
    const first = await deliverNative(parts, entries.slice(0, half), signal);
    if (first.outcome === 'failed') return first;
    const second = await deliverNative(parts, entries.slice(half), signal);
    return second.outcome === 'failed' ? second : { outcome: 'sent', refused: [...first.refused, ...second.refused] };
  }
  return failed(result, status === 409 ? 'misnamed' : undefined);
}

function readAnswer({ hub, link }: DeliveryParts, entries: readonly PeerEntry[], text: string): PeerOutcome {
  const answer = parsed(text);
  const of = isObject(answer.hub) ? answer.hub : {};
  if (of.id === hub.marker) {
    const reason = `${link.url} is this hub itself: correct the url of the peer ${link.name}`;
    return { outcome: 'failed', reason, trouble: 'misnamed' };
  }
  if (!Array.isArray(answer.results)) {
    const reason = `${link.url} answered something that no hub answers: give it kind: alerta if it is an Alerta`;
    return { outcome: 'failed', reason, trouble: null };
  }
  const refused = entries.flatMap((entry, at) => {
    const result: unknown = (answer.results as unknown[])[at];
    if (!isObject(result) || result.outcome !== 'refused') return [];
    return [letterOf(entry, String(result.reason ?? 'refused'))];
  });
  return { outcome: 'sent', refused };
}

async function deliverAlerta(
  parts: DeliveryParts,
  entries: readonly PeerEntry[],
  signal: AbortSignal,
): Promise<PeerOutcome> {
  const refused: Omit<DeadLetter, 'at'>[] = [];
  for (const entry of entries) {
    const one = await tellAlerta(parts, entry, signal);
    if (one.outcome === 'failed') return one;
    refused.push(...one.refused);
  }
  return { outcome: 'sent', refused };
}

async function tellAlerta(parts: DeliveryParts, entry: PeerEntry, signal: AbortSignal): Promise<PeerOutcome> {
  switch (entry.kind) {
    case 'alert':
      return tellAlert(parts, entry, entry.alert.id, signal);
    case 'action':
      return inTurn(entry.alerts, ({ id }) => tellAction(parts, entry, id, signal));
    case 'delete':
      return inTurn(entry.alerts, async ({ id }) => {
        const path = withId(parts.link.paths.delete, id);
        const result = await send(parts, { method: 'DELETE', path, body: '', headers: loopOf(parts, entry) }, signal);
        if (result.ok || result.status === 404 || isLoop(result)) return SENT;
        return settled(result, entry);
      });
    case 'silence':
      return SENT;
  }
}

async function inTurn<T>(items: readonly T[], tell: (item: T) => Promise<PeerOutcome>): Promise<PeerOutcome> {
  const refused: Omit<DeadLetter, 'at'>[] = [];
  for (const item of items) {
    const one = await tell(item);
    if (one.outcome === 'failed') return one;
    refused.push(...one.refused);
  }
  return { outcome: 'sent', refused };
}

async function tellAlert(
  parts: DeliveryParts,
  entry: PeerEntry,
  alertId: string,
  signal: AbortSignal,
): Promise<PeerOutcome> {
  const alert = await parts.alertaOf(entry, alertId);
  if (alert === null) return SENT;
  const post = (body: JsonObject) =>
    send(
      parts,
      { method: 'POST', path: parts.link.paths.alert, body: JSON.stringify(body), headers: loopOf(parts, entry) },
      signal,
    );
  const result = await post(alert);
  if (result.ok) return SENT;
  // The id belongs to another alert there: it gets one of its own.
  if (result.status === 500 && /duplicate key/i.test(result.body ?? '')) {
    const again = await post({ ...alert, id: null });
    return again.ok ? SENT : settled(again, entry);
  }
  return settled(result, entry);
}

async function tellAction(
  parts: DeliveryParts,
  entry: Extract<PeerEntry, { kind: 'action' }>,
  alertId: string,
  signal: AbortSignal,
): Promise<PeerOutcome> {
  const { kind, by, comment, until, assignee } = entry.action;
  const said = kind === 'assign' ? (assignee ?? '') : comment;
  const who = by === '' ? said : `${said}${said === '' ? '' : ' '}(${by})`;
  const timeout = until === undefined ? null : Math.max(1, Math.round((until - entry.at) / 1000));
  const body = JSON.stringify({ action: alertaAction(kind), text: who, timeout });
  const put = () =>
    send(
      parts,
      { method: 'PUT', path: withId(parts.link.paths.action, alertId), body, headers: loopOf(parts, entry) },
      signal,
    );
  const result = await put();
  // It is so already.
  if (result.ok || result.status === 409) return SENT;
  if (result.status !== 404) return settled(result, entry);
  const told = await tellAlert(parts, entry, alertId, signal);
  if (told.outcome === 'failed' || told.refused.length > 0) return told;
  const again = await put();
  return again.ok || again.status === 409 ? SENT : settled(again, entry, again.status === 404);
}

/** What an answer that is no success comes to: what is refused for good goes to the dead letters. */
function settled(result: Failure, entry: PeerEntry, isForGood = false): PeerOutcome {
  const { status } = result;
  const isRefused =
    status === 400 || status === 403 || status === 409 || status === 413 || status === 415 || status === 422;
  if (isForGood || isRefused) return { outcome: 'sent', refused: [letterOf(entry, result.reason)] };
  return failed(result);
}

type Failure = Extract<HttpResult, { ok: false }>;

function failed({ reason, status, retryAfterMs }: Failure, trouble?: 'misnamed'): PeerOutcome {
  const isUnknown = status === 401 || status === 403;
  return { outcome: 'failed', reason, trouble: trouble ?? (isUnknown ? 'unauthorized' : null), retryAfterMs };
}

function letterOf({ key, kind }: PeerEntry, reason: string): Omit<DeadLetter, 'at'> {
  return { key, kind, reason: reason.slice(0, 300) };
}

/** Alerta's answer to a delete that comes back to it. */
function isLoop({ status, body }: Failure): boolean {
  return status === 500 && /already processed by/.test(body ?? '');
}

function loopOf({ hub }: DeliveryParts, { urls }: PeerEntry): Record<string, string> {
  return { [LOOP_HEADER]: loopHeader(urls, hub.url) };
}

function withId(path: string, id: string): string {
  return path.replace('{id}', encodeURIComponent(id));
}

interface Asked {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

function send(
  { link, outbound, authorize }: DeliveryParts,
  { method, path, body, headers }: Asked,
  signal: AbortSignal,
) {
  const url = new URL(`${link.url}${path}`);
  const authorization = authorize({ method, url, type: JSON_TYPE, body });
  return outbound.send({
    ...{ method, url, signal: AbortSignal.any([signal, AbortSignal.timeout(link.timeoutMs)]) },
    headers: { 'content-type': JSON_TYPE, ...headers, ...(authorization !== null && { authorization }) },
    body: body.length === 0 ? null : body,
  });
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
