import type * as z from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Exec } from '../lib/exec.ts';
import type { CertificateFacts, Connector, Place } from '../lib/net/connector.ts';

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

/** A URL or options that this protocol cannot use; the message completes "url …". */
export class TargetError extends Error {
  override name = 'TargetError';
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
