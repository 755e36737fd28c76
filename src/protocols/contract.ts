import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Exec } from '../lib/exec.ts';
import { Refusal } from '../lib/http/failure.ts';
import type { CertificateFacts, Connector, Place, TlsOptions } from '../lib/net/connector.ts';

/** Why a look came to nothing, or to less than it should have. */
export type LookReason =
  | 'blocked'
  | 'name'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'reset'
  | 'tls'
  | `tls_${NonNullable<CertificateFacts['fault']>}`
  | 'redirects'
  | 'answer'
  | 'protocol'
  | 'unavailable';

/** What went wrong. */
export interface LookError {
  readonly reason: LookReason;
  /** One line for a person: what happened at which server, and what to do. */
  readonly message: string;
}

/** How long each part took, in milliseconds; null for a part that there was none of, or that was not reached. */
export interface Timings {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** From what was asked to the first byte of the answer. */
  readonly firstByteMs: number | null;
  /** All of it, from the beginning to the end of what was read. */
  readonly totalMs: number;
}

/** What one look at one endpoint has seen. */
export interface Look {
  /** Whether there was a connection, or for what has none (UDP, ping, DNS) an answer. */
  readonly connected: boolean;
  /** Of HTTP; 0 where there is none. */
  readonly status: number;
  /** The address that was connected to; empty when it is not known. */
  readonly ip: string;
  /** The beginning of the answer, up to `BODY_LIMIT` bytes after unpacking; empty when nobody asks for it. */
  readonly body: string;
  /** Whether there was more of it. */
  readonly isBodyCut: boolean;
  /** `NOERROR`, `NXDOMAIN` …; empty where no name server was asked. */
  readonly dnsRcode: string;
  readonly certificate: CertificateFacts | null;
  /** Hosts that the endpoint redirected to, in order. */
  readonly redirects: readonly string[];
  /** What was spoken in the end, such as `HTTP/1.1`, `HTTP/2`; empty where there is no choice. */
  readonly version: string;
  readonly timings: Timings;
  /** null when all went well. */
  readonly error: LookError | null;
}

/** Bytes of an answer that are read, after unpacking. */
export const BODY_LIMIT = 1024 ** 2;

/** What a look is asked for; what nobody asks for is left out where that is cheaper. */
export interface Wanted {
  readonly body: boolean;
}

/** What a look may use of the world. */
export interface LookDeps {
  readonly clock: Clock;
  readonly connector: Connector;
  readonly exec: Exec;
  /** Sent by protocols that name their client. */
  readonly userAgent: string;
  /** Aborted when the time of the look is up; it ends everything that is open. */
  readonly signal: AbortSignal;
  /** Keeps what was seen so far; what a look has told before it throws is kept. */
  saw(part: Seen): void;
}

/** A part of what a look sees. */
export type Seen = Partial<Omit<Look, 'timings'>> & { readonly timings?: Partial<Timings> };

/** Looks once, and tells what it sees through `saw`. May throw, which makes the error of the look. */
export type LookAt = (wanted: Wanted, deps: LookDeps) => Promise<void>;

/** What went wrong, where a protocol finds it itself. */
export class LookFailure extends Error {
  override name = 'LookFailure';
  readonly reason: LookReason;

