import type { Clock } from '../lib/clock.ts';
import { nonce } from '../lib/crypto/ids.ts';
import type { Secret } from '../lib/crypto/secret.ts';
import { HEADERS, type SignedRequest, signV1, signV2 } from '../lib/crypto/signature.ts';
import { isLoopback } from '../lib/http/loopback.ts';

/** What an agent signs with: its own key, else the secret that all share; neither on a hub of its own machine. */
export interface Credentials {
  readonly clusterKey?: { readonly id: string; readonly secret: Secret };
  readonly clusterSecret?: Secret;
  /** Shown as it is, to hubs that want a bearer token. */
  readonly hubApiKey?: Secret;
}

// As the hub sees it. A proxy may serve the hub below a base path of its own and take that off: it is no part of what
// is signed.
const PATH = '/alerts/webhook/cluster/';

/** Where pushes to the hub at this base address go. Throws on what is no URL. */
export function pushUrl(hubUrl: string): URL {
  const url = new URL(hubUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${PATH}`;
  return url;
}

/** What a person should know of how this agent reaches its hub; one sentence each, with the fix. */
export function warningsOf(url: URL, credentials: Credentials, allowPlainHttp = false): string[] {
  const warnings: string[] = [];
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlainHttp) {
    warnings.push(
      `pushes to ${url.host} travel unencrypted, anyone on the network path can read them; use an https:// HUB_URL, or set MONITOR_ALLOW_PLAIN_HTTP=1`,
    );
  }
  if (!isLoopback(url.hostname) && isUnproven(credentials)) {
    warnings.push('pushes are not signed; set WEBHOOK_SECRET_CLUSTER to the secret of the hub, or MONITOR_CLUSTER_KEY');
  }
  return warnings;
}

/** How a push proves where it comes from, in words without a secret. */
export function proofName({ clusterKey, clusterSecret, hubApiKey }: Credentials): string {
  if (clusterKey !== undefined) return `signed with the key ${clusterKey.id}`;
  if (clusterSecret !== undefined) return 'signed with the shared secret';
  return hubApiKey === undefined ? 'not signed' : 'a bearer key';
}

function isUnproven({ clusterKey, clusterSecret, hubApiKey }: Credentials): boolean {
  return clusterKey === undefined && clusterSecret === undefined && hubApiKey === undefined;
}

/** Headers that prove where a body comes from: a signature, and the key of a hub that wants a bearer token. */
export function proofHeaders(
  body: Buffer | string,
  credentials: Credentials,
  clock: Clock,
  method: 'GET' | 'POST' = 'POST',
): Record<string, string> {
  const { hubApiKey } = credentials;
  const bearer = hubApiKey === undefined ? {} : { authorization: `Bearer ${hubApiKey.reveal()}` };
  return { ...signatureHeaders(body, credentials, clock, method), ...bearer };
}

/**
 * Headers of a GET that asks whether a push would be accepted. Version 2 alone: version 1 over an empty body would be the
 * same every time.
 */
export function verificationHeaders(credentials: Credentials, clock: Clock): Record<string, string> {
  const { [HEADERS.signature]: _, ...proof } = proofHeaders('', credentials, clock, 'GET');
  return { ...proof, [HEADERS.verify]: '1' };
}

/** Both versions of the signature, new in time and nonce at every call. */
export function signatureHeaders(
  body: Buffer | string,
  credentials: Credentials,
  clock: Clock,
  method: 'GET' | 'POST' = 'POST',
): Record<string, string> {
  const secret = credentials.clusterKey?.secret ?? credentials.clusterSecret;
  if (secret === undefined) return {};
  const now = clock.now();
  const signed: SignedRequest = {
    timestamp: String(Math.floor(now / 1000)),
    nonce: nonce(now),
    method,
    path: PATH,
  };
  return {
    [HEADERS.signature]: signV1(secret, body),
    [HEADERS.signatureV2]: signV2(secret, signed, body),
    [HEADERS.timestamp]: signed.timestamp,
    [HEADERS.nonce]: signed.nonce,
    ...(credentials.clusterKey !== undefined && { [HEADERS.key]: credentials.clusterKey.id }),
  };
}
