import { type AuditNote, type AuditRecord, entryOf, type Hash, horizonOf } from '../core/audit/chain.ts';
import type { HistoryEvent } from '../core/history.ts';
import type { Clock } from '../lib/clock.ts';
import type { AuditWrites } from '../stores/contract/audit.ts';
import type { Followers } from '../stores/contract/followers.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { Follower } from './follower.ts';

/** How a chain over the history is made. */
export interface AuditParts {
  readonly store: Pick<Followers, 'follow'>;
  readonly clock: Clock;
  /** The number of the hub whose history it is. */
  readonly hub: number;
  readonly hash: Hash;
  /** Name of the key of `hash`; null without one. */
  readonly key: string | null;
  /** How long history is kept, in milliseconds; 0 for ever. */
  readonly keepMs: number;
  /** Told where the chain ends when this process begins to write it. */
  readonly onTakeOver: (head: { readonly n: number; readonly hash: string }) => void;
}

// Retention comes round as often.
const EVERY_MS = 600_000;
// Entries whose events are gone: below that it is not worth a note, and more of them are removed in several turns.
const WORTH = 1000;
const AT_MOST = 10_000;
// Events of one transaction: so much is hashed and written in a few milliseconds, while others wait for the writer.
const BATCH = 500;
// Its work may lie still for so long after a crash, and a hub that rests seldom writes for its sake.
const LEASE_MS = 30_000;

/** Follows the history with a chain of hashes: what is changed in the database afterwards no longer fits into it. */
export function createAuditFollower(parts: AuditParts): Follower {
  const { store, clock, hub, hash, key, keepMs, onTakeOver } = parts;
  let lookAt = 0;
  const note = async (audit: AuditWrites, isBeginning: boolean) => {
    const { last } = await audit.tail();
    const notes = (await audit.notes()).map((text) => JSON.parse(text) as AuditNote);
    const now = clock.now();
    const horizon = horizonOf(notes, now);
    const prefix = await audit.prefix(AT_MOST);
    const latest = notes.at(-1);
    const gone = prefix === undefined || prefix.youngest >= horizon ? undefined : prefix;
    const removes = gone !== undefined && gone.kept - gone.first >= WORTH ? gone : undefined;
    if (isBeginning) onTakeOver({ n: last?.n ?? 0, hash: last?.hash ?? '' });
    // The first note comes with the first event: a store in which nothing has happened can take an import.
    if (last === undefined || latest === undefined) return false;
    const isNew = latest.keepMs !== keepMs || latest.hub !== hub || last.key !== key;
    if (!isNew && removes === undefined) return false;
    const { from, before } = removes === undefined ? latest : { from: removes.kept, before: removes.before };
    const place = { n: last.n + 1, before: last.hash };
    await audit.append([entryOf(place, { note: { hub, from, before, horizon, keepMs }, at: now }, key, hash)]);
    if (removes !== undefined) await audit.removeBefore(removes.kept);
    return removes !== undefined && removes.kept - removes.first >= AT_MOST;
  };
  return {
    name: 'audit',
    begins: 'first',
    batch: BATCH,
    leaseMs: LEASE_MS,
    takeOver: async (lease: Lease) => {
      await store.follow(lease, (tx) => note(tx.audit, true));
      lookAt = clock.now() + EVERY_MS;
    },
    take: async (events, { audit }) => {
      const numbers = events.map(({ seq }) => seq);
      // An import brings the chain along, and not how far its follower was.
      const known = await audit.chained(Math.min(...numbers), Math.max(...numbers));
      const { last } = await audit.tail();
      const unknown = events.filter(({ seq }) => !known.has(seq)).map((event) => ({ record: recordOf(event) }));
      const start = { note: { hub, from: 1, before: '', horizon: 0, keepMs }, at: clock.now() };
      let [n, before] = [last?.n ?? 0, last?.hash ?? ''];
      const entries = (last === undefined ? [start, ...unknown] : unknown).map((of) => {
        n += 1;
        const entry = entryOf({ n, before }, of, key, hash);
        before = entry.hash;
        return entry;
      });
      await audit.append(entries);
    },
    turn: async (lease) => {
      if (clock.now() < lookAt) return lookAt;
      const isMore = await store.follow(lease, (tx) => note(tx.audit, false));
      lookAt = isMore ? clock.now() : clock.now() + EVERY_MS;
      return lookAt;
    },
  };
}

function recordOf({ seq, at, subject, subjectId, kind, reason, actor, data }: HistoryEvent): AuditRecord {
  return [seq, at, subject, subjectId, kind, reason, actor, JSON.stringify(data)];
}