  constructor(reason: LookReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A URL or options that this protocol cannot use; the message completes "url …". */
export class TargetError extends Error {
  override name = 'TargetError';
}

const flag = (fallback: boolean) => z.boolean({ error: 'must be true or false' }).default(fallback);
const file = (what: string) => z.string({ error: 'must be the path of a file' }).min(1).optional().describe(what);

const TLS = z.strictObject({
  certificate_file: file('PEM of a client certificate'),
  private_key_file: file('PEM of its key'),
  ca_file: file('PEM of authorities that are trusted beside the public ones'),
  crl_file: file('PEM of revocation lists, one for each authority of the chain'),
  server_name: z
    .string({ error: 'must be a name' })
    .min(1)
    .max(253)
    .optional()
    .describe('Name in the certificate; the host'),
  renegotiation: z.enum(['never', 'once', 'freely']).optional().describe('As in Gatus; TLS 1.3 has none'),
});

const CLIENT = z.strictObject({
  insecure: flag(false).describe('Accepts any certificate; its expiry is known all the same'),
  ignore_redirect: flag(false).describe('Judges a redirect itself, instead of following it'),
  max_redirects: z
    .int({ error: 'must be a whole number from 0 to 50' })
    .min(0, { error: 'must be a whole number from 0 to 50' })
    .max(50, { error: 'must be a whole number from 0 to 50' })
    .default(10)
    .describe('Redirects that are followed'),
  http_version: z
    .enum(['1.1', '2', 'auto'], { error: 'must be "1.1", "2" or "auto", in quotes' })
    .default('1.1')
    .describe('Version of HTTP; auto takes 2 where the server has it'),
  network: z
    .enum(['ip', 'ip4', 'ip6'], { error: 'must be ip, ip4 or ip6' })
    .default('ip')
    .describe('Which addresses of a name are used'),
  tls: TLS.prefault({}).describe('Certificates; paths count from the folder of this file'),
});

/** The option `client`, which all protocols accept: each uses what applies to it. */
export const client = () => CLIENT.prefault({}).describe('How the connection is made');

/** Options of `client`. */
export type ClientOptions = z.output<typeof CLIENT>;

/** The family of addresses that `client.network` asks for. */
export function familyOf({ network }: ClientOptions): Place['family'] {
  return network === 'ip4' ? 4 : network === 'ip6' ? 6 : undefined;
}

/** How TLS is spoken, with the files of `client.tls` as they are now. Throws what makes the error of a look. */
export async function tlsOptions({ insecure, tls }: ClientOptions): Promise<TlsOptions> {
  const [cert, key, ca, crl] = await Promise.all(
    [tls.certificate_file, tls.private_key_file, tls.ca_file, tls.crl_file].map(textOf),
  );
  return { insecure, serverName: tls.server_name, cert, key, ca, crl };
}

function textOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return Promise.resolve(undefined);
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new Refusal('tls', `a file of client.tls cannot be read: ${error.message}`, true);
  });
}

/**
 * Host and port of a URL such as `tcp://host:port`; `port` is the one that is meant where none is written, null for none.
 * Throws TargetError.
 */
export function placeOf(url: string, port: number | null): Place {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const [, scheme = ''] = /^([a-z0-9+.-]+):/i.exec(url) ?? [];
  const form = `must be ${scheme}://HOST${port === null ? ':PORT' : ' or with :PORT behind it'}`;
  if (parsed === null || parsed.hostname === '') throw new TargetError(form);
  if (parsed.username !== '' || parsed.password !== '') throw new TargetError(`${form}, without a user`);
  if (!/^(\/?)$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    throw new TargetError(`${form}, without a path`);
  }
  if (parsed.port === '' && port === null) throw new TargetError(`${form}: the port is missing`);
  const host = decodeURIComponent(parsed.hostname).replace(/^\[(.*)\]$/, '$1');
  return { host, port: parsed.port === '' ? (port ?? 0) : Number(parsed.port) };
}

/** A plug-in: one file in this folder, one line in `registry.ts`, one fixture in `tests/fixtures/protocols`. */
export interface Protocol {
  /** The file's name. */
  readonly name: string;
  /** Of URLs, without the colon: `http`, `https`. */
  readonly schemes: readonly string[];
  /** One line for the docs. */
  readonly summary: string;
  /** A URL of it. */
  readonly example: string;
  /** Shape of what may stand beside the url: strict, each with a description. */
  readonly options: z.ZodObject;
  /** What has to hold where an endpoint says nothing of it. */
  readonly conditions: readonly string[];
  /** Makes a look of a URL and its options, both as written. Throws TargetError and ZodError. */
  bind(url: string, options: unknown): LookAt;
}
