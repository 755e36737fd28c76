import type { AccessStore } from './access.ts';
import type { LinkKeyStore } from './link-keys.ts';

/** A key with which one instance may push. The secret is kept as it is, for an HMAC cannot be checked from a hash. */
export interface InstanceKey {
  readonly id: string;
  readonly instanceId: string;
  readonly secret: string;
  readonly createdAt: number;
  /** From then on it is refused; null while it has no end. */
  readonly expiresAt: number | null;
}

/** The keys of instances. */
export interface KeyStore {
  createKey(key: InstanceKey): Promise<void>;
  findKey(id: string): Promise<InstanceKey | undefined>;
  listKeys(): Promise<readonly InstanceKey[]>;
  /** Ends a key at a time; false when there is none with that id. */
  expireKey(id: string, at: number): Promise<boolean>;
}

/** The keys of a store, and who has access, that was opened for them alone; its schema may be an older one. */
export interface OpenKeyStore extends KeyStore, LinkKeyStore, AccessStore {
  close(): Promise<void>;
}
