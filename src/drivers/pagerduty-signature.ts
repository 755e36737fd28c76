import { sha256 } from '../lib/digest.ts';
import type { Secret } from '../lib/secret.ts';
import { signatureMatches } from '../lib/signature.ts';
import type { Driver, RawRequest, Refused, Verified } from './contract.ts';

const SIGNATURE = 'x-pagerduty-signature';
const WEBHOOK_ID = 'x-webhook-id';

/**
 * `X-PagerDuty-Signature: v1=<hex>[,v1=<hex>…]`, the HMAC-SHA-256 of the raw body under each of the subscription's
 * secrets (PagerDuty developer docs, "Webhooks: verifying signatures"). Versions that are not `v1` are ignored. Nothing
 * in it tells the time; `X-Webhook-Id`, the same on every retry, makes a second delivery within minutes change nothing,
 * but it is not signed: whoever sends a body again under another one meets `occurred_at`, by which events are ordered.
 */
export const pagerdutySignature: NonNullable<Driver['signature']> = {
  isSigned: (request) => header(request, SIGNATURE) !== '',
  verify(request, secrets) {
    const given = header(request, SIGNATURE);
    if (given === '') return refused('the request is not signed: X-PagerDuty-Signature is missing');
    const signatures = given.split(',').flatMap((part) => /^\s*v1=(.*)$/.exec(part)?.[1] ?? []);
    if (signatures.length === 0) return refused('X-PagerDuty-Signature has no signature of version v1');
    if (!matches(request.body, signatures, secrets)) {
      return refused('X-PagerDuty-Signature does not match: the secrets of the subscription and the hub differ');
    }
    const id = header(request, WEBHOOK_ID);
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

// The body stands for the delivery, not the header: a retry after a rotation carries other signatures.
function replayOf(id: string, request: RawRequest): NonNullable<Verified['replay']> {
  const body = sha256(request.body.toString('latin1'));
  return { key: id.length <= 128 ? id : sha256(id), signature: body, called: 'X-Webhook-Id' };
}

function header({ headers }: RawRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

function refused(reason: string): Refused {
  return { ok: false, reason };
}
