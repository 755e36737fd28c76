import type { IncomingMessage } from 'node:http';
import { secretVariable } from '../../core/secret-name.ts';
import type { Driver, Refused, Verified, VerifyPolicy } from '../../drivers/contract.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import { HEADERS, refused } from '../../lib/crypto/signature.ts';
import type { InstanceKey } from '../../stores/contract/keys.ts';
import { isLocalRequest } from '../address.ts';
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
  request: IncomingMessage,
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
    if (driver.name === 'cluster' && !parts.sharedSecret) {
      return refused(
        'this hub takes pushes with an instance key only: create one with `monitor keys create` (X-Cluster-Key is missing)',
      );
    }
    // A named source of the generic driver has the secret of that.
    const holder = Object.hasOwn(parts.secrets, driver.name) ? driver.name : 'generic';
    const secrets = parts.secrets[holder] ?? [];
    if (secrets.length > 0) {
      const verified = verify(driver, raw, { holder, secrets }, parts.policy);
      return verified.ok ? { ok: true, verified, credential: { name: `secret:${holder}` } } : verified;
    }
    const isOpen = parts.insecure || parts.withoutAuth.includes(holder);
    if (isOpen || isLocalRequest(request))
      return { ok: true, verified: { ok: true }, credential: { name: `local:${holder}` } };
    return refused(`without ${secretVariable(holder)} this hub takes requests of programs on its own machine only`);
  };
}

async function withKey(parts: CredentialParts, driver: Driver, raw: GivenRequest, id: string) {
  const key = await parts.findKey(id);
  const ended = key !== undefined && key.expiresAt !== null && key.expiresAt <= raw.receivedAt;
  // One text for unknown and ended: an id tells a stranger nothing.
  if (key === undefined || ended) return refused('X-Cluster-Key is not known here, or it was revoked');
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
  if (shown === null) return refused(`this request shows no secret; ${driver.name} takes it by ${schemeNames(driver)}`);
  if (secrets.some((secret) => secret.equals(shown))) return { ok: true };
  return refused(`the secret shown is not that of ${secretVariable(holder)}`);
}
