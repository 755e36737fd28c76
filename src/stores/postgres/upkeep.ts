import type { Clock } from '../../lib/clock.ts';
import type { Row } from '../tables/columns.ts';
import { LEFT_OUT, TRANSFER_TABLES } from '../transfer/tables.ts';
import { InUseError, type Session, type Upkeep, type WriteSession } from '../upkeep/contract.ts';
import {
  type Connection,
  createConnections,
  NO_TIMEOUT,
  type PostgresOptions,
  type Query,
  queryWithoutTimeout,
} from './connection.ts';
import { codeOf, storeError } from './error.ts';
import { presentVersion } from './migrate.ts';

const PLANNER = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'];
// A hub's transactions take milliseconds; who waits longer for its tables waits for something else.
const LOCK_MS = 10_000;

/** Connects to a PostgreSQL store to look after it, and changes nothing in it. Throws StoreError when it cannot be reached. */
export async function openPostgresUpkeep(options: PostgresOptions, clock: Clock): Promise<Upkeep> {
  const connections = createConnections({ ...options, pool: 1 }, clock);
  const { destination } = connections;
  const { host, port, user, database } = destination;
  let connection: Connection;
  try {
    connection = await connections.acquire();
  } catch (error) {
    await connections.close();
    throw error;
  }
  const query = queryWithoutTimeout(connection.client);
  const within = async <T>(begin: string, work: () => Promise<T>): Promise<T> => {
    try {
      await query(begin);
      await query(NO_TIMEOUT);
      for (const name of PLANNER) await query(`SET LOCAL ${name} = on`);
      const result = await work();
      await query('COMMIT');
      return result;
    } catch (error) {
      await query('ROLLBACK').catch(() => {});
      throw storeError(error, destination);
    }
  };
  return {
    engine: 'postgres',
    place: `postgres://${user}@${host}:${port}/${database}`,
    schema: () => presentVersion(query),
    read: (work) => within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', () => work(sessionOf(query))),
    write: (work) =>
      within('BEGIN', async () => {
        await keepOthersOut(query);
        return work(writeSessionOf(query));
      }),
    sizes: async () => {
      const rows = await query(
        `SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
         WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`,
      );
      const tables = new Map(rows.map(([name, bytes]) => [String(name), Number(bytes)]));
      return { total: [...tables.values()].reduce((sum, bytes) => sum + bytes, 0), free: null, tables };
    },
    // What is wrong in its files the server finds by itself, and says in its log.
    faults: async () => [],
    vacuum: async () => {
      try {
        await query('SET statement_timeout = 0');
        for (const name of [...TRANSFER_TABLES.map((table) => table.name), ...LEFT_OUT]) {
          await query(`VACUUM (ANALYZE) ${name}`);
        }
      } catch (error) {
        throw storeError(error, destination);
      }
    },
    close: async () => {
      connection.release();
      await connections.close();
    },
  };
}

/** Nobody else writes until the transaction ends. */
async function keepOthersOut(query: Query): Promise<void> {
  const [others] = await query(
    `SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'monitor' AND pid <> pg_backend_pid()`,
  );
  const count = Number(others?.[0]);
  if (count > 0) throw new InUseError(`hubs have ${count} connections to this database open: stop them first`);
  await query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
  try {
    const names = TRANSFER_TABLES.map((table) => table.name).join(', ');
    await query(`LOCK TABLE ${names} IN SHARE ROW EXCLUSIVE MODE`);
  } catch (error) {
    if (codeOf(error) !== '55P03') throw error;
    throw new InUseError('another program writes to this database: stop the hubs first');
  }
}

/** Placeholders as the server has them. No statement of upkeep holds a `?` of its own. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => {
    count += 1;
    return `$${count}`;
  });
}

function sessionOf(query: Query): Session {
  return {
    rows: (sql, values = []) => query(numbered(sql), values),
    pages: (sql, size) => pagesOf(query, sql, size),
    columns: async (table) => {
      const rows = await query(
        `SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`,
        [table],
      );
      return rows.map(([name]) => String(name));
    },
  };
}

async function* pagesOf(query: Query, sql: string, size: number): AsyncGenerator<readonly Row[]> {
  await query(`DECLARE page NO SCROLL CURSOR FOR ${sql}`);
  for (;;) {
    const rows = await query(`FETCH ${size} FROM page`);
    if (rows.length > 0) yield rows;
    if (rows.length < size) break;
  }
  // Left open when it is broken off: it ends with its transaction.
  await query('CLOSE page');
}

function writeSessionOf(query: Query): WriteSession {
  return {
    ...sessionOf(query),
    insert: async (table, columns, rows) => {
      if (rows.length === 0) return 0;
      const tuple = `(${columns.map(() => '?').join(', ')})`;
      const sql = `WITH added AS (
        INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => tuple).join(', ')}
        ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM added`;
      return Number((await query(numbered(sql), rows.flat()))[0]?.[0]);
    },
    numberAfter: async (table, column) => {
      const sequence = `pg_get_serial_sequence('${table}', '${column}')`;
      await query(
        `SELECT setval(${sequence}, greatest(highest, 1), highest > 0) FROM
           (SELECT greatest((SELECT max(${column}) FROM ${table}), pg_sequence_last_value(${sequence}), 0) AS highest)
           AS given`,
      );
    },
  };
}
