import type { Driver, RawRequest, Refused, Verified, VerifyPolicy } from '../../drivers/contract.ts';
import { Secret, secretVariable } from '../../lib/crypto/secret.ts';
import { HEADERS, refused } from '../../lib/crypto/signature.ts';
import type { InstanceKey } from '../../stores/contract/instance-keys.ts';
import type { IsLocal } from '../address.ts';
import type { RequestHead } from '../request.ts';
import { type GivenRequest, presentedSecret, schemeNames } from './schemes.ts';

/** In whose name a request was accepted. */
export interface Credential {
  /** For limits and nonces: `key:<id>`, or `secret:` or `local:` and the driver whose secret counts. */
  readonly name: string;
  /** The one instance it may speak for; undefined when it may speak for any. */
  readonly instanceId?: string;
}

/** Who a request is from, or why it is refused. */
export type Authenticate = (
  driver: Driver,
  raw: GivenRequest,
  request: RequestHead,
) => Promise<{ readonly ok: true; readonly verified: Verified; readonly credential: Credential } | Refused>;

/** What authentication is made of. */
export interface CredentialParts {
  /** Shared secrets by driver name; several during rotation. */
  readonly secrets: Readonly<Record<string, readonly Secret[]>>;
  /** Whether pushes may be signed with the shared secret at all. */
  readonly sharedSecret: boolean;
  /** Accept unsigned requests from anywhere: asked for by name. */
  readonly insecure: boolean;
  /** Drivers that need no secret, each asked for by name. */
  readonly withoutAuth: readonly string[];
  readonly policy: VerifyPolicy;
  readonly isLocal: IsLocal;
  /** Of the API. */
  readonly apiToken?: Secret | undefined;
  readonly findKey: (id: string) => Promise<InstanceKey | undefined>;
}

/**
 * One scheme is chosen by what the request names, and its failure is final: a key (X-Cluster-Key), else the shared
 * secret, else, where none is set, nothing but being a program on this machine.
 */
export function createAuthenticate(parts: CredentialParts): Authenticate {
  return async (driver, raw, request) => {
    const keyId = raw.headers[HEADERS.key];
    if (driver.name === 'cluster' && keyId !== undefined) return withKey(parts, driver, raw, String(keyId));
    const bearer = driver.name === 'cluster' ? bearerKey(raw) : null;
    if (bearer !== null) return withBearer(parts, raw, bearer);
    if (driver.name === 'cluster' && !parts.sharedSecret) {
      return refused(
        'this hub accepts only pushes with an instance key: create one with `monitor keys create` (X-Cluster-Key is missing)',
      );
    }
    if (isOperator(parts, raw))
      return { ok: true, verified: { ok: true }, credential: { name: `token:${driver.name}` } };
    const holder = holderOf(parts, driver);
    const secrets = parts.secrets[holder] ?? [];
    if (secrets.length > 0) {
      const verified = verify(driver, raw, { holder, secrets }, parts.policy);
      return verified.ok ? { ok: true, verified, credential: { name: `secret:${holder}` } } : verified;
    }
    const isOpen = parts.insecure || parts.withoutAuth.includes(holder);
    if (isOpen || parts.isLocal(request))
      return { ok: true, verified: { ok: true }, credential: { name: `local:${holder}` } };
    return refused(
      `without ${secretVariable(holder)} this hub accepts only requests from programs on the same machine`,
    );
  };
}

/**
 * How far a request proves who it is before its body is read: by its secret, which it shows in its head, or by coming from
 * this machine where no secret is set; `signed` is a signature that can be verified once the body is there.
 */
export type HeadProof = 'proven' | 'signed' | 'none';

/** Looks at the head of a request. */
export type ProveHead = (driver: Driver, head: Omit<RawRequest, 'body'>, request: RequestHead) => HeadProof;

const NO_BODY = Buffer.alloc(0);
const NO_TEXTS = {};

