/** A key with which links in messages are signed. */
export interface LinkKey {
  /** Eight hex digits. */
  readonly id: string;
  /** As a sealer wrote it. */
  readonly sealed: string;
  readonly createdAt: number;
  /** From then on its links do nothing; null while new links are signed with it. */
  readonly expiresAt: number | null;
}

/** What is read of the keys of links. */
export interface LinkKeyReads {
  findLinkKey(id: string): Promise<LinkKey | undefined>;
  /** All of them, newest first. */
  listLinkKeys(): Promise<readonly LinkKey[]>;
}

/** The keys of links. */
export interface LinkKeyStore extends LinkKeyReads {
  /** Whole rows, by id: inserted or replaced, all of them or none. */
  saveLinkKeys(keys: readonly LinkKey[]): Promise<void>;
}
