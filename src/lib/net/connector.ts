import type { Socket } from 'node:net';
import type { HostAddress } from './names.ts';

/** Where a connection goes. */
export interface Place {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Left out, both families are tried. */
  readonly family?: 4 | 6 | undefined;
}

/** A TCP connection, with what it took. */
export interface Opened {
  readonly socket: Socket;
  /** The address that was connected to, of those that the name has. */
  readonly ip: string;
  readonly dnsMs: number;
  readonly connectMs: number;
}

/** How TLS is spoken to a server. */
export interface TlsOptions {
  /** Name that the certificate has to be for, and that is asked for (SNI); left out, the host. */
  readonly serverName?: string | undefined;
  /** Accepts any certificate; what is wrong with it is found all the same. */
  readonly insecure?: boolean | undefined;
  /** PEM of authorities trusted beside the public ones. */
  readonly ca?: string | undefined;
  /** PEM of revocation lists, one for each authority of the chain. */
  readonly crl?: string | undefined;
  /** PEM of a client certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Protocols offered by ALPN. */
  readonly protocols?: readonly string[] | undefined;
}

/** What is wrong with the certificates of a server, each a reason of its own. */
export type CertificateFault =
  | 'expired'
  | 'not_yet_valid'
  | 'self_signed'
  | 'wrong_name'
  | 'incomplete_chain'
  | 'unknown_authority'
  | 'revoked'
  | 'invalid';

/** The certificates that a server has shown. */
export interface CertificateFacts {
  /** When the first of them expires, leaf or intermediate (UTC milliseconds). */
  readonly expiresAt: number;
  readonly subject: string;
  readonly issuer: string;
  /** Of each, the leaf first. */
  readonly chain: readonly { readonly subject: string; readonly expiresAt: number }[];
  /** null when the chain is as it should be; told also where `insecure` lets it pass. */
  readonly fault: CertificateFault | null;
}

/** A TLS connection. */
export interface Secured {
  readonly socket: Socket;
  readonly tlsMs: number;
  readonly certificate: CertificateFacts | null;
  /** What ALPN chose; empty for nothing. */
  readonly protocol: string;
}

/** What an answer to a datagram was. */
export interface Datagram {
  readonly ip: string;
  readonly dnsMs: number;
  readonly bytes: Buffer;
}

/**
 * The door through which endpoints are looked at. Each address is checked after its name was looked up and right before
 * it is connected to. Whatever is open when a signal aborts is destroyed, and the reason of the signal thrown.
 */
export interface Connector {
  /** Looks a name up, and leaves out addresses that may not be contacted; throws when none is left. */
  addresses(place: Omit<Place, 'port'>, signal: AbortSignal): Promise<readonly HostAddress[]>;
  /** Opens a TCP connection to the first address that answers (RFC 8305). */
  open(place: Place, signal: AbortSignal): Promise<Opened>;
  /** Speaks TLS on a connection. Throws `UntrustedCertificate` for one that is not accepted. */
  secure(socket: Socket, host: string, options: TlsOptions, signal: AbortSignal): Promise<Secured>;
  /** Sends one datagram and waits for the first that comes back. */
  ask(place: Place, bytes: Buffer, signal: AbortSignal): Promise<Datagram>;
}

/** A certificate that was not accepted, with what is known of it. */
export class UntrustedCertificate extends Error {
  override name = 'UntrustedCertificate';
  readonly certificate: CertificateFacts;

  constructor(message: string, certificate: CertificateFacts) {
    super(message);
    this.certificate = certificate;
  }
}
