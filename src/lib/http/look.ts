import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { Client, type Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Connector, Opened, Place, Secured, TlsOptions } from '../net/connector.ts';
import { Refusal } from './failure.ts';
import { hostOf, portOf } from './proxy.ts';

/** One request of a look, on a connection of its own. */
export interface LookRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** `2` offers nothing else, `auto` both. */
  readonly version: '1.1' | '2' | 'auto';
  readonly tls: TlsOptions;
  readonly family?: Place['family'];
  /** Bytes of the answer that are read, after unpacking; 0 to end with its head. */
  readonly bodyLimit: number;
  /** Told as soon as they are there. */
  readonly opened: (opened: Opened) => void;
  readonly secured: (secured: Secured) => void;
  /** Milliseconds from the request to the head of its answer. */
  readonly answered: (answer: {
    readonly status: number;
    readonly firstByteMs: number;
    readonly version: string;
  }) => void;
  /** Told as it grows. */
  readonly read: (body: string, isCut: boolean) => void;
}

/** The head of an answer. */
export interface LookAnswer {
  readonly status: number;
  readonly location: string | undefined;
}

const HEAD_LIMIT = 1024 ** 2;
/** A chain of encodings is a way to make much of little. */
const ENCODINGS = 3;

/** Sends one request and reads its answer; follows nothing, retries nothing, and leaves no connection behind. Rejects as `explain` reads it. */
export async function requestOnce(
  request: LookRequest,
  { connector, clock, signal }: { readonly connector: Connector; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<LookAnswer> {
  const { url, method, version } = request;
  let asked = clock.monotonic();
  let spoken = 'HTTP/1.1';
  let failure: unknown;
  const connect = async () => {
    const host = hostOf(url);
    const opened = await connector.open({ host, port: portOf(url), family: request.family }, signal);
    request.opened(opened);
    if (url.protocol !== 'https:') {
      asked = clock.monotonic();
      return opened.socket;
    }
    const protocols = version === '2' ? ['h2'] : version === 'auto' ? ['h2', 'http/1.1'] : ['http/1.1'];
    const tls = { ...request.tls, protocols };
    const secured = await connector.secure(opened.socket, host, tls, signal).catch((error: unknown) => {
      throw version === '2' && isUnspoken(error) ? withoutHttp2(url) : error;
    });
    request.secured(secured);
    if (secured.protocol === 'h2') spoken = 'HTTP/2';
    else if (version === '2') {
      secured.socket.destroy();
      throw withoutHttp2(url);
    }
    asked = clock.monotonic();
    return secured.socket;
  };
  const client = new Client(url.origin, {
    pipelining: 1,
    allowH2: version !== '1.1',
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: HEAD_LIMIT,
    connect: (_, done) => {
      connect().then(
        (socket) => done(null, socket),
        (error: unknown) => {
          failure = error;
          done(error instanceof Error ? error : new Error(String(error)), null);
        },
      );
    },
  });
  try {
    const answer = await client.request({
      path: url.pathname + url.search,
      method: method as Dispatcher.HttpMethod,
      headers: request.headers,
      body: request.body,
      signal,
    });
    answer.body.on('error', () => {});
    const { statusCode: status, headers } = answer;
    request.answered({ status, firstByteMs: clock.monotonic() - asked, version: spoken });
    const location = headers.location;
    if (request.bodyLimit > 0) await readBody(answer, request, signal);
    return { status, location: typeof location === 'string' ? location : undefined };
  } catch (error) {
    throw signal.aborted ? signal.reason : (failure ?? familiar(error, url));
  } finally {
    await client.destroy().catch(() => {});
  }
}

/** Whether a server has said that it speaks nothing of what was offered (RFC 7301). */
function isUnspoken(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
}

function withoutHttp2({ host }: URL): Refusal {
  return new Refusal('protocol', `${host} does not speak HTTP/2; set client.http_version to auto or 1.1`, false);
}

async function readBody({ body, headers }: Dispatcher.ResponseData, request: LookRequest, signal: AbortSignal) {
  const encodings = String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity');
  if (encodings.length > ENCODINGS)
    throw new Refusal('protocol', `${request.url.host} packs its answer too many times`, false);
  const streams: Readable[] = [body];
  for (const encoding of encodings.toReversed())
    streams.push(unpacked(streams.at(-1) as Readable, encoding, request.url));
  const source = streams.at(-1) as Readable;
  const stop = () => source.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  const tell = (isCut: boolean) =>
    request.read(textOf(Buffer.concat(chunks).subarray(0, request.bodyLimit), headers), isCut);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > request.bodyLimit) break;
    }
    tell(size > request.bodyLimit);
  } catch (error) {
    // What came is shown beside what went wrong.
    if (size > 0) tell(true);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    for (const stream of streams) stream.destroy();
  }
}

function unpacked(source: Readable, encoding: string, { host }: URL): Readable {
  const stream = unpacker(encoding, host);
  source.on('error', (error) => stream.destroy(error));
  stream.on('error', () => {});
  return source.pipe(stream);
}

function unpacker(encoding: string, host: string) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      return createInflate();
    case 'deflate-raw':
      return createInflateRaw();
    default:
      throw new Refusal(
        'protocol',
        `${host} packs its answer in a way that is not known here (${encoding.slice(0, 40)})`,
        false,
      );
  }
}

/** A body in the charset that it names, UTF-8 else; a mark of byte order at its beginning is left out. */
function textOf(bytes: Buffer, headers: Dispatcher.ResponseData['headers']): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(String(headers['content-type'] ?? ''))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** undici's and zlib's own codes as those of Node.js that `explain` knows. */
function familiar(error: unknown, { host }: URL): unknown {
  const { code = '' } = error as { code?: string };
  if (code === 'UND_ERR_SOCKET') return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new Refusal('protocol', `${host} answers with a head of more than 1 MiB`, false);
  if (code.startsWith('UND_ERR_RES_')) return Object.assign(new Error('not HTTP'), { code: 'HPE_INVALID' });
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI'))
    return new Refusal('protocol', `${host} answers with a body that cannot be unpacked (${code})`, false);
  return error;
}
