import type { Mark } from '../../core/peer/merge.ts';

/** A mark, and what it is of. */
export interface PeerMark extends Mark {
  readonly key: string;
}

/** The part of a write transaction that is about other hubs. */
export interface PeerTransaction {
  /** Those of these keys that there are; locked until the commit. */
  findPeerMarks(keys: readonly string[]): Promise<readonly PeerMark[]>;
  /** Whole rows, by key: inserted or replaced. `at` is when, UTC milliseconds. */
  savePeerMarks(marks: readonly PeerMark[], at: number): Promise<void>;
  /** Forgets marks that were saved last before a time, at most `limit`; gives how many. */
  prunePeerMarks(before: number, limit: number): Promise<number>;
  /** How a peer stands, as who saved it wrote it; undefined when nobody has. */
  findPeerState(name: string): Promise<string | undefined>;
  savePeerState(name: string, state: string): Promise<void>;
}
