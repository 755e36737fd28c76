import type { Clock } from '../../lib/clock.ts';
import { randomSecret, uuidv7 } from '../../lib/crypto/ids.ts';
import type { InstanceKey } from '../../stores/contract/instance-keys.ts';
import { openKeyStore, type StoreSettings } from './open.ts';

/** Keys of instances, kept in the hub's own store; a running hub sees every change at once. */
export interface Keys {
  /** Makes a key for an instance; `secret` is shown this once. */
  create(instanceId: string): Promise<InstanceKey>;
  list(): Promise<readonly InstanceKey[]>;
  /** Ends a key now; false when there is none with that id. */
  revoke(id: string): Promise<boolean>;
  /** Makes a new key for the instance of an old one, which goes on for `overlapMs`; undefined when there is none. */
  rotate(id: string, overlapMs: number): Promise<InstanceKey | undefined>;
}

/** Opens the store of these settings for as long as `work` takes. Throws StoreError when it cannot be opened. */
export async function withKeys<T>(settings: StoreSettings, clock: Clock, work: (keys: Keys) => Promise<T>): Promise<T> {
  // Never made here: a key in a store that no hub reads would look like one that works.
  const store = await openKeyStore(settings, clock);
  const create = async (instanceId: string) => {
    const now = clock.now();
    const id = `k${uuidv7(now).replaceAll('-', '').slice(8)}`;
    const key = { id, instanceId, secret: randomSecret(), createdAt: now, expiresAt: null };
    await store.createKey(key);
    return key;
  };
  try {
    return await work({
      create,
      list: store.listKeys,
      revoke: (id) => store.expireKey(id, clock.now()),
      rotate: async (id, overlapMs) => {
        const old = await store.findKey(id);
        const now = clock.now();
        if (old === undefined || (old.expiresAt !== null && old.expiresAt <= now)) return undefined;
        const key = await create(old.instanceId);
        await store.expireKey(id, now + overlapMs);
        return key;
      },
    });
  } finally {
    await store.close();
  }
}
