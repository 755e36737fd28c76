/** Why a request came to nothing. `status` is the one kind in which the server answered. */
export type FailureKind =
  | 'invalid'
  | 'blocked'
  | 'name'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'proxy'
  | 'reset'
  | 'protocol'
  | 'aborted'
  | 'status';

/** A failure that this program finds itself, or one of a proxy on the way (`cause`, `via`). */
export class Refusal extends Error {
  readonly kind: FailureKind;
  readonly permanent: boolean;
  /** The proxy at which it happened. */
  readonly via: URL | null;

  constructor(kind: FailureKind, message: string, permanent: boolean, more: { cause?: unknown; via?: URL } = {}) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.permanent = permanent;
    this.via = more.via ?? null;
  }
}

/** A failure in words: what happened at which server, and what to do. */
export interface Explained {
  readonly kind: FailureKind;
  readonly permanent: boolean;
  readonly reason: string;
}

/** Explains an error of a connection or a request to `host`; nothing of a URL but its host and port is told. */
export function explain(error: unknown, host: string): Explained {
  if (error instanceof Refusal) {
    if (error.via === null) return { kind: error.kind, permanent: error.permanent, reason: error.message };
    if (error.cause instanceof Refusal && error.cause.kind === 'timeout') return explain(error.cause, host);
    const inner = explain(error.cause, error.via.host);
    return {
      kind: 'proxy',
      permanent: inner.permanent,
      reason: `the proxy ${error.via.host} failed: ${inner.reason}`,
    };
  }
  const code = codeOf(error);
  const [kind, text] = KNOWN[code] ?? family(code) ?? (['protocol', messageOf(error)] as const);
  return { kind, permanent: false, reason: kind === 'tls' ? tlsReason(host, code, text, error) : `${host} ${text}` };
}

type Row = readonly [kind: FailureKind, text: string];

const PRIVATE_CA = 'set MONITOR_CA_FILE to a PEM file that holds it';

// Codes of the system (errno), of getaddrinfo, of Node's TLS (X509 verification, its documentation lists them), of llhttp.
const KNOWN: Readonly<Record<string, Row>> = {
  ECONNREFUSED: [
    'refused',
    'refused the connection: nothing listens there, or a firewall rejects it; check address and port',
  ],
  ENOTFOUND: ['name', 'cannot be found: no name server knows this name; check its spelling'],
  EAI_AGAIN: ['name', 'cannot be looked up: the name server does not answer'],
  EAI_NODATA: ['name', 'has no address'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached: there is no route to this host'],
  ENETUNREACH: ['unreachable', 'cannot be reached: there is no route to this network'],
  ENETDOWN: ['unreachable', 'cannot be reached: the network is down'],
  EHOSTDOWN: ['unreachable', 'cannot be reached: the host is down'],
  EADDRNOTAVAIL: ['unreachable', 'cannot be reached: this machine has no free local address or port'],
  EACCES: ['unreachable', 'cannot be reached: a firewall rule of this machine forbids it'],
  EPERM: ['unreachable', 'cannot be reached: a firewall rule of this machine forbids it'],
  ETIMEDOUT: ['timeout', 'did not accept the connection in time'],
  ECONNRESET: ['reset', 'closed the connection without an answer'],
  ECONNABORTED: ['reset', 'closed the connection without an answer'],
  EPIPE: ['reset', 'closed the connection before it had the whole request'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', `is self-signed; if it is the right one, ${PRIVATE_CA}`],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', `comes from an authority that this machine does not know; ${PRIVATE_CA}`],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'tls',
    `comes from an issuer that this machine does not know; ${PRIVATE_CA}, or let the server send its whole chain`,
  ],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', `comes from an issuer that this machine does not know; ${PRIVATE_CA}`],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', `comes from an issuer that this machine does not know; ${PRIVATE_CA}`],
  CERT_HAS_EXPIRED: ['tls', 'has expired; renew it, or set the clock of this machine if that is wrong'],
  CERT_NOT_YET_VALID: ['tls', 'is not valid yet; set the clock of this machine if that is wrong'],
  CERT_REVOKED: ['tls', 'has been revoked'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'is for another host'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['protocol', 'does not speak TLS on this port; is it an http:// address?'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['protocol', 'does not speak TLS on this port; is it an http:// address?'],
  EPROTO: ['protocol', 'broke off the TLS handshake'],
};

function family(code: string): Row | null {
  if (code.startsWith('HPE_')) return ['protocol', 'did not answer in HTTP; is it an https:// address?'];
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT')) return ['tls', `is not accepted (${code})`];
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return ['protocol', `broke off the TLS handshake (${code})`];
  return code === '' ? null : ['unreachable', `cannot be reached (${code})`];
}

function tlsReason(host: string, code: string, text: string, error: unknown): string {
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return `the certificate of ${host} ${text}`;
  const names = (error as { cert?: { subjectaltname?: string } }).cert?.subjectaltname;
  const named = names === undefined ? '' : ` (it names ${names})`;
  return `the certificate of ${host} ${text}${named}; use a name that it holds, or have one issued for this name`;
}

function codeOf(error: unknown): string {
  // When every address of a name fails there is one error for all; the first tells as much as any.
  const one = error instanceof AggregateError && !('code' in error) ? error.errors[0] : error;
  const code = (one as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return `failed: ${error instanceof Error ? error.message : String(error)}`;
}
