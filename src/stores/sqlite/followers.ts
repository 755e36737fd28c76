import type BetterSqlite3 from 'better-sqlite3';
import type { HistoryEvent } from '../../core/history.ts';
import type { Followers, Loss } from '../contract/followers.ts';
import type { Lease } from '../contract/leases.ts';
import type { NoticeReads } from '../contract/notices.ts';
import type { SearchReads } from '../contract/search.ts';
import { type AtOneMoment, createFollowTransaction, createNoticeReads, type Execute } from '../notices/rows.ts';
import { NOTICES } from '../notices/statements.ts';
import { createSearchReads, createSearchWrites } from '../search/rows.ts';
import { SQLITE_SEARCH } from '../search/statements.ts';
import { listOf, type Row, readRow } from '../tables/columns.ts';
import { EVENTS } from '../tables/tables.ts';

/** What the followers of the embedded store stand on. */
export interface SqliteFollowerParts {
  readonly writer: BetterSqlite3.Database;
  /** Reads only what is committed, also while a transaction of the other one is open. */
  readonly reader: BetterSqlite3.Database;
  /** Runs work in a transaction under a lease. */
  readonly fenced: <T>(fence: Lease, work: () => Promise<T>, loss?: Loss) => Promise<T>;
}

/** What is read of notices and their follower, over a connection that only reads. */
export function createSqliteNoticeReads(
  reader: BetterSqlite3.Database,
): NoticeReads & Pick<Followers, 'followerCursor' | 'lagBehind'> {
  const read = executeOn(reader);
  const behind = reader.prepare('SELECT count(*), min(at) FROM events WHERE seq > ?').raw();
  return {
    ...createNoticeReads(read, atOneMomentOf(reader, read)),
    followerCursor: async (name) => (await read(NOTICES.cursor, [name]))[0]?.[0] as string | undefined,
    lagBehind: async (cursor, now) => {
      const [count, at] = behind.get(Number(cursor)) as [number, number | null];
      return { events: count, ms: at === null ? 0 : Math.max(0, now - at) };
    },
  };
}

/** Reads that begin in one turn of the event loop are done in it, so that nothing else of the connection sees their moment. */
function atOneMomentOf(reader: BetterSqlite3.Database, read: Execute): AtOneMoment {
  const begun = reader.transaction(<T>(work: (execute: Execute) => Promise<T>) => ({ result: work(read) }));
  return (work) => begun(work).result as ReturnType<typeof work>;
}

/** Followers and their notices: with one connection that writes, `seq` is the order of the commits. */
export function createSqliteFollowers({
  writer,
  reader,
  fenced,
}: SqliteFollowerParts): Followers & NoticeReads & SearchReads {
  const execute = executeOn(writer);
  const tx = createFollowTransaction(execute, createSearchWrites(execute, SQLITE_SEARCH));
  const events = reader
    .prepare(`SELECT seq, ${listOf(EVENTS.columns)} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
    .raw();
  const head = reader.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck();
  return {
    ...createSqliteNoticeReads(reader),
    ...createSearchReads(executeOn(reader), SQLITE_SEARCH),
    historyHead: async () => String(head.get()),
    eventsAfter: async (cursor, limit) => {
      const found = (events.all(Number(cursor), limit) as Row[]).map(eventOf);
      return { events: found, cursor: String(found.at(-1)?.seq ?? cursor) };
    },
    follow: (fence, work, loss) => fenced(fence, () => work(tx), loss),
  };
}

/** Runs statements on a connection, each prepared once. */
export function executeOn(db: BetterSqlite3.Database): Execute {
  const prepared = new Map<string, BetterSqlite3.Statement>();
  const statement = (text: string) => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const made = db.prepare(text);
    prepared.set(text, made);
    return made;
  };
  return async (text, values) => {
    const one = statement(text);
    if (one.reader) return one.raw().all(...values) as readonly Row[];
    one.run(...values);
    return [];
  };
}

function eventOf(row: Row): HistoryEvent {
  return { seq: Number(row[0]), ...readRow(EVENTS.columns, row, 1) };
}
