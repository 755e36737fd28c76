import fc from 'fast-check';
import type { Random } from '../random.ts';
import { PATH, sign } from '../requests.ts';
import { bodies, VALID } from './bodies.ts';
import { hostileBodies, hostileRequests } from './corpus.ts';
import { mutate } from './mutate.ts';

/** Bytes for the wire. `whole`: one well-formed request, whose answer must come on a connection that stays open. */
export interface FuzzRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly whole: boolean;
}

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'M-SEARCH',
  'QUERY',
  'LINK',
];
const PATHS = [
  '/', '/healthz', '/readyz', '/api/health', '/api/v1/alerts', '/api/v1/alerts/x', '/api/v1/incidents', '/api/v1/incidents/%00',
  '/api/v1/instances', '/alerts/webhook', '/alerts/webhook/', '/alerts/webhook/cluster', PATH, '/alerts/webhook/grafana/',
  '/alerts/webhook/__proto__/', '/api/v1/alerts/%ff', '/api/v1/%2e%2e/%2e%2e', '/favicon.ico', '/metrics',
]; // biome-ignore format: a table
const PARAMETERS = [
  'limit',
  'cursor',
  'status',
  'severity',
  'source',
  'instance_id',
  'name',
  'incident_id',
  '__proto__',
  'a[b]',
  '',
];
const VALUES = [
  '1',
  '0',
  '-1',
  '501',
  '1e2',
  'NaN',
  '',
  'firing',
  'resolved',
  'unknown',
  'open',
  'critical',
  '%00',
  '%ff%fe',
  '%',
  "'",
  '" OR 1=1',
  'AAAA',
  '____',
];
const HEADERS = [
  'X-Cluster-Signature', 'X-Cluster-Signature-V2', 'X-Cluster-Timestamp', 'X-Cluster-Nonce', 'X-Cluster-Key', 'Content-Type',
  'Content-Encoding', 'Authorization', 'User-Agent', 'Origin', 'X-Forwarded-For', 'Forwarded', 'Cookie', 'Accept', 'Range', 'Te',
  'Expect', 'Connection', 'Upgrade', 'Via', 'If-None-Match', 'Accept-Encoding', 'X-HTTP-Method-Override',
]; // biome-ignore format: a table
const HEADER_VALUES = [
  '', 'sha256=', 'a'.repeat(64), `sha256=${'F'.repeat(64)}`, `sha256=sha256=${'0'.repeat(64)}`, 'g'.repeat(64), '0'.repeat(63), 'é'.repeat(64),
  '0', '-1', '1e9', '99999999999999', 'short', 'x'.repeat(200), '"', "' OR 1=1 --", '__proto__', 'gzip', 'identity', 'close',
  'keep-alive, upgrade', 'Bearer x', 'Basic eDp5', '\t \t', 'a,b,c;q=0', 'monitor/1.2.3', '\xff\xfe', '100-continue',
]; // biome-ignore format: a table

/** An endless supply of hostile requests that a seed repeats; about half of the bodies are signed as they must be. */
export function* fuzzRequests(seed: number, random: Random): Generator<FuzzRequest> {
  const cases = hostileBodies();
  const small = cases.filter(({ bytes }) => bytes.length < 50_000);
  const raw = hostileRequests();
  for (let chunk = 0; ; chunk += 1) {
    for (const body of fc.sample(bodies, { seed: seed + chunk, numRuns: 500 })) {
      const dice = random.int(1000);
      if (dice < 420) yield post('body of any shape', Buffer.from(body), random);
      else if (dice < 600)
        yield post('mutated body', mutate(Buffer.from(random.chance(0.5) ? VALID : body), random), random);
      else if (dice < 660) yield post('corpus', random.pick(small).bytes, random);
      else if (dice < 665) yield post('corpus, large', random.pick(cases).bytes, random);
      else if (dice < 760)
        yield post('headers', Buffer.from(random.chance(0.5) ? VALID : body), random, oddHeaders(random));
      else if (dice < 880) yield get(random);
      else if (dice < 910) yield { kind: 'raw corpus', bytes: random.pick(raw).bytes, whole: false };
      else if (dice < 970)
        yield { kind: 'mutated request', bytes: mutate(oneOf(body, random, raw), random), whole: false };
      else yield { kind: 'pipelined', bytes: pipelined(body, random), whole: false };
    }
  }
}

function post(kind: string, body: Buffer, random: Random, more: readonly string[] = []): FuzzRequest {
  const { headers } = sign(body, random.chance(0.5) ? 1 : 2);
  const signed = random.chance(0.92) ? Object.entries(headers).map(([name, value]) => `${name}: ${value}`) : [];
  const isChunked = random.chance(0.1);
  const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  const head = [`POST ${PATH} HTTP/1.1`, 'Host: 127.0.0.1', length, ...signed, ...more];
  const bytes = Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
    isChunked ? chunked(body, random) : body,
  ]);
  return { kind, bytes, whole: more.length === 0 && body.length < 1024 * 1024 };
}

function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + random.between(1, Math.max(1, body.length >> 1)));
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
    at += part.length;
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function oddHeaders(random: Random): string[] {
  return Array.from({ length: random.between(1, 4) }, () => `${random.pick(HEADERS)}: ${random.pick(HEADER_VALUES)}`);
}

function get(random: Random): FuzzRequest {
  const method = random.chance(0.7) ? 'GET' : random.pick(METHODS);
  const query = Array.from({ length: random.int(4) }, () => `${random.pick(PARAMETERS)}=${random.pick(VALUES)}`).join(
    '&',
  );
  const target = `${random.pick(PATHS)}${query === '' ? '' : `?${query.replaceAll(' ', '+')}`}`;
  const more = random.chance(0.2) ? oddHeaders(random) : [];
  const head = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...more];
  return { kind: 'method, path and query', bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), whole: false };
}

function oneOf(body: string, random: Random, raw: readonly { readonly bytes: Buffer }[]): Buffer {
  if (random.chance(0.3)) return random.pick(raw).bytes;
  return random.chance(0.5) ? get(random).bytes : post('', Buffer.from(body), random).bytes;
}

/** Several requests at once, the last of them cut off at times. */
function pipelined(body: string, random: Random): Buffer {
  const parts = Array.from({ length: random.between(2, 12) }, () => {
    return random.chance(0.5) ? get(random).bytes : post('', Buffer.from(body), random).bytes;
  });
  const all = Buffer.concat(parts);
  return random.chance(0.3) ? all.subarray(0, random.int(all.length)) : all;
}
