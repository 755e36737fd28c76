import { hash, timingSafeEqual } from 'node:crypto';
import { Secret } from './secret.ts';
import { signedTime } from './signature.ts';

// Hawk, version 1, with SHA-256 (mozilla/hawk, "Protocol"), as Alerta's servers and forwarders speak it.

/** A key by which two programs know each other. The secret counts as the text that it is, whatever it may encode. */
export interface HawkKey {
  readonly id: string;
  readonly secret: Secret;
}

/** What is signed beside the body. */
export interface HawkTarget {
  readonly method: string;
  /** With its query, as it stands in the request. */
  readonly path: string;
  /** Host name, without port. */
  readonly host: string;
  readonly port: number;
}

/** What a body is, on the wire. */
export interface HawkPayload {
  /** The header Content-Type as it is sent; '' for none. */
  readonly type: string;
  readonly body: Buffer | string;
}

/** Time and name of a signature. `timestamp` is Unix seconds. */
export interface HawkMoment {
  readonly timestamp: number;
  readonly nonce: string;
  /** What an application adds; left out for nothing. */
  readonly ext?: string;
}

/** What the header of a signed request says. */
export interface HawkHeader {
  readonly id: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** null where the body is not signed. */
  readonly hash: string | null;
  readonly ext: string;
  readonly mac: string;
}

/** Why a signature is refused; none of it tells what was computed. */
export type HawkRefusal = 'malformed_signature' | 'unknown_key' | 'wrong_clock' | 'wrong_signature';

/** A signature whose key, time and target are right; that of the body is still to be compared. */
export type HawkVerdict<K extends HawkKey> =
  | { readonly ok: true; readonly key: K; readonly header: HawkHeader }
  | { readonly ok: false; readonly reason: HawkRefusal };

/** The hash of a body, in base64; its type counts without parameters and in lower case. */
export function hawkHash({ type, body }: HawkPayload): string {
  const plain = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return hash('sha256', Buffer.concat([Buffer.from(`hawk.1.payload\n${plain}\n`), bytes, NEWLINE]), 'base64');
}

const NEWLINE = Buffer.from('\n');

/** The signature over a header and its target, in base64. */
export function hawkMac(secret: Secret, header: Omit<HawkHeader, 'id' | 'mac'>, target: HawkTarget): string {
  const { timestamp, nonce, ext } = header;
  const lines = [
    ...['hawk.1.header', timestamp, nonce, target.method.toUpperCase(), target.path],
    ...[target.host.toLowerCase(), String(target.port), header.hash ?? ''],
    ext.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'),
  ];
  return Buffer.from(secret.hmac(lines.map((line) => `${line}\n`).join('')), 'hex').toString('base64');
}

/** The header Authorization of a request. The body is always signed, an empty one too: an Alerta asks for that of all that name a type. */
export function signHawk(
  { id, secret }: HawkKey,
  target: HawkTarget,
  payload: HawkPayload | null,
  { timestamp, nonce, ext = '' }: HawkMoment,
): string {
  const header = { timestamp: String(timestamp), nonce, hash: payload === null ? null : hawkHash(payload), ext };
  const said = [
    ['id', id],
    ['ts', header.timestamp],
    ['nonce', nonce],
    ...(header.hash === null ? [] : [['hash', header.hash]]),
    ...(ext === '' ? [] : [['ext', ext]]),
    ['mac', hawkMac(secret, header, target)],
  ];
  return `Hawk ${said.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

const LONGEST_HEADER = 4096;
const NAMES = ['id', 'ts', 'nonce', 'hash', 'ext', 'mac'];
const ATTRIBUTE = /([a-z]+)="([^"\\\p{Cc}]*)"\s*(?:,\s*|$)/uy;

/** What a header Authorization of the scheme Hawk says; null for one that cannot be read. Attributes may stand in any order, each once. */
export function readHawk(authorization: string): HawkHeader | null {
  const text = /^Hawk +(.*)$/is.exec(authorization)?.[1]?.trim();
  if (text === undefined || text.length > LONGEST_HEADER) return null;
  const found = new Map<string, string>();
  const pattern = new RegExp(ATTRIBUTE);
  while (pattern.lastIndex < text.length) {
    const [, name = '', value = ''] = pattern.exec(text) ?? [];
    if (!NAMES.includes(name) || found.has(name)) return null;
    found.set(name, value);
  }
  const [id, timestamp, nonce, mac] = ['id', 'ts', 'nonce', 'mac'].map((name) => found.get(name) ?? '') as [
    ...[string, string, string, string],
  ];
  if ([id, timestamp, nonce, mac].includes('')) return null;
  return { id, timestamp, nonce, hash: found.get('hash') ?? null, ext: found.get('ext') ?? '', mac };
}

// Compared with where no key has the name, so that the answer takes as long.
const NOBODY = new Secret('nobody has this secret');

/** Judges the header of a request that arrives at a time in UTC milliseconds. Whose key it is, `find` says. */
export function verifyHawk<K extends HawkKey>(
  authorization: string,
  target: HawkTarget,
  find: (id: string) => K | undefined,
  receivedAt: number,
): HawkVerdict<K> {
  const header = readHawk(authorization);
  if (header === null) return { ok: false, reason: 'malformed_signature' };
  const key = find(header.id);
  const isRight = isSame(header.mac, hawkMac(key?.secret ?? NOBODY, header, target));
  if (key === undefined) return { ok: false, reason: 'unknown_key' };
  if (!isRight) return { ok: false, reason: 'wrong_signature' };
  const time = signedTime('ts', header.timestamp, receivedAt);
  return time.ok ? { ok: true, key, header } : { ok: false, reason: 'wrong_clock' };
}

/** Whether a body is the one that was signed. Only an empty one need not be. */
export function isSignedBody(signed: string | null, payload: HawkPayload): boolean {
  if (signed === null) return payload.body.length === 0;
  return isSame(signed, hawkHash(payload));
}

/** Compares in time that does not depend on where two texts differ. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', wanted, 'buffer'));
}

/** What is signed of a request to an address. */
export function hawkTarget(method: string, { protocol, hostname, port, pathname, search }: URL): HawkTarget {
  const known = protocol === 'https:' ? 443 : 80;
  // The brackets of an IPv6 address belong to the address of the page, not to the name of the host.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { method, path: `${pathname}${search}`, host, port: port === '' ? known : Number(port) };
}
