import type { Secret } from '../lib/secret.ts';
import { signatureMatches } from '../lib/signature.ts';
import type { Driver, RawRequest, Refused } from './contract.ts';

/** `X-Webhook-Signature`: hex HMAC-SHA-256 of the raw body, bare or after `sha256=`, in either case. */
export const genericSignature: NonNullable<Driver['signature']> = {
  isSigned: (request) => given(request) !== '',
  verify(request, secrets: readonly Secret[]) {
    const signature = given(request);
    if (signature === '') return refused('the request is not signed: X-Webhook-Signature is missing');
    if (secrets.some((secret) => signatureMatches(signature, secret.hmac(request.body)))) return { ok: true };
    return refused('X-Webhook-Signature does not match: secret or body differ from what was signed');
  },
};

function given({ headers }: RawRequest): string {
  const value = headers['x-webhook-signature'];
  return typeof value === 'string' ? value.trim() : '';
}

function refused(reason: string): Refused {
  return { ok: false, reason };
}