/** The same rules as `createAuthenticate`, of what a head can prove. */
export function createProveHead(parts: Pick<CredentialParts, 'secrets' | 'isLocal'>): ProveHead {
  return (driver, head, request) => {
    const holder = holderOf(parts, driver);
    const secrets = parts.secrets[holder] ?? [];
    if (secrets.length === 0) return parts.isLocal(request) ? 'proven' : 'none';
    const raw = { ...head, body: NO_BODY, texts: () => NO_TEXTS };
    if (driver.signature?.isSigned(raw)) return 'signed';
    const shown = presentedSecret(driver, raw);
    return shown !== null && secrets.some((secret) => secret.equals(shown)) ? 'proven' : 'none';
  };
}

/**
 * At a path where what was posted can be read back, the token for reading does for posting too: `amtool` has one
 * credential for both.
 */
function isOperator({ apiToken }: CredentialParts, { path, headers }: GivenRequest): boolean {
  if (apiToken === undefined || !/^\/api\/v2\/alerts\/?$/.test(path)) return false;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization?.toString() ?? '')?.[1];
  return bearer !== undefined && apiToken.equals(bearer);
}

/** Whose secret counts: a named source of the generic driver has the secret of that. */
function holderOf({ secrets }: Pick<CredentialParts, 'secrets'>, driver: Driver): string {
  return Object.hasOwn(secrets, driver.name) ? driver.name : 'generic';
}

/** A key that a push shows instead of signing with it, `<id>.<secret>`; null where it is signed, or shows none. */
function bearerKey({ headers }: GivenRequest): string | null {
  if (headers[HEADERS.signature] !== undefined || headers[HEADERS.signatureV2] !== undefined) return null;
  const { authorization } = headers;
  const bearer = /^Bearer +(\S+)$/i.exec(typeof authorization === 'string' ? authorization : '')?.[1];
  const given = bearer ?? headers['x-api-key'];
  return given === undefined ? null : String(given);
}

async function withBearer(parts: CredentialParts, raw: GivenRequest, given: string) {
  if (parts.policy.requireV2) return refused('this hub accepts only signed pushes, not a bearer key');
  const [id = '', secret = ''] = [given.slice(0, given.indexOf('.')), given.slice(given.indexOf('.') + 1)];
  const key = id === '' ? undefined : await parts.findKey(id);
  const isValid = key !== undefined && (key.expiresAt === null || key.expiresAt > raw.receivedAt);
  // One text for unknown, ended and wrong: it tells a stranger nothing.
  if (!isValid || !new Secret(key.secret).equals(secret)) {
    return refused('the bearer key is unknown or revoked: create one with `monitor keys create`');
  }
  return {
    ok: true,
    verified: { ok: true },
    credential: { name: `key:${key.id}`, instanceId: key.instanceId },
  } as const;
}

async function withKey(parts: CredentialParts, driver: Driver, raw: GivenRequest, id: string) {
  const key = await parts.findKey(id);
  const ended = key !== undefined && key.expiresAt !== null && key.expiresAt <= raw.receivedAt;
  // One text for unknown and ended: an id tells a stranger nothing.
  if (key === undefined || ended) return refused('X-Cluster-Key is unknown or revoked');
  const verified = verify(driver, raw, { holder: driver.name, secrets: [new Secret(key.secret)] }, parts.policy);
  return verified.ok
    ? { ok: true as const, verified, credential: { name: `key:${key.id}`, instanceId: key.instanceId } }
    : verified;
}

/** A signature where there is one, else the secret itself; whichever it is, its failure is final. */
function verify(
  driver: Driver,
  raw: GivenRequest,
  { holder, secrets }: { readonly holder: string; readonly secrets: readonly Secret[] },
  policy: VerifyPolicy,
): Verified | Refused {
  if (driver.signature?.isSigned(raw)) return driver.signature.verify(raw, secrets, policy);
  const shown = presentedSecret(driver, raw);
  if (shown === null) return refused(`this request has no secret; ${driver.name} accepts it by ${schemeNames(driver)}`);
  if (secrets.some((secret) => secret.equals(shown))) return { ok: true };
  return refused(`the secret does not match ${secretVariable(holder)}`);
}
