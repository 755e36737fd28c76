import http, { type IncomingMessage } from 'node:http';
import { type Connecting, connectTo, proxyAuthorization, wantsCredentials } from './connect.ts';
import { type Explained, explain, type FailureKind, Refusal } from './failure.ts';
import { portOf } from './proxy.ts';

export type { FailureKind } from './failure.ts';
export type { ProxySettings } from './proxy.ts';

/** How requests are made; the same for all requests of a process. */
export interface HttpSettings extends Omit<Connecting, 'signal'> {
  /** Such as `monitor/1.2.3`. */
  readonly userAgent: string;
  /** Milliseconds to be connected (TLS included), to have the head of the answer after that, and then its body. */
  readonly timeouts: { readonly connectMs: number; readonly headersMs: number; readonly bodyMs: number };
  /** Bytes of an answer that are read; `BODY_LIMIT` when left out. */
  readonly bodyLimit?: number;
}

/** One POST of a JSON text. */
export interface JsonPost {
  readonly url: URL;
  /** Beside content type, length and user agent. Line breaks in them are refused. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the body, where that is no JSON. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** An answer: `body` is at most `BODY_LIMIT` bytes of it, as text. Names of headers are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request came to: a 2xx answer, or why not, in words a person can act on. */
export type HttpResult =
  | ({ readonly ok: true } & HttpAnswer)
  | ({
      readonly ok: false;
      readonly kind: FailureKind;
      /** False when the same request may well succeed later. */
      readonly permanent: boolean;
      readonly reason: string;
      /** How long the server asks to wait, in milliseconds. */
      readonly retryAfterMs?: number;
    } & Partial<HttpAnswer>);

/** How much of an answer is read; the rest is never taken off the wire. */
export const BODY_LIMIT = 64 * 1024;

/** Sends a JSON text to an http or https URL. Follows no redirect. Never rejects. */
export function postJson(post: JsonPost, settings: HttpSettings): Promise<HttpResult> {
  return exchange('POST', post, settings);
}

/** Asks an http or https URL for what it has. Follows no redirect. Never rejects. */
export function getJson(get: Omit<JsonPost, 'body'>, settings: HttpSettings): Promise<HttpResult> {
  return exchange('GET', { ...get, body: '' }, settings);
}

async function exchange(method: 'GET' | 'POST', post: JsonPost, settings: HttpSettings): Promise<HttpResult> {
  const phase = new Phase(post.signal);
  try {
    refuseBad(post);
    phase.begin(settings.timeouts.connectMs, `could not connect to ${post.url.host}`);
    const { socket, plainProxy } = await connectTo(post.url, { ...settings, signal: phase.signal });
    const request = http.request({
      createConnection: () => socket,
      method,
      path: (plainProxy === null ? '' : post.url.origin) + post.url.pathname + post.url.search,
      headers: {
        ...post.headers,
        host: post.url.host,
        'user-agent': settings.userAgent,
        ...(method === 'POST' && {
          'content-type': post.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(post.body),
        }),
        ...(plainProxy !== null && proxyAuthorization(plainProxy)),
      },
    });
    phase.destroyOnAbort(request);
    try {
      phase.begin(settings.timeouts.headersMs, `${post.url.host} gave no answer`);
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve).once('error', reject).end(post.body);
      });
      if (plainProxy !== null && response.statusCode === 407)
        throw wantsCredentials(plainProxy, `a request to ${post.url.host}`);
      phase.begin(settings.timeouts.bodyMs, `${post.url.host} did not finish its answer`);
      return readAnswer(response.statusCode ?? 0, response.headers, await readBody(response, settings.bodyLimit));
    } finally {
      request.on('error', () => {}).destroy();
      socket.on('error', () => {}).destroy();
    }
  } catch (error) {
    return { ok: false, ...failureOf(phase.signal.aborted ? phase.signal.reason : error, post.url) };
  } finally {
    phase.end();
  }
}

/** What a status means: `ok`, `retry` (the same may succeed later) or `refused` (it will not). */
export function meaningOf(status: number): 'ok' | 'retry' | 'refused' {
  if (status >= 200 && status < 300) return 'ok';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'retry' : 'refused';
}

