import { keyBytes } from '../../config/kinds.ts';
import type { Hash } from '../../core/audit/chain.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import type { EncryptionKeys } from '../links/keys.ts';

/** The keys of a chain over the history, by their names. */
export interface AuditKeys {
  /** Name of the one that is used now; null without one. */
  readonly present: string | null;
  /** Hashes under the key of that name, under none for null; undefined for a key that is not at hand. */
  hashUnder(name: string | null): Hash | undefined;
  /** Hashes under the present one. */
  readonly hash: Hash;
}

/** Made of the keys under which secrets are encrypted: who reads and writes the database alone does not have them. */
export function auditKeys({ present, before }: EncryptionKeys): AuditKeys {
  const secretOf = (text: string) => {
    const key = keyBytes(text);
    return new Secret(new Secret((key ?? Buffer.from(text)).toString('hex')).hmac('monitor audit chain'));
  };
  const nameOf = (secret: Secret) => secret.hmac('name').slice(0, 16);
  const secrets = [...(present === null ? [] : [present]), ...before].map(secretOf);
  const byName = new Map(secrets.map((secret) => [nameOf(secret), secret]));
  const underSecret = (secret: Secret | undefined) => secret && ((text: string) => secret.hmac(text));
  const first = present === null ? undefined : secrets[0];
  return {
    present: first === undefined ? null : nameOf(first),
    hash: underSecret(first) ?? sha256,
    hashUnder: (name) => (name === null ? sha256 : underSecret(byName.get(name))),
  };
}
