import { readFileSync } from 'node:fs';
import pg from 'pg';
import { type Clock, sleep } from '../../lib/clock.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import { StoreError } from '../contract/error.ts';
import type { Row } from '../tables/columns.ts';
import { type PostgresAddress, readAddress, type Tls } from './address.ts';
import { codeOf, type Destination, isLost, storeError } from './error.ts';

/** How the database is reached. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`. */
  readonly url: Secret;
  /** Stands in for the password of the address. */
  readonly password?: Secret | undefined;
  /** Stands in for the sslmode of the address; without either, `off`. */
  readonly tls?: Tls | undefined;
  /** PEM file of the authorities that may vouch for the server, instead of the public ones. */
  readonly tlsCa?: string | undefined;
  /** Connections at most. */
  readonly pool: number;
}

/** The connections to one database. */
export interface Connections {
  readonly destination: Destination;
  /** A connection of one's own; throws StoreError at once while the server is known to be away. */
  acquire(): Promise<Connection>;
  close(): Promise<void>;
}

/** A connection that nobody else uses until it is released. */
export interface Connection {
  readonly client: pg.PoolClient;
  /** Gives it back; with an error that says it is of no use any more, it is closed. */
  release(error?: unknown): void;
}

const CONNECT_MS = 5_000;
const IDLE_MS = 60_000;
// Longer than any statement of ingest ever takes; a hub would rather say 503 than keep its senders waiting.
const STATEMENT_MS = 15_000;
// The server is to say it first: only when it says nothing at all does the client give up.
const ANSWER_MS = STATEMENT_MS + 5_000;
// As long as a timer can be set; 0 would mean the limit of the pool.
const ENDLESS_MS = 2 ** 31 - 1;
// A hub that is stopped in mid-transaction must not keep others from its rows for longer than this.
const IDLE_IN_TRANSACTION_MS = 5_000;
const LOCK_MS = 5_000;
// After a failed connection the next attempt is made no sooner; meanwhile requests fail at once.
const AWAY_MS = 500;
// A server that does not answer keeps nobody from ending for longer than this.
const GOODBYE_MS = 1_000;

/**
 * What holds for every connection. Each statement finds its rows by an index, whatever the statistics of a young table
 * make of it; and a commit is on the disk of the server before it is acknowledged, whatever the server's default is.
 */
const SESSION = `
  SELECT set_config('statement_timeout', '${STATEMENT_MS}', false), set_config('lock_timeout', '${LOCK_MS}', false),
    set_config('idle_in_transaction_session_timeout', '${IDLE_IN_TRANSACTION_MS}', false),
    set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
    set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false),
    set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on'
      ELSE current_setting('synchronous_commit') END, false)`;

/** First in a transaction: the server gives its work, and its client between two statements, as long as they take. */
export const NO_TIMEOUT = 'SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0';

/** Asks the server; gives the rows as lists. */
export type Query = (text: string, values?: Row) => Promise<Row[]>;

/** Queries for whose answers the client waits as long as they take: for work that is none of a hub's requests. */
export function queryWithoutTimeout(client: pg.ClientBase): Query {
  return async (text, values = []) => {
    // Per query, which the driver knows and its types do not.
    const config = { text, values: [...values], rowMode: 'array', query_timeout: ENDLESS_MS } as pg.QueryArrayConfig;
    // Several statements in one text are answered by a list, which has no rows of its own.
    return ((await client.query(config)).rows ?? []) as Row[];
  };
}

const INT8 = 20;

/** Opens nothing yet: connections are made when they are asked for. Throws StoreError for what is wrong in the options. */
export function createConnections(options: PostgresOptions, clock: Clock): Connections {
  const address = readAddress(options.url.reveal());
  const pool = new pg.Pool(configOf(options, address));
  // A connection that breaks while nobody uses it leaves the pool by itself; unheard, the event would end the process.
  pool.on('error', () => {});
  const open = new Set<Promise<void>>();
  pool.on('connect', (client) => {
    client.on('error', () => {});
    const ended: Promise<void> = new Promise((resolve) => client.once('end', resolve)).then(
      () => void open.delete(ended),
    );
    open.add(ended);
  });
  const { host, port, user, database } = address;
  const destination = { host, port, user, database };
  let away: { readonly error: Error; readonly until: number } | null = null;
  return {
    destination,
    acquire: async () => {
      if (away !== null && pool.idleCount === 0) {
        if (clock.monotonic() < away.until) throw away.error;
        // One asks whether it is back; the others are told no until it is known.
        away = { error: away.error, until: Number.POSITIVE_INFINITY };
      }
      try {
        const client = await pool.connect();
        away = null;
        return { client, release: (error) => client.release(isUseless(error)) };
      } catch (error) {
        const problem = storeError(error, destination);
        const isBusy = /^timeout exceeded/.test((error as Error).message);
        away = isBusy ? null : { error: problem, until: clock.monotonic() + AWAY_MS };
        throw problem;
      }
    },
    close: async () => {
      await pool.end();
      // The pool has only said goodbye: until the server has closed them, an import counts them as those of hubs.
      await Promise.race([Promise.all(open), sleep(clock, GOODBYE_MS)]);
    },
  };
}

/** A connection to a server that takes reads only is of no use: behind its address there may be another by now. */
function isUseless(error: unknown): boolean {
  return error !== undefined && (isLost(error) || codeOf(error) === '25006');
}

function configOf(options: PostgresOptions, address: PostgresAddress): pg.PoolConfig {
  const { host, port, user, database } = address;
  return {
    host,
    port,
    user,
    database,
    // Never undefined: the driver would then look into the environment and into the home folder.
    password: options.password?.reveal() ?? address.password ?? '',
    ssl: tlsOf(options, address),
    application_name: 'monitor',
    max: options.pool,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
    types: {
      // Times and counts stay far below 2^53; the driver's own choice would be text. Of this pool only.
      getTypeParser: ((oid: number, format: 'text') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
    // Awaited by the pool, though its types do not say so.
    onConnect: async (client) => void (await client.query(SESSION)),
  };
}

function tlsOf({ tls, tlsCa }: PostgresOptions, address: PostgresAddress): pg.PoolConfig['ssl'] {
  const mode = tls ?? address.tls ?? (tlsCa === undefined ? 'off' : 'verify');
  if (mode === 'off') return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(tlsCa !== undefined && { ca: readCa(tlsCa) }) };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StoreError(`MONITOR_DATABASE_TLS_CA: cannot be read: ${(error as Error).message}`);
  }
}
