import type { HistoryEvent } from '../../core/history.ts';
import type { Followers } from '../contract/followers.ts';
import type { NoticeReads } from '../contract/notices.ts';
import type { SearchReads } from '../contract/search.ts';
import { createFollowTransaction, createNoticeReads, type Execute } from '../notices/rows.ts';
import { NOTICES } from '../notices/statements.ts';
import { createSearchReads, createSearchWrites } from '../search/rows.ts';
import { POSTGRES_SEARCH } from '../search/statements.ts';
import { listOf, type Row, readRow } from '../tables/columns.ts';
import { EVENTS } from '../tables/tables.ts';
import { checkPostgresLease } from './leases.ts';
import { type Run, statement, type Work } from './work.ts';

const BEHIND = '(xid, seq) > ($1::xid8, $2::bigint)';
// What no running transaction can still precede: below the oldest of them, everything is committed or will never be.
const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';
// A server counts the transactions of all its databases as one, and those of another write nothing here. Only what is seen
// there is left out: who has ended since, or stands prepared, may have been one of ours.
const HORIZON = `(
  SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot()))
  FROM pg_snapshot_xip(pg_current_snapshot()) AS running
  WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND l.transactionid = running::xid AND a.datname <> current_database()
  )
)`;
const SETTLED_HERE = `xid < ${HORIZON}`;
const eventsBehind = (name: string, settled: string) =>
  statement(
    name,
    `SELECT xid::text, seq, ${listOf(EVENTS.columns)} FROM events WHERE ${BEHIND} AND ${settled}
     ORDER BY xid, seq LIMIT $3::int`,
  );
const NEXT = eventsBehind('events_after', SETTLED);
const NEXT_HERE = eventsBehind('events_after_here', SETTLED_HERE);
const IS_HELD_UP = statement('events_held_up', `SELECT EXISTS (SELECT 1 FROM events WHERE ${BEHIND})`);
const LAG = statement('lag_behind', `SELECT count(*), min(at) FROM events WHERE ${BEHIND} AND ${SETTLED}`);
/** The last transaction that is settled. */
export const HEAD = statement('history_head', `SELECT (${HORIZON}::text::bigint - 1)::text`);
/** Behind every number of a transaction. */
export const LAST_SEQ = '9223372036854775807';

/** Followers and their notices on PostgreSQL, in the order of the transactions and not of `seq`, which is drawn before the commit. */
export function createPostgresFollowers({
  transaction,
  readAtOnce,
  read,
}: Work): Followers & NoticeReads & SearchReads {
  const execute = createExecute('follow');
  const ask: Execute = async (text, values) => transaction((run) => execute(run)(text, values));
  return {
    ...createNoticeReads(ask, (work) => readAtOnce((run) => work(execute(run)))),
    ...createSearchReads(ask, POSTGRES_SEARCH),
    followerCursor: async (name) => (await ask(NOTICES.cursor, [name]))[0]?.[0] as string | undefined,
    historyHead: async () => {
      const { rows } = await read(HEAD, []);
      return `${rows[0]?.[0]}:${LAST_SEQ}`;
    },
    eventsAfter: async (cursor, limit) => {
      const rows = await readBehind(read, cursor, limit);
      const last = rows.at(-1);
      return { events: rows.map(eventOf), cursor: last === undefined ? cursor : `${last[0]}:${last[1]}` };
    },
    lagBehind: async (cursor, now) => {
      const [count, at] = (await read(LAG, positionParts(cursor))).rows[0] ?? [0, null];
      return { events: Number(count), ms: at === null ? 0 : Math.max(0, now - Number(at)) };
    },
    follow: (fence, work) =>
      transaction(async (run) => {
        await checkPostgresLease(run, fence);
        const executeIn = execute(run);
        return work(createFollowTransaction(executeIn, createSearchWrites(executeIn, POSTGRES_SEARCH)));
      }),
  };
}

/**
 * At most `limit` events behind a position that no running transaction can still precede: `xid`, `seq` and the columns of
 * an event. Whose transaction it is that holds something up is asked only when nothing else is left.
 */
export async function readBehind(read: Work['read'], position: string, limit: number): Promise<readonly Row[]> {
  const parts = positionParts(position);
  const settled = (await read(NEXT, [...parts, limit])).rows as readonly Row[];
  if (settled.length > 0) return settled;
  const isHeldUp = (await read(IS_HELD_UP, parts)).rows[0]?.[0] === true;
  return isHeldUp ? ((await read(NEXT_HERE, [...parts, limit])).rows as readonly Row[]) : [];
}

function eventOf(row: Row): HistoryEvent {
  return { seq: Number(row[1]), ...readRow(EVENTS.columns, row, 2) };
}

/** A cursor is `<transaction>:<number>`; an empty one stands before everything. */
export function positionParts(cursor: string): [string, string] {
  const [xid = '', seq = ''] = cursor.split(':');
  return [xid === '' ? '0' : xid, seq === '' ? '0' : seq];
}

/** Runs statements with `?` for their values, each under a name of its own that begins with the given one. */
export function createExecute(prefix: string): (run: Run) => Execute {
  const statements = createStatements(prefix);
  return (run) => async (text, values) => (await run(statements(text), values)).rows as readonly Row[];
}

/** Statements with `?` as the server wants them. */
function createStatements(prefix: string) {
  const known = new Map<string, ReturnType<typeof statement>>();
  return (text: string) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    let number = 0;
    const made = statement(
      `${prefix}_${known.size + 1}`,
      text.replaceAll('?', () => {
        number += 1;
        return `$${number}`;
      }),
    );
    known.set(text, made);
    return made;
  };
}
