import type { Secret } from '../lib/secret.ts';
import { signatureMatches } from '../lib/signature.ts';
import type { Driver, RawRequest, Refused, Verified } from './contract.ts';

/** How far a sender's clock may be off, either way, in seconds. */
const CLOCK_TOLERANCE_S = 300;

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
    isSigned: (request) => header(request, names.signature) !== '',
    verify: (request, secrets) => verify(request, secrets, names),
  };
}

function verify(request: RawRequest, secrets: readonly Secret[], names: SignatureHeaders): Verified | Refused {
  const signature = header(request, names.signature);
  if (signature === '') return refused(`the request is not signed: ${names.signature} is missing`);
  const timestamp = names.timestamp === undefined ? undefined : header(request, names.timestamp);
  if (timestamp === '') {
    return refused(`${names.timestamp} is missing: name it as the timestamp header of the contact point`);
  }
  const prefix = timestamp === undefined ? [] : [`${timestamp}:`];
  if (!secrets.some((secret) => signatureMatches(signature, secret.hmac(...prefix, request.body)))) {
    const signed = timestamp === undefined ? 'secret or body differ' : 'secret, timestamp or body differ';
    return refused(`${names.signature} does not match: ${signed} from what was signed`);
  }
  if (timestamp === undefined) return { ok: true };
  if (!/^\d{1,12}$/.test(timestamp)) return refused(`${names.timestamp} must be Unix seconds`);
  const sentAt = Number(timestamp) * 1000;
  const offset = Math.round((sentAt - request.receivedAt) / 1000);
  if (Math.abs(offset) > CLOCK_TOLERANCE_S) {
    const side = offset > 0 ? 'ahead of' : 'behind';
    return refused(
      `the request is ${Math.abs(offset)} s ${side} the hub's clock, more than ${CLOCK_TOLERANCE_S} s: correct the clock`,
    );
  }
  return { ok: true, sentAt, replay: { key: signature.toLowerCase(), signature: signature.toLowerCase() } };
}

function header({ headers }: RawRequest, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value.trim() : '';
}

function refused(reason: string): Refused {
  return { ok: false, reason };
}
