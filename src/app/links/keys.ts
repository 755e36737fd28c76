import { randomBytes } from 'node:crypto';
import { keyBytes } from '../../config/kinds.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomSecret } from '../../lib/crypto/ids.ts';
import type { SigningKey } from '../../lib/crypto/link-token.ts';
import { createSealer, type Sealer } from '../../lib/crypto/sealer.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import type { LinkKey, LinkKeyReads, LinkKeyStore } from '../../stores/contract/link-keys.ts';

/** The keys under which secrets are stored, as text. They are plain here to cross into a thread. */
export interface EncryptionKeys {
  readonly present: string | null;
  /** Those of before, which only open what they have encrypted. */
  readonly before: readonly string[];
}

/** Those of the settings. */
export function encryptionKeys({ encryption: { key, old } }: Pick<Settings, 'encryption'>): EncryptionKeys {
  return { present: key?.reveal() ?? null, before: old?.reveal().split(/\s+/) ?? [] };
}

/** The sealer of these keys. */
export function sealerOf({ present, before }: EncryptionKeys): Sealer {
  return createSealer(
    present === null ? null : keyBytes(present),
    before.flatMap((key) => keyBytes(key) ?? []),
  );
}

/** The secret of a key of links by its id; undefined where its links do nothing any more. Rejects with WrongKeyError. */
export async function findLinkSecret(
  store: Pick<LinkKeyReads, 'findLinkKey'>,
  sealer: Sealer,
  id: string,
  now: number,
): Promise<Secret | undefined> {
  const key = await store.findLinkKey(id);
  if (key === undefined || (key.expiresAt !== null && key.expiresAt <= now)) return undefined;
  return sealer.open(key.sealed, placeOf(key.id));
}

/** The key that signs new links; made where there is none yet. Rejects with WrongKeyError. */
export async function presentLinkKey(store: LinkKeyStore, sealer: Sealer, clock: Clock): Promise<SigningKey> {
  const known = (await store.listLinkKeys()).find(({ expiresAt }) => expiresAt === null);
  if (known !== undefined) return { id: known.id, secret: sealer.open(known.sealed, placeOf(known.id)) };
  const made = newLinkKey(sealer, clock.now());
  await store.saveLinkKeys([made]);
  return { id: made.id, secret: sealer.open(made.sealed, placeOf(made.id)) };
}

/** A new key, as it is stored. */
export function newLinkKey(sealer: Sealer, now: number): LinkKey {
  const id = randomBytes(4).toString('hex');
  return { id, sealed: sealer.seal(randomSecret(), placeOf(id)), createdAt: now, expiresAt: null };
}

/** The same key, encrypted as new ones are. Throws WrongKeyError. */
export function resealed(key: LinkKey, sealer: Sealer): LinkKey {
  return { ...key, sealed: sealer.seal(sealer.open(key.sealed, placeOf(key.id)).reveal(), placeOf(key.id)) };
}

function placeOf(id: string): string {
  return `link key ${id}`;
}
