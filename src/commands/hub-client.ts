import type { Settings } from '../config/settings.ts';
import { getJson } from '../lib/http/client.ts';

/** The settings by which a hub's API is reached. */
export type ClientSettings = Pick<Settings, 'url' | 'apiToken' | 'caFile' | 'proxy' | 'version'>;

// A page of 500 alerts with long texts; what is beyond that is asked for with a smaller --limit.
const BODY_LIMIT = 64 * 1024 * 1024;
const TIMEOUTS = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000 };

/** Asks a hub's API for a document. Throws an Error whose message says what to do; nothing of it is cached. */
export async function askHub(
  settings: ClientSettings,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<unknown> {
  const url = new URL(settings.url);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = settings.apiToken === undefined ? {} : { authorization: `Bearer ${settings.apiToken.reveal()}` };
  const { caFile, proxy, version } = settings;
  const how = { userAgent: `monitor/${version}`, proxy, caFile, allow: 'any' as const, timeouts: TIMEOUTS };
  const result = await getJson({ url, headers }, { ...how, bodyLimit: BODY_LIMIT });
  if (!result.ok) throw new Error(explain(result, settings));
  try {
    return JSON.parse(result.body);
  } catch {
    throw new Error(`${settings.url} did not answer like a hub: is MONITOR_URL the address of a hub?`);
  }
}

function explain(
  failure: { reason: string; status?: number; kind: string },
  { url, apiToken }: ClientSettings,
): string {
  if (failure.status === undefined) {
    return `the hub at ${url} cannot be reached: ${failure.reason}; start one with \`monitor serve\`, or set MONITOR_URL`;
  }
  if (failure.status === 401 && apiToken !== undefined)
    return `the hub at ${url} does not accept this MONITOR_API_TOKEN`;
  if (failure.status === 401 || failure.status === 403)
    return `the hub at ${url} requires MONITOR_API_TOKEN: ${failure.reason}`;
  return `the hub at ${url} answered ${failure.reason}`;
}
