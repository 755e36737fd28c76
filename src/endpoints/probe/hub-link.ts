import type { Secret } from '../../lib/crypto/secret.ts';
import type { HttpResult } from '../../lib/http/client.ts';
import type { Outbound } from '../../lib/http/outbound.ts';

/** The hubs of a probe, which share a store: it speaks to one of them, and to the next when that does not answer. */
export interface HubLink {
  /** Asks for what is at a path below the probe's own; `etag` is of what it has. */
  get(path: string, etag: string | null, signal: AbortSignal): Promise<HttpResult>;
  post(path: string, body: object, signal: AbortSignal): Promise<HttpResult>;
  /** Base address of the hub that it speaks to. */
  current(): string;
}

/** What a link is made of. */
export interface LinkParts {
  readonly outbound: Pick<Outbound, 'send'>;
  /** Base addresses, one at least. */
  readonly hubs: readonly string[];
  readonly id: string;
  readonly token: () => Secret;
  /** Reads the token again; gives whether it is another one now. */
  readonly renewToken: () => boolean;
}

/** A link that has asked nobody yet. */
export function createHubLink({ outbound, hubs, id, token, renewToken }: LinkParts): HubLink {
  let at = 0;
  const addressOf = (index: number) => hubs[index % hubs.length] ?? '';
  const once = (hub: string, request: Request) =>
    outbound.send({
      ...{ method: request.method, body: request.body, signal: request.signal },
      url: new URL(`${hub}/api/v1/probes/${encodeURIComponent(id)}${request.path}`),
      headers: { ...request.headers, authorization: `Bearer ${token().reveal()}` },
    });
  const send = async (request: Request): Promise<HttpResult> => {
    const proven = async (hub: string) => {
      const result = await once(hub, request);
      return result.status === 401 && renewToken() ? once(hub, request) : result;
    };
    let result = await proven(addressOf(at));
    for (let tried = 1; tried < hubs.length && isAway(result) && !request.signal.aborted; tried += 1) {
      const next = await proven(addressOf(at + tried));
      if (isAway(next)) continue;
      at = (at + tried) % hubs.length;
      result = next;
    }
    return result;
  };
  return {
    get: (path, etag, signal) =>
      send({
        ...{ method: 'GET', path, body: null, signal },
        headers: etag === null ? {} : { 'if-none-match': `"${etag}"` },
      }),
    post: (path, body, signal) =>
      send({
        ...{ method: 'POST', path, body: JSON.stringify(body), signal },
        headers: { 'content-type': 'application/json' },
      }),
    current: () => addressOf(at),
  };
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/** Whether another hub may do better: nobody answered, or one that cannot. */
function isAway(result: HttpResult): boolean {
  return !result.ok && (result.status === undefined || result.status >= 500);
}
