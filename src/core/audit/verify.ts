import { type AuditEntry, type AuditNote, type AuditRecord, digestOf, type Hash, horizonOf, linkOf } from './chain.ts';

/** What is wrong with a record, or with its entry in the chain. */
export type AuditFaultKind =
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'entry_changed'
  | 'entry_missing'
  | 'start_missing'
  | 'unkeyed'
  | 'unknown_key'
  | 'other_head'
  | 'head_missing';

/** The first thing that is wrong. */
export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** Place in the chain; null for a record that has none. */
  readonly n: number | null;
  /** Number of the event; null where the entry is a note, or nothing is known of it. */
  readonly seq: number | null;
}

/** A place in a chain that was written down elsewhere. */
export interface AuditHead {
  readonly n: number;
  readonly hash: string;
}

/** What a chain is held against. */
export interface AuditBasis {
  readonly notes: readonly AuditNote[];
  readonly now: number;
  /** Hashes under the key of that name, null for none; undefined for a key that is not at hand. */
  readonly hashUnder: (key: string | null) => Hash | undefined;
  /** A chain under this key cannot have gone on without one; null for none. */
  readonly key: string | null;
  /** Written down elsewhere; undefined for none. */
  readonly head?: AuditHead;
}

/** An entry, and its event as it stands in the store; null where it does not. */
export interface AuditPair {
  readonly entry: AuditEntry;
  readonly record: AuditRecord | null;
}

/** Takes the entries in their order, and says what is wrong first. */
export interface AuditWalk {
  /** Gives the fault of this entry; null for none. */
  take(pair: AuditPair): AuditFault | null;
  /** What is wrong with where it ended; null for nothing. */
  end(): AuditFault | null;
  readonly last: AuditHead | null;
}

/** Begins to walk along a chain. */
export function walkAlong(basis: AuditBasis): AuditWalk {
  const { notes, now, hashUnder, key, head } = basis;
  const horizon = horizonOf(notes, now);
  let last: AuditEntry | null = null;
  let seenHead: string | undefined;
  const faultOf = ({ entry, record }: AuditPair): AuditFaultKind | null => {
    const before = last === null ? startOf(entry, notes) : last.hash;
    if (before === undefined) return 'start_missing';
    if (last !== null && entry.n !== last.n + 1) return 'entry_missing';
    const hash = hashUnder(entry.key);
    if (hash === undefined) return 'unknown_key';
    if (last !== null && last.key !== null && entry.key === null) return 'unkeyed';
    if (linkOf(entry, before, hash) !== entry.hash) return 'entry_changed';
    if (entry.note !== null) return hash(entry.note) === entry.digest ? null : 'entry_changed';
    if (record === null) return entry.at < horizon ? null : 'removed';
    return digestOf(record, hash) === entry.digest ? null : 'changed';
  };
  return {
    take: (pair) => {
      const kind = faultOf(pair);
      last = pair.entry;
      if (pair.entry.n === head?.n) seenHead = pair.entry.hash;
      return kind === null ? null : { kind, n: pair.entry.n, seq: pair.entry.seq };
    },
    end: () => {
      const place = { n: last?.n ?? null, seq: last?.seq ?? null };
      if (key !== null && last !== null && last.key === null) return { kind: 'unkeyed', ...place };
      if (head === undefined || seenHead === head.hash) return null;
      return { kind: seenHead === undefined ? 'head_missing' : 'other_head', n: head.n, seq: null };
    },
    get last() {
      return last === null ? null : { n: last.n, hash: last.hash };
    },
  };
}

/** The hash before the first entry that is kept; undefined where nothing says that it may be the first. */
function startOf({ n }: AuditEntry, notes: readonly AuditNote[]): string | undefined {
  return n === 1 ? '' : notes.find(({ from }) => from === n)?.before;
}
