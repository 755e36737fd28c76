import type { Secret } from '../../lib/crypto/secret.ts';
import { headerOf, refused, signatureMatches, signedTime } from '../../lib/crypto/signature.ts';
import type { Driver, RawRequest, Refused, Verified } from '../contract.ts';

/** Names of the headers as the contact point has them. */
export interface SignatureHeaders {
  readonly signature: string;
  /** Left out, bodies alone are signed. */
  readonly timestamp?: string | undefined;
}

/**
 * Signatures of Grafana 12 and later (grafana/alerting `http/hmac.go`): lower-case hex HMAC-SHA-256 of the body, or of
 * `<timestamp>:` and the body when the contact point names a timestamp header (Unix seconds). Only the timestamp keeps a
 * recorded request from being sent again, so once it is configured here, a request without it is refused.
 */
export function grafanaSignature(names: SignatureHeaders): NonNullable<Driver['signature']> {
  return {
    isSigned: ({ headers }) => headerOf(headers, names.signature) !== '',
    verify: (request, secrets) => verify(request, secrets, names),
  };
}

function verify(request: RawRequest, secrets: readonly Secret[], names: SignatureHeaders): Verified | Refused {
  const signature = headerOf(request.headers, names.signature);
  const timestamp = names.timestamp === undefined ? undefined : headerOf(request.headers, names.timestamp);
  if (timestamp === '') {
    return refused(`${names.timestamp} is missing: name it as the timestamp header of the contact point`);
  }
  const prefix = timestamp === undefined ? [] : [`${timestamp}:`];
  if (!secrets.some((secret) => signatureMatches(signature, secret.hmac(...prefix, request.body)))) {
    const signed = timestamp === undefined ? 'secret or body differ' : 'secret, timestamp or body differ';
    return refused(`${names.signature} does not match: ${signed} from what was signed`);
  }
  if (names.timestamp === undefined || timestamp === undefined) return { ok: true };
  const time = signedTime(names.timestamp, timestamp, request.receivedAt);
  return time.ok ? { ...time, replay: { key: signature.toLowerCase(), signature: signature.toLowerCase() } } : time;
}
