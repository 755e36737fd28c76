import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts, CertificateFault } from './connector.ts';

/** No chain is longer. */
const LONGEST = 20;

const FAULTS: Readonly<Record<string, CertificateFault>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'incomplete_chain',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_authority',
  CERT_REVOKED: 'revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong_name',
};

/** What each fault means, and what to do; completes "the certificate of HOST …". */
export const FAULT_TEXTS: Readonly<Record<CertificateFault, string>> = {
  expired: 'has expired; renew it',
  not_yet_valid: 'is not valid yet; check the clock of this machine, and that of who issued it',
  self_signed: 'is self-signed; name it in client.tls.ca_file if it is the right one',
  wrong_name: 'is for another name; use a name that it holds, or set client.tls.server_name',
  incomplete_chain:
    'comes from an issuer that this machine does not know, and no intermediate was sent; let the server send its whole chain, or name the authority in client.tls.ca_file',
  unknown_authority: 'comes from an authority that this machine does not know; name it in client.tls.ca_file',
  revoked: 'has been revoked; replace it',
  invalid: 'is not accepted',
};

/** The certificates that the other end of a connection has shown; null when it has shown none. */
export function certificateFacts(socket: TLSSocket): CertificateFacts | null {
  const chain = chainOf(socket.getPeerCertificate(true));
  const [leaf] = chain;
  if (leaf === undefined) return null;
  const fault = faultOf(socket, chain.length);
  // The root is trusted for being known, and its end is not the server's to mend.
  const counted = chain.filter((one, index) => index === 0 || !isRoot(one));
  return {
    expiresAt: Math.min(...counted.map((one) => Date.parse(one.valid_to))),
    subject: nameOf(leaf.subject),
    issuer: nameOf(leaf.issuer),
    chain: chain.map((one) => ({ subject: nameOf(one.subject), expiresAt: Date.parse(one.valid_to) })),
    fault,
  };
}

function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.valid_to !== undefined && chain.length < LONGEST) {
    chain.push(next);
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

function isRoot(one: DetailedPeerCertificate): boolean {
  return one.issuerCertificate === one;
}

function faultOf(socket: TLSSocket, length: number): CertificateFault | null {
  if (socket.authorized) return null;
  // A code, whatever its type says.
  const code = String(socket.authorizationError);
  const fault = FAULTS[code] ?? 'invalid';
  return fault === 'unknown_authority' && length === 1 && code.startsWith('UNABLE') ? 'incomplete_chain' : fault;
}

function nameOf(name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string {
  const text = name?.CN ?? name?.O ?? '';
  return Array.isArray(text) ? text.join(', ') : text;
}
