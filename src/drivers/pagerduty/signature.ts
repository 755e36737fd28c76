import { sha256 } from '../../lib/crypto/digest.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import { headerOf, refused, signatureMatches } from '../../lib/crypto/signature.ts';
import type { Driver, RawRequest, Verified } from '../contract.ts';

const SIGNATURE = 'X-PagerDuty-Signature';
const WEBHOOK_ID = 'X-Webhook-Id';

/**
 * `X-PagerDuty-Signature: v1=<hex>[,v1=<hex>…]`, the HMAC-SHA-256 of the raw body under each of the subscription's
 * secrets (PagerDuty developer docs, "Webhooks: verifying signatures"). Versions that are not `v1` are ignored. Nothing
 * in it tells the time; `X-Webhook-Id`, the same on every retry, makes a second request within minutes change nothing,
 * but it is not signed: whoever sends a body again under another one meets `occurred_at`, by which events are ordered.
 */
export const pagerdutySignature: NonNullable<Driver['signature']> = {
  isSigned: ({ headers }) => headerOf(headers, SIGNATURE) !== '',
  verify(request, secrets) {
    const given = headerOf(request.headers, SIGNATURE);
    const signatures = given.split(',').flatMap((part) => /^\s*v1=(.*)$/.exec(part)?.[1] ?? []);
    if (signatures.length === 0) return refused(`${SIGNATURE} has no signature of version v1`);
    if (!matches(request.body, signatures, secrets)) {
      return refused(`${SIGNATURE} does not match: the secrets of the subscription and the hub differ`);
    }
    const id = headerOf(request.headers, WEBHOOK_ID);
    return { ok: true, ...(id !== '' && { replay: replayOf(id, request) }) };
  },
};

// Far more than the two that PagerDuty sends during a rotation.
const MOST_SIGNATURES = 20;

function matches(body: Buffer, signatures: readonly string[], secrets: readonly Secret[]): boolean {
  const expected = secrets.map((secret) => secret.hmac(body));
  return signatures
    .slice(0, MOST_SIGNATURES)
    .some((signature) => expected.some((one) => signatureMatches(signature, one)));
}

// The body stands for the request, not the header: a retry after a rotation carries other signatures.
function replayOf(id: string, request: RawRequest): NonNullable<Verified['replay']> {
  const body = sha256(request.body.toString('latin1'));
  return { key: id.length <= 128 ? id : sha256(id), signature: body, called: WEBHOOK_ID };
}
