import type { HawkKey } from '../../lib/crypto/hawk.ts';

/** The parts of monitor.yaml about other hubs, as they are written, and the way back to their lines. */
export interface PeersFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** `<path>:<line>` of a key, given by its path from the top of the file. */
  at(keys: readonly string[]): string;
  /** Where relative paths count from. */
  readonly folder: string;
}

/** A key by which another hub, or a client of Alerta, signs what it sends here. */
export interface PeerKey extends HawkKey {
  /** Whose it is, for people and for the history. */
  readonly name: string;
}
