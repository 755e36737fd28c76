import { STATUS_CODES } from 'node:http';
import { Agent, type Dispatcher } from 'undici';
import {
  BODY_LIMIT,
  failureOf,
  type HttpResult,
  type HttpSettings,
  meaningOf,
  messageIn,
  refuseBad,
  retryAfter,
} from './client.ts';
import { connectTo, proxyAuthorization, wantsCredentials } from './connect.ts';
import { Refusal } from './failure.ts';
import { proxyFor } from './proxy.ts';

/** One request of a hub to another server. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https. Nothing of it but its host is ever told in an error: it may be a secret. */
  readonly url: URL;
  /** Beside length and user agent. Line breaks in them are refused. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  readonly signal: AbortSignal;
}

/** The client for everything that a hub sends: connections are kept and shared, HTTP/1.1 is spoken. */
export interface Outbound {
  /** Follows no redirect, reads a bounded answer, retries nothing. Never rejects. */
  send(request: OutboundRequest): Promise<HttpResult>;
  /** Closes all connections, those in use too. */
  close(): Promise<void>;
}

/** The longest wait that a server can ask for: what it asks beyond that is tried again, and asked again. */
export const RETRY_AFTER_LIMIT_MS = 3_600_000;

// A server that closes what is idle does so after 5 s or more; a request into a closing connection is lost.
const KEEP_ALIVE_MS = 4_000;
const CONNECTIONS = 8;

/** Why the caller cancelled: with a TimeoutError it says that an answer took too long, and how long. */
function cancelled(reason: unknown, { host }: URL): Refusal {
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return isLate
    ? new Refusal('timeout', `${host} ${reason.message}`, false)
    : new Refusal('aborted', 'the request was cancelled', false);
}

/** Makes the client. */
export function createOutbound(settings: HttpSettings): Outbound {
  const { connectMs, headersMs, bodyMs } = settings.timeouts;
  const agent = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Timed here, in every phase and with a reason.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect({ protocol, hostname, port }, done) {
      const host = hostname.includes(':') ? `[${hostname}]` : hostname;
      const url = new URL(`${protocol}//${host}${port === '' ? '' : `:${port}`}`);
      const timeout = new AbortController();
      const reason = new Refusal('timeout', `could not connect to ${url.host} within ${connectMs / 1000} s`, false);
      const timer = setTimeout(() => timeout.abort(reason), connectMs);
      connectTo(url, { ...settings, signal: timeout.signal })
        .then(
          ({ socket }) => done(null, socket),
          (error: Error) => done(timeout.signal.aborted ? reason : error, null),
        )
        .finally(() => clearTimeout(timer));
    },
  });
  return {
    async send(request) {
      const { url } = request;
      const stop = new AbortController();
      const cancel = () => stop.abort(cancelled(request.signal.reason, url));
      if (request.signal.aborted) cancel();
      request.signal.addEventListener('abort', cancel, { once: true });
      let timer: NodeJS.Timeout | undefined;
      const within = (ms: number, what: string) => {
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(new Refusal('timeout', `${url.host} ${what}`, false)), ms);
      };
      try {
        refuseBad(request);
        stop.signal.throwIfAborted();
        within(connectMs + headersMs, `did not answer within ${headersMs / 1000} s`);
        const proxy = url.protocol === 'http:' ? proxyFor(url, settings.proxy) : null;
        const answer = await agent.request({
          origin: url.origin,
          path: (proxy === null ? '' : url.origin) + url.pathname + url.search,
          method: request.method,
          headers: {
            ...request.headers,
            'user-agent': settings.userAgent,
            ...(proxy !== null && proxyAuthorization(proxy)),
          },
          body: request.body,
          signal: stop.signal,
        });
        if (proxy !== null && answer.statusCode === 407) {
          await answer.body.dump();
          throw wantsCredentials(proxy, `a request to ${url.host}`);
        }
        within(bodyMs, `did not finish its answer within ${bodyMs / 1000} s`);
        return readAnswer(answer, await readBody(answer.body, settings.bodyLimit ?? BODY_LIMIT));
      } catch (error) {
        return { ok: false, ...failureOf(stop.signal.aborted ? stop.signal.reason : familiar(error), url) };
      } finally {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', cancel);
      }
    },
    close: () => agent.destroy(),
  };
}

/** undici's own codes as those of Node.js that `explain` knows. */
function familiar(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code === 'UND_ERR_SOCKET') return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return Object.assign(new Error('head too large'), { code: 'HPE_HEADER_OVERFLOW' });
  if (code?.startsWith('UND_ERR_RES_')) return Object.assign(new Error('not HTTP'), { code: 'HPE_INVALID' });
  return error;
}

/** The beginning of the body; what is beyond the limit is not taken off the wire, and its connection is not used again. */
async function readBody(body: Dispatcher.ResponseData['body'], limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

function readAnswer({ statusCode: status, headers: raw }: Dispatcher.ResponseData, body: string): HttpResult {
  const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]));
  const answer = { status, body, headers };
  const meaning = meaningOf(status);
  if (meaning === 'ok') return { ok: true, ...answer };
  const asked = retryAfter(headers['retry-after'], Date.parse(headers.date ?? ''));
  return {
    ok: false,
    kind: 'status',
    permanent: meaning === 'refused',
    reason: reasonOf(answer),
    ...answer,
    ...(asked !== undefined && { retryAfterMs: Math.min(asked, RETRY_AFTER_LIMIT_MS) }),
  };
}

function reasonOf({
  status,
  body,
  headers,
}: {
  status: number;
  body: string;
  headers: Record<string, string>;
}): string {
  const said = messageIn(body);
  const words = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim();
  if (status < 300 || status >= 400 || headers.location === undefined) return said === '' ? words : `${words}: ${said}`;
  // The path of a webhook is its secret, and a redirect often repeats it.
  const to = URL.canParse(headers.location) ? ` to ${new URL(headers.location).host}` : '';
  return `${words}: redirects${to}, and redirects are not followed; configure the address it redirects to`;
}
