import type { Secret } from '../lib/secret.ts';
import { HEADERS, signatureMatches, signV1, signV2 } from '../lib/signature.ts';
import type { Driver, RawRequest, Refused, Verified, VerifyPolicy } from './contract.ts';

/** How far a sender's clock may be off, either way, in seconds. */
export const CLOCK_TOLERANCE_S = 300;

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
  const v1 = header(request, HEADERS.signature);
  const v2 = header(request, HEADERS.signatureV2);
  if (v1 === undefined && v2 === undefined) return refused('the push is not signed: X-Cluster-Signature is missing');
  if (v2 === undefined && policy.requireV2) {
    return refused('this hub takes only pushes with X-Cluster-Signature-V2, X-Cluster-Timestamp and X-Cluster-Nonce');
  }
  const timestamp = header(request, HEADERS.timestamp);
  const nonce = header(request, HEADERS.nonce);
  if (v2 !== undefined && (timestamp === undefined || nonce === undefined)) {
    return refused('X-Cluster-Signature-V2 needs X-Cluster-Timestamp and X-Cluster-Nonce');
  }
  if (v2 === undefined && (timestamp !== undefined || nonce !== undefined)) {
    return refused('X-Cluster-Signature-V2 is missing beside X-Cluster-Timestamp or X-Cluster-Nonce: was it cut out?');
  }
  const secret = secrets.find((candidate) => v1 === undefined || signatureMatches(v1, signV1(candidate, request.body)));
  if (secret === undefined) return refused('X-Cluster-Signature does not match: the secrets of sender and hub differ');
  if (v2 === undefined || timestamp === undefined || nonce === undefined) return { ok: true };
  const holders = v1 === undefined ? secrets : [secret];
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
  if (!/^\d{1,12}$/.test(timestamp)) return refused('X-Cluster-Timestamp must be Unix seconds');
  if (!NONCE.test(nonce)) return refused('X-Cluster-Nonce must be 8 to 128 visible characters');
  const sentAt = Number(timestamp) * 1000;
  const offset = Math.round((sentAt - now) / 1000);
  if (Math.abs(offset) > CLOCK_TOLERANCE_S) {
    const side = offset > 0 ? 'ahead of' : 'behind';
    return refused(
      `the sender's clock is ${Math.abs(offset)} s ${side} the hub's, more than ${CLOCK_TOLERANCE_S} s: correct the clock`,
    );
  }
  return { ok: true, sentAt, replay: { key: nonce, signature: signature.toLowerCase(), called: 'X-Cluster-Nonce' } };
}

function header(request: RawRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function refused(reason: string): Refused {
  return { ok: false, reason };
}