/** What a server says in an answer: the `message`, `detail` or `error` of a JSON object, else its text, on one line, at most 300 characters. */
export function messageIn(body: string): string {
  let said: unknown = body;
  try {
    const parsed = JSON.parse(body) as { message?: unknown; detail?: unknown; error?: unknown } | null;
    said = [parsed?.message, parsed?.detail, parsed?.error].find((one) => typeof one === 'string') ?? body;
  } catch {
    if (/^\s*<(?:!doctype|html)/i.test(body)) said = /<title>([^<]*)/i.exec(body)?.[1] ?? '';
  }
  return String(said)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed();
}

function readAnswer(status: number, raw: http.IncomingHttpHeaders, body: string): HttpResult {
  const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]));
  const meaning = meaningOf(status);
  const answer = { status, body, headers };
  if (meaning === 'ok') return { ok: true, ...answer };
  const retryAfterMs = retryAfter(headers['retry-after']);
  return {
    ok: false,
    kind: 'status',
    permanent: meaning === 'refused',
    reason: statusReason(answer),
    ...answer,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function statusReason({ status, body, headers }: HttpAnswer): string {
  const said = messageIn(body);
  const words = `HTTP ${status} ${http.STATUS_CODES[status] ?? ''}`.trim() + (said === '' ? '' : `: ${said}`);
  if (status < 300 || status >= 400 || headers.location === undefined) return words;
  return `HTTP ${status}: it redirects to ${placeOf(headers.location)}, and redirects are not followed; use that address`;
}

function placeOf(location: string): string {
  if (!URL.canParse(location)) return messageIn(location.split('?')[0] ?? '');
  const { origin, pathname } = new URL(location);
  return origin === 'null' ? 'another address' : origin + pathname;
}

/** Milliseconds of a Retry-After header: seconds, or a date (RFC 9110, 10.2.3), which counts from the server's own `Date` where it is given. */
export function retryAfter(header: string | undefined, serverNow = Number.NaN): number | undefined {
  if (header === undefined) return undefined;
  const now = Number.isNaN(serverNow) ? Date.now() : serverNow;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** By events: to iterate over a stream loads much of what Node.js has for streams. */
function readBody(response: IncomingMessage, limit = BODY_LIMIT): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const finish = () => resolve(Buffer.concat(chunks).subarray(0, limit).toString('utf8'));
    const cutOff = () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    response.once('end', finish).once('error', reject).once('close', cutOff);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) finish();
    });
  });
}

/** Throws a Refusal for an address that nothing can be sent to, and for headers that would end before their time. */
export function refuseBad({ url, headers }: Pick<JsonPost, 'url' | 'headers'>): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refusal('invalid', `an address must begin with http:// or https://, not ${url.protocol}`, true);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Refusal('invalid', 'an address must not hold a user or a password', true);
  }
  if (portOf(url) === 0) throw new Refusal('invalid', 'nothing can be sent to port 0', true);
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value) || !/^[\w-]+$/.test(name)) {
      throw new Refusal(
        'invalid',
        `the header ${JSON.stringify(name)} holds a character that no header may hold`,
        true,
      );
    }
  }
}

/** Explains what became of a request to a URL; tells nothing of it but host and port. */
export function failureOf(error: unknown, url: URL): Explained {
  return explain(error, url.port === '' ? `${url.hostname}:${portOf(url)}` : url.host);
}

/** The one clock over a request: each phase has its own time, and the caller may end them all. */
class Phase {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    if (outer?.aborted) this.#stop();
    outer?.addEventListener('abort', this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #stop = () => this.#controller.abort(new Refusal('aborted', 'the request was cancelled', false));

  begin(ms: number, what: string): void {
    clearTimeout(this.#timer);
    this.signal.throwIfAborted();
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Refusal('timeout', `${what} within ${ms / 1000} s`, false));
    }, ms);
  }

  destroyOnAbort(request: http.ClientRequest): void {
    this.signal.addEventListener('abort', () => request.destroy(this.signal.reason), { once: true });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#stop);
  }
}
