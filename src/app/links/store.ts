import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import type { LinkKey } from '../../stores/contract/link-keys.ts';
import { openKeyStore, type StoreSettings } from '../store/open.ts';
import { encryptionKeys, newLinkKey, resealed, sealerOf } from './keys.ts';

// The step of the schema that has keys of links.
const SCHEMA = 14;

/** A key of links, as it is shown: without its secret. */
export interface ShownLinkKey extends Omit<LinkKey, 'sealed'> {
  readonly isEncrypted: boolean;
  /** Whether it stands as a new one would. */
  readonly isCurrent: boolean;
}

/** Keys of links, kept in the hub's own store; a running hub sees every change at once. */
export interface LinkKeys {
  list(): Promise<readonly ShownLinkKey[]>;
  /** Makes the key of all links from now on; those of before go on for `overlapMs`. Gives its id. */
  rotate(overlapMs: number): Promise<string>;
  /** Ends the links of a key now; false when there is none with that id that still works. */
  revoke(id: string): Promise<boolean>;
  /** Encrypts every key as a new one would be, and gives how many were not. Rejects with WrongKeyError. */
  reencrypt(): Promise<number>;
}

/** Opens the store of these settings for as long as `work` takes. Throws StoreError when it cannot be opened. */
export async function withLinkKeys<T>(
  settings: StoreSettings & Pick<Settings, 'encryption'>,
  clock: Clock,
  work: (keys: LinkKeys) => Promise<T>,
): Promise<T> {
  const sealer = sealerOf(encryptionKeys(settings));
  const store = await openKeyStore(settings, clock, SCHEMA);
  const endAt = (key: LinkKey, at: number): LinkKey => ({ ...key, expiresAt: Math.min(key.expiresAt ?? at, at) });
  try {
    return await work({
      list: async () =>
        (await store.listLinkKeys()).map(({ sealed, ...key }) => ({
          ...{ ...key, isEncrypted: !sealed.startsWith('plain:'), isCurrent: sealer.isCurrent(sealed) },
        })),
      rotate: async (overlapMs) => {
        const now = clock.now();
        const key = newLinkKey(sealer, now);
        const before = (await store.listLinkKeys()).map((one) => endAt(one, now + overlapMs));
        await store.saveLinkKeys([...before, key]);
        return key.id;
      },
      revoke: async (id) => {
        const now = clock.now();
        const key = await store.findLinkKey(id);
        if (key === undefined || (key.expiresAt !== null && key.expiresAt <= now)) return false;
        await store.saveLinkKeys([endAt(key, now)]);
        return true;
      },
      reencrypt: async () => {
        const old = (await store.listLinkKeys()).filter(({ sealed }) => !sealer.isCurrent(sealed));
        await store.saveLinkKeys(old.map((key) => resealed(key, sealer)));
        return old.length;
      },
    });
  } finally {
    await store.close();
  }
}
