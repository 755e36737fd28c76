import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { takeLock } from '../../src/lib/files/lock.ts';
import { MIGRATIONS } from '../../src/stores/migrations/index.ts';
import { migratePostgres } from '../../src/stores/postgres/migrate.ts';
import { openPostgresStore } from '../../src/stores/postgres/store.ts';
import { databasesAt, type PostgresDatabases, startServer } from './postgres.ts';
import type { Place } from './store-contract.ts';

/** The PostgreSQL server that all test files of a run share: for tests that leave the server itself as it is. */
export interface SharedPostgres extends PostgresDatabases {
  /** Makes a database with the schema of a store, as an earlier start of a hub leaves it, and gives its address. */
  createStore(): Promise<string>;
  /** Drops what this test file has made. */
  dropAll(): Promise<void>;
}

// No test on it is about what a power cut leaves.
const SETTINGS = `max_connections = 200\nshared_buffers = 64MB\nfsync = off\nfull_page_writes = off
synchronous_commit = off\nautovacuum = off`;
const STORE = 'store';
const PATIENCE_MS = 240_000;

/** Gives the server of this run, which the first test file to ask for it starts. */
export async function sharedPostgres(): Promise<SharedPostgres> {
  const folder = process.env.TEST_RUN_FOLDER;
  if (folder === undefined) throw new Error('TEST_RUN_FOLDER is not set: tests/support/run-setup.js has not run');
  const ready = join(folder, 'port');
  const lock = await takeLock(folder, 'lock', PATIENCE_MS, systemClock);
  if (!lock.ok) throw new Error(`the shared PostgreSQL does not get ready: ${lock.reason}`);
  try {
    if (!existsSync(ready)) {
      const server = await startServer(folder, SETTINGS);
      await createTemplate(server);
      writeFileSync(`${ready}.new`, String(server.port));
      renameSync(`${ready}.new`, ready);
    }
  } finally {
    await lock.release();
  }
  const databases = databasesAt(Number(readFileSync(ready, 'utf8')));
  const own = new Set<string>();
  const create = async (template?: string) => {
    const url = await databases.createDatabase(template);
    own.add(url);
    return url;
  };
  const dropDatabase = async (url: string) => {
    await databases.dropDatabase(url);
    own.delete(url);
  };
  return {
    ...databases,
    createDatabase: create,
    createStore: () => create(STORE),
    dropDatabase,
    dropAll: async () => {
      for (const url of own) await dropDatabase(url);
    },
  };
}

async function createTemplate({ query, url }: PostgresDatabases): Promise<void> {
  await query(`CREATE DATABASE ${STORE}`);
  const client = new pg.Client({ connectionString: url(STORE) });
  await client.connect();
  await migratePostgres(client, MIGRATIONS);
  await client.end();
}

/** A database as a place for stores: a new one, with the schema of a store, unless the address of one is given. */
export async function postgresPlace(server: SharedPostgres, given?: string): Promise<Place> {
  const url = given ?? (await server.createStore());
  return {
    open: () => openPostgresStore({ url: new Secret(url), pool: 10 }, systemClock),
    remove: () => server.dropDatabase(url),
  };
}
