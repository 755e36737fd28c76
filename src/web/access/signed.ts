import type { IncomingMessage } from 'node:http';
import type { SignatureFault } from '../../core/access/decide.ts';
import { type HawkHeader, type HawkKey, type HawkTarget, isSignedBody, verifyHawk } from '../../lib/crypto/hawk.ts';
import { failure, type Reply } from '../reply.ts';
import type { Caller } from './caller.ts';

/** What requests that are signed in the manner of Hawk are judged by. */
export interface SignedRequests {
  /** The key of an id, with the name of whoever has it. */
  readonly find: (id: string) => (HawkKey & { readonly name: string }) | undefined;
  /** Whether a nonce of a key comes for the first time; from then on it is taken. Rejects when that could not be committed. */
  readonly claim: (keyId: string, nonce: string) => Promise<boolean>;
}

/** Who signed a request, with what else its header says; or what is wrong with it. */
export type Signer =
  | { readonly id: string; readonly name: string; readonly header: HawkHeader }
  | Exclude<SignatureFault, 'not_for_signed'>;

/** Proves the body of a request whose head is known to be right; null where it is the one that was signed. */
export type ProveBody = (body: Buffer) => Promise<Reply | null>;

/** Whether a request shows a signature, right or wrong. */
export function isSigned({ headers }: IncomingMessage): boolean {
  return /^Hawk(?: |$)/i.test(headers.authorization ?? '');
}

/** Judges the head of a request that arrived at a time in UTC milliseconds. */
export function signerOf(
  request: IncomingMessage,
  { isSecure }: Pick<Caller, 'isSecure'>,
  find: SignedRequests['find'],
  receivedAt: number,
): Signer {
  const target = targetOf(request, isSecure);
  if (target === null) return 'wrong_signature';
  const judged = verifyHawk(request.headers.authorization ?? '', target, find, receivedAt);
  if (!judged.ok) return judged.reason;
  const { id, name } = judged.key;
  return { id, name, header: judged.header };
}

/** Where a request goes, by its own word; a port that it leaves out is that of its scheme. */
function targetOf({ method = '', url = '', headers }: IncomingMessage, isSecure: boolean): HawkTarget | null {
  const [, six, four, port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(headers.host ?? '') ?? [];
  const host = six ?? four;
  if (host === undefined) return null;
  return { method, path: url, host, port: port === undefined ? (isSecure ? 443 : 80) : Number(port) };
}

const CHALLENGE = { 'WWW-Authenticate': 'Hawk' };
const OTHER_BODY: Reply = { ...failure(401, 'the body is not the one that was signed'), headers: CHALLENGE };
const REPLAYED: Reply = {
  ...failure(401, 'the nonce of this signature was used before: sign every request anew'),
  headers: CHALLENGE,
};

/** Proves a body against what its header says of it, and takes the nonce. */
export function proofOf(
  { headers }: IncomingMessage,
  { id, header }: Exclude<Signer, string>,
  claim: SignedRequests['claim'],
): ProveBody {
  return async (body) => {
    if (!isSignedBody(header.hash, { type: headers['content-type'] ?? '', body })) return OTHER_BODY;
    return (await claim(id, header.nonce)) ? null : REPLAYED;
  };
}
