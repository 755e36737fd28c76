import type { Driver } from '../../drivers/contract.ts';
import { HEADERS } from '../../lib/crypto/signature.ts';
import { failure, later, type Reply } from '../reply.ts';
import type { RequestHead } from '../request.ts';
import type { Authenticate } from './credentials.ts';
import type { WebhookRoute } from './route.ts';

/** What a GET needs to be told whether a push with the same proof would be accepted. */
export interface VerificationParts {
  readonly authenticate: Authenticate;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly stopping: () => boolean;
}

const ASKING = [HEADERS.signature, HEADERS.signatureV2, HEADERS.key, HEADERS.verify] as const;

/** Whether a GET asks whether its sender would be accepted: it is signed, names a key, or says so (`X-Cluster-Verify`). */
export function asksForVerification({ headers }: RequestHead): boolean {
  return ASKING.some((name) => headers[name] !== undefined);
}

/**
 * Tells a sender whether a push with this proof would be accepted. It goes by the rules of a push over an empty body,
 * and changes nothing: no nonce is kept, for there is nothing that a second time could do.
 */
export async function answerVerification(
  parts: VerificationParts,
  driver: Driver,
  { path, pathSecret }: WebhookRoute,
  request: RequestHead,
): Promise<Reply> {
  if (parts.stopping()) return later(503, 'the hub is stopping', 5);
  const receivedAt = parts.now();
  const { headers, method = 'GET' } = request;
  const raw = { method, path, pathSecret, headers, receivedAt, body: Buffer.alloc(0), texts: () => ({}) };
  const proof = await parts.authenticate(driver, raw, request);
  if (!proof.ok) return failure(403, proof.reason);
  const { credential, verified } = proof;
  const body = {
    status: 'ok',
    message: 'a push with this proof would be accepted',
    driver: driver.name,
    accepted: true,
    credential: credential.name,
    instance_id: credential.instanceId,
    clock_offset_ms: verified.sentAt === undefined ? undefined : verified.sentAt - receivedAt,
    received_at: new Date(receivedAt).toISOString(),
  };
  return { status: 200, body };
}
