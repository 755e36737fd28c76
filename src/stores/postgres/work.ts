import type pg from 'pg';
import { type Backoff, backoffMs } from '../../lib/backoff.ts';
import { type Clock, sleep } from '../../lib/clock.ts';
import { StoreError } from '../contract/error.ts';
import type { Dialect } from '../tables/conditions.ts';
import type { Ask } from '../tables/reads.ts';
import { sql, textOf } from '../tables/sql.ts';
import type { Connection, Connections } from './connection.ts';
import { codeOf, isLost, storeError, WriteConflict } from './error.ts';

/** A statement that the server parses once a connection. */
export interface Statement {
  /** A name that no other statement has. */
  readonly name: string;
  readonly text: string;
}

/** A statement that may be parsed anew each time: then it has no name. */
export type Query = Pick<Statement, 'text'> & Partial<Statement>;

/** A statement under a name of this project: no other program's on the same connection of a proxy has it. */
export function statement(name: string, text: string): Statement {
  return { name: `monitor_${name}`, text };
}

/**
 * The clock of the server in UTC milliseconds, as a part of a statement. Not now(), which is the start of the
 * transaction: a lease may run out while one waits for a lock.
 */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Sends a statement at once, also while others are under way; they are answered in their order. Rows are lists. */
export type Run = (statement: Statement, values: readonly unknown[]) => Promise<pg.QueryArrayResult>;

/** Work on the database that has no other effect, so that it may be done again from its beginning. */
export interface Work {
  /** One transaction: commits when `work` has ended well. Done again when another came in between. */
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
  /** Statements that only read, all of one moment. Done again when a connection is lost. */
  readAtOnce<T>(work: (run: Run) => Promise<T>): Promise<T>;
  /** One statement that only reads. Done again when its connection is lost. */
  read(statement: Query, values: readonly unknown[]): Promise<pg.QueryArrayResult>;
}

// How often work is begun anew: when others were first (each time somebody got on), when the engine broke off a circle
// of waiting, and when a connection was lost before anything could be committed.
const RETRIES = { conflict: 20, broken: 6, lost: 2 };
// Who was overtaken has waited for the other's commit already: nothing is won by waiting long.
const WAITS: Readonly<Record<keyof typeof RETRIES, Backoff>> = {
  conflict: { baseMs: 1, maxMs: 20 },
  broken: { baseMs: 10, maxMs: 500 },
  lost: { baseMs: 50, maxMs: 200 },
};

// Past it nothing is begun anew: whoever waits would rather hear that it cannot be done now.
const RETRY_FOR_MS = 10_000;

/** Runs work over the connections; its errors are StoreErrors. */
export function createWork({ acquire, destination }: Connections, clock: Clock): Work {
  const again = async <T>(once: () => Promise<T>): Promise<T> => {
    const tries = { conflict: 0, broken: 0, lost: 0 };
    const end = clock.monotonic() + RETRY_FOR_MS;
    for (;;) {
      try {
        return await once();
      } catch (error) {
        const kind = kindOf(error);
        const isOver = kind === null || tries[kind] >= RETRIES[kind] || clock.monotonic() > end;
        if (isOver) throw storeError(error, destination);
        tries[kind] += 1;
        await sleep(clock, backoffMs(WAITS[kind], tries[kind]));
      }
    }
  };
  return {
    transaction: (work) => again(async () => transact(await acquire(), 'BEGIN', work)),
    readAtOnce: (work) => again(async () => transact(await acquire(), SNAPSHOT, work)),
    read: (statement, values) =>
      again(async () => {
        const { client, release } = await acquire();
        try {
          const result = await client.query({ ...statement, values: [...values], rowMode: 'array' });
          release();
          return result;
        } catch (error) {
          release(error);
          throw error;
        }
      }),
  };
}

/** How this engine says what the two say differently. */
export const DIALECT: Dialect = {
  position: (text, value) => sql`strpos(${text}, ${value})`,
  withWords: (words) =>
    sql`SELECT rid FROM alert_words WHERE words @@ ${words.map((word) => `'${word}':*`).join(' & ')}::tsquery`,
  samplePosition: (position) => {
    const [xid, seq] = position === '' ? ['0', '0'] : position.split(':');
    return {
      text: sql`s.xid::text || ':' || s.seq::text`,
      behind: sql`(s.xid, s.seq) > (${xid ?? '0'}::text::xid8, ${seq ?? '0'}::text::bigint)
        AND s.xid < pg_snapshot_xmin(pg_current_snapshot())`,
      order: sql`s.xid, s.seq`,
    };
  },
  samplesOf: {
    ...{ longestMs: Number.POSITIVE_INFINITY, bounds: null },
    within: (instanceId, from, to) => ({
      before: sql``,
      from: sql`samples AS s`,
      where: sql`s.instance = ${instanceId} AND s.at >= ${from} AND s.at < ${to}`,
    }),
  },
};

/** Each query takes a connection of its own, and is asked again when that is lost. */
export function askOver(read: Work['read']): Ask {
  return async (query, name) => {
    const text = textOf(query, (number) => `$${number}`);
    return (await read(name === undefined ? { text } : statement(name, text), query.values)).rows;
  };
}

/** Why work that failed may be begun anew; null when it may not. */
function kindOf(error: unknown): keyof typeof RETRIES | null {
  if (error instanceof StoreError) return null;
  if (error instanceof WriteConflict) return 'conflict';
  const code = codeOf(error);
  // serialization_failure, deadlock_detected, lock_not_available.
  if (code === '40001' || code === '40P01' || code === '55P03') return 'broken';
  return isLost(error) ? 'lost' : null;
}

// Each statement sees what the first one does.
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

async function transact<T>({ client, release }: Connection, begin: string, work: (run: Run) => Promise<T>): Promise<T> {
  let result: T;
  try {
    // Sent together with the first statement; that one is answered only when this one has been.
    const begun = client.query(begin);
    begun.catch(() => {});
    const run: Run = async ({ name, text }, values) => {
      const answer = client.query({ name, text, values: [...values], rowMode: 'array' });
      answer.catch(() => {});
      await begun;
      return answer;
    };
    result = await work(run);
  } catch (error) {
    await rollback({ client, release }, error);
    throw error;
  }
  await commit({ client, release });
  return result;
}

async function rollback({ client, release }: Connection, cause: unknown): Promise<void> {
  try {
    if (!isLost(cause)) await client.query('ROLLBACK');
    release(cause);
  } catch (error) {
    release(error);
  }
}

/**
 * Commits, or throws a StoreError: whether the server has committed is then not known, and the work must not be done
 * again here. Who sent it asks again, and is recognised.
 */
async function commit({ client, release }: Connection): Promise<void> {
  let warning: string | null = null;
  // A server that gives up waiting for its standby says so in a warning, and then that it has committed.
  const hear = (notice: { severity?: string | undefined; message?: string | undefined }) => {
    if (notice.severity === 'WARNING') warning = notice.message ?? 'a warning';
  };
  client.on('notice', hear);
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new StoreError(`the transaction was aborted (${command})`);
    if (warning !== null)
      throw new StoreError(`it is not known whether it was kept: ${warning}`, { unavailable: true });
    client.off('notice', hear);
    release();
  } catch (error) {
    client.off('notice', hear);
    release(error);
    if (error instanceof StoreError) throw error;
    const message = `the connection was lost during a commit: ${(error as Error).message}`;
    throw new StoreError(message, { code: codeOf(error) || undefined, unavailable: true, cause: error });
  }
}
