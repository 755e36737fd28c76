/** An event as it is stored, in the order of its columns: number, time, subject, its id, kind, reason, actor, data as text. */
export type AuditRecord = readonly [
  seq: number,
  at: number,
  subject: string,
  subjectId: string,
  kind: string,
  reason: string,
  actor: string,
  data: string,
];

/** One entry of the chain over the history. */
export interface AuditEntry {
  /** Its place in the chain, without gaps. */
  readonly n: number;
  /** The event that it stands for; null for a note of the chain about itself. */
  readonly seq: number | null;
  /** Time of the event, or of the note, UTC milliseconds. */
  readonly at: number;
  /** Hash of the event, or of the note. */
  readonly digest: string;
  /** Name of the key under which the hashes are made; null without one. */
  readonly key: string | null;
  /** A note, as text. */
  readonly note: string | null;
  /** Covers all of it, and the hash of the entry before. */
  readonly hash: string;
}

/** What a chain says about itself. */
export interface AuditNote {
  /** The number of the hub that writes from here on. */
  readonly hub: number;
  /** The first entry that is kept. */
  readonly from: number;
  /** Hash of the entry before that one; empty where there is none. */
  readonly before: string;
  /** What is older than this may be gone, UTC milliseconds. */
  readonly horizon: number;
  /** How long history is kept from this note on, in milliseconds; 0 for ever. */
  readonly keepMs: number;
}

/** Hashes a text, under a key where the chain has one. */
export type Hash = (text: string) => string;

/** The entry behind `before`, which is the hash of the last one. */
export function entryOf(
  { n, before }: { readonly n: number; readonly before: string },
  of: { readonly record: AuditRecord } | { readonly note: AuditNote; readonly at: number },
  key: string | null,
  hash: Hash,
): AuditEntry {
  const entry =
    'record' in of
      ? { n, seq: of.record[0], at: of.record[1], digest: digestOf(of.record, hash), key, note: null }
      : noteEntry(n, of.note, of.at, key, hash);
  return { ...entry, hash: linkOf(entry, before, hash) };
}

function noteEntry(n: number, note: AuditNote, at: number, key: string | null, hash: Hash) {
  const text = JSON.stringify(note);
  return { n, seq: null, at, digest: hash(text), key, note: text };
}

/** Hash of an event: a list as JSON has one text, whatever its fields hold. */
export function digestOf(record: AuditRecord, hash: Hash): string {
  return hash(JSON.stringify(record));
}

/** Hash of an entry that stands behind one with the hash `before`. */
export function linkOf(entry: Omit<AuditEntry, 'hash'>, before: string, hash: Hash): string {
  const { n, seq, at, digest, key, note } = entry;
  return hash(JSON.stringify([n, seq, at, digest, key, note, before]));
}

/** What is older than this may be gone, by what the notes say, in their order, and the time that it is. */
export function horizonOf(notes: readonly AuditNote[], now: number): number {
  const last = notes.at(-1);
  const sinceLast = last === undefined || last.keepMs === 0 ? 0 : now - last.keepMs;
  return Math.max(0, sinceLast, ...notes.map(({ horizon }) => horizon));
}
