import { ownToken, tokenFile } from '../app/api-token.ts';
import type { Settings } from '../config/settings.ts';
import type { Secret } from '../lib/crypto/secret.ts';
import { getJson, messageIn, postJson } from '../lib/http/client.ts';
import { isLoopback } from '../lib/http/loopback.ts';
import { UsageError } from './contract.ts';

/** The settings by which a hub's API is reached. */
export type ClientSettings = Pick<Settings, 'url' | 'apiToken' | 'caFile' | 'proxy' | 'version' | 'host' | 'stateDir'>;

// A page of 500 alerts with long texts; what is beyond that is asked for with a smaller --limit.
const BODY_LIMIT = 64 * 1024 * 1024;
const TIMEOUTS = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000 };

/** Asks a hub's API for a document. Throws an Error whose message says what to do; nothing of it is cached. */
export async function askHub(
  settings: ClientSettings,
  path: string,
  query: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): Promise<unknown> {
  const { url, headers, how } = requestTo(settings, path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) for (const one of [value].flat()) url.searchParams.append(name, one);
  }
  const result = await getJson({ url, headers }, how);
  // What it was asked was in the flags.
  if (!result.ok && result.status === 400) throw new UsageError(wrongFlags(result.body ?? ''));
  if (!result.ok) throw new Error(explain(result, settings));
  return documentIn(result.body, settings);
}

/** What a hub has against a question, by the flags that were given. */
function wrongFlags(body: string): string {
  const named: Readonly<Record<string, string>> = { instance_id: '--instance', id: 'the id', q: '--search' };
  try {
    const { errors } = JSON.parse(body) as { readonly errors: readonly { path: string; message: string }[] };
    return errors.map(({ path, message }) => `${named[path] ?? `--${path}`} ${message}`).join('; ');
  } catch {
    return messageIn(body);
  }
}

/** What a hub did, or why it did not do it. */
export type Told = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

// What a hub refuses of what it was asked, rather than who asks.
const REFUSALS: readonly (number | undefined)[] = [404, 409, 422];

/** How a hub is told. */
export interface TellOptions {
  /** Under one key the hub does it once, however often it is told. */
  readonly idempotencyKey?: string;
  readonly timeouts?: typeof TIMEOUTS;
}

/** Tells a hub to do something. Throws an Error as `askHub` does; what the hub refuses to do is no error. */
export async function tellHub(
  settings: ClientSettings,
  path: string,
  body: unknown,
  { idempotencyKey, timeouts = TIMEOUTS }: TellOptions = {},
): Promise<Told> {
  const { url, headers, how } = requestTo(settings, path);
  const named = idempotencyKey === undefined ? headers : { ...headers, 'idempotency-key': idempotencyKey };
  const result = await postJson({ url, headers: named, body: JSON.stringify(body) }, { ...how, timeouts });
  if (result.ok) return { ok: true, value: documentIn(result.body, settings) };
  if (!REFUSALS.includes(result.status)) throw new Error(explain(result, settings));
  return { ok: false, reason: messageIn(result.body ?? '') };
}

/** Whether a hub answers at its address, however it does. */
export async function hubAnswers(settings: ClientSettings): Promise<boolean> {
  const { url, headers, how } = requestTo(settings, '/healthz');
  const result = await getJson({ url, headers }, how);
  return result.ok || result.status !== undefined;
}

/** Where a path of the API is asked for, and with what. */
export function requestTo(settings: ClientSettings, path: string) {
  const url = new URL(settings.url);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  const token = settings.apiToken ?? tokenOf(settings, url);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
  const { caFile, proxy, version } = settings;
  const how = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any' as const, timeouts: TIMEOUTS };
  return { url, headers, how: { ...how, bodyLimit: BODY_LIMIT } };
}

function documentIn(body: string, { url }: ClientSettings): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`${url} did not answer like a hub: is MONITOR_URL the address of a hub?`);
  }
}

/** The token that the hub of this machine has made for itself goes to that hub alone. */
function tokenOf(settings: ClientSettings, { hostname }: URL): Secret | undefined {
  if (!isLoopback(hostname) && hostname !== settings.host) return undefined;
  try {
    return ownToken(settings);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

function explain(failure: { reason: string; status?: number; kind: string }, settings: ClientSettings): string {
  const { url, apiToken } = settings;
  if (failure.status === undefined) {
    return `the hub at ${url} cannot be reached: ${failure.reason}; start one with \`monitor serve\`, or set MONITOR_URL`;
  }
  if (failure.status === 401 && apiToken !== undefined)
    return `the hub at ${url} does not know this MONITOR_API_TOKEN: it has another one, or none`;
  if (failure.status === 401 || failure.status === 403) {
    const made = `; a hub that made one for itself keeps it in its state folder, here ${tokenFile(settings)}`;
    return `the hub at ${url} requires MONITOR_API_TOKEN: ${failure.reason}${made}`;
  }
  return `the hub at ${url} answered ${failure.reason}`;
}
