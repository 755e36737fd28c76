import type { Secret } from '../../lib/crypto/secret.ts';
import { headerOf, refused, signatureMatches } from '../../lib/crypto/signature.ts';
import type { Driver } from '../contract.ts';

const SIGNATURE = 'X-Webhook-Signature';

/** `X-Webhook-Signature`: hex HMAC-SHA-256 of the raw body, bare or after `sha256=`, in either case. */
export const genericSignature: NonNullable<Driver['signature']> = {
  isSigned: ({ headers }) => headerOf(headers, SIGNATURE) !== '',
  verify({ headers, body }, secrets: readonly Secret[]) {
    const signature = headerOf(headers, SIGNATURE);
    if (secrets.some((secret) => signatureMatches(signature, secret.hmac(body)))) return { ok: true };
    return refused(`${SIGNATURE} does not match: secret or body differ from what was signed`);
  },
};
