import type { Secret } from '../../lib/crypto/secret.ts';
import {
  HEADERS,
  headerOf,
  refused,
  signatureMatches,
  signedTime,
  signV1,
  signV2,
} from '../../lib/crypto/signature.ts';
import type { Driver, RawRequest, Refused, Verified, VerifyPolicy } from '../contract.ts';

/** Signatures of pushes. A push is always taken as signed: none at all is a missing signature. */
export const clusterSignature: NonNullable<Driver['signature']> = {
  isSigned: () => true,
  verify: verifyClusterRequest,
};

/**
 * Verifies both signatures of a push under any one of the secrets: whatever is present must be right, and at least
 * one must be. Version 2 also proves time and nonce; a request that names some of its headers must have them all.
 */
export function verifyClusterRequest(
  request: RawRequest,
  secrets: readonly Secret[],
  policy: VerifyPolicy,
): Verified | Refused {
  const v1 = headerOf(request.headers, HEADERS.signature);
  const v2 = headerOf(request.headers, HEADERS.signatureV2);
  if (v1 === '' && v2 === '')
    return refused(
      'the push is not signed, X-Cluster-Signature is missing: set WEBHOOK_SECRET_CLUSTER on the sender to the secret of this hub, or MONITOR_CLUSTER_KEY',
    );
  if (v2 === '' && policy.requireV2) {
    return refused('this hub accepts only pushes with X-Cluster-Signature-V2, X-Cluster-Timestamp and X-Cluster-Nonce');
  }
  const timestamp = headerOf(request.headers, HEADERS.timestamp);
  const nonce = headerOf(request.headers, HEADERS.nonce);
  if (v2 !== '' && (timestamp === '' || nonce === '')) {
    return refused('X-Cluster-Signature-V2 needs X-Cluster-Timestamp and X-Cluster-Nonce');
  }
  if (v2 === '' && (timestamp !== '' || nonce !== '')) {
    return refused(
      'X-Cluster-Signature-V2 is missing beside X-Cluster-Timestamp or X-Cluster-Nonce: was it removed on the way?',
    );
  }
  const secret = secrets.find((candidate) => v1 === '' || signatureMatches(v1, signV1(candidate, request.body)));
  if (secret === undefined) return refused('X-Cluster-Signature does not match: the secrets of sender and hub differ');
  if (v2 === '') return { ok: true };
  const holders = v1 === '' ? secrets : [secret];
  const signed = { timestamp, nonce, method: request.method, path: request.path };
  if (!holders.some((candidate) => signatureMatches(v2, signV2(candidate, signed, request.body)))) {
    return refused(
      'X-Cluster-Signature-V2 does not match: secret, path, timestamp, nonce or body differ from what was signed',
    );
  }
  return verifyFreshness(timestamp, nonce, v2, request.receivedAt);
}

const NONCE = /^[\x21-\x7e]{8,128}$/;

function verifyFreshness(timestamp: string, nonce: string, signature: string, now: number): Verified | Refused {
  const time = signedTime('X-Cluster-Timestamp', timestamp, now);
  if (!time.ok) return time;
  if (!NONCE.test(nonce)) return refused('X-Cluster-Nonce must be 8 to 128 visible characters');
  return { ...time, replay: { key: nonce, signature: signature.toLowerCase(), called: 'X-Cluster-Nonce' } };
}
