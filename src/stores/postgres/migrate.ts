import type pg from 'pg';
import { SchemaError, StoreError } from '../contract/error.ts';
import type { OnMigration } from '../contract/migrating.ts';
import type { Migration } from '../migrations/read.ts';
import { NO_TIMEOUT, type Query, queryWithoutTimeout } from './connection.ts';

// Any number that nobody else uses for an advisory lock in this database: the bytes of "monitor".
const LOCK = '0x6d6f6e69746f72';

/**
 * Applies the missing steps one by one, each in a transaction with its own row in `schema_steps`. The lock of the
 * database makes one hub do it while the others wait, and then find it done. A step takes as long as it takes,
 * and so does the wait. Throws SchemaError when the schema is newer.
 */
export async function migratePostgres(
  client: pg.ClientBase,
  migrations: readonly Migration[],
  onMigration: OnMigration = () => {},
): Promise<void> {
  const newest = migrations.length;
  const query = queryWithoutTimeout(client);
  await refuseEncoding(query);
  const first = await presentVersion(query);
  if (first > 0 && first < newest) onMigration(first, newest);
  while ((await presentVersion(query)) < newest) {
    await query(`BEGIN; ${NO_TIMEOUT}; SET LOCAL lock_timeout = 0`);
    try {
      await query(`SELECT pg_advisory_xact_lock(${BigInt(LOCK)})`);
      await applyNext(query, migrations);
      await query('COMMIT');
    } catch (error) {
      await query('ROLLBACK').catch(() => {});
      throw error;
    }
  }
  const present = await presentVersion(query);
  if (present > newest) throw new SchemaError(present, newest);
}

async function applyNext(query: Query, migrations: readonly Migration[]): Promise<void> {
  // Not asked for by name first: a look into the catalogue may be older than the lock.
  await query(
    `CREATE TABLE IF NOT EXISTS schema_steps (version bigint PRIMARY KEY, name text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  );
  const step = migrations[await lastStep(query)];
  // Another has done it while this one waited.
  if (step === undefined) return;
  await query(step.postgres);
  await query('INSERT INTO schema_steps (version, name) VALUES ($1, $2)', [step.version, step.name]);
}

/** Number of the last step applied; 0 in an empty database. */
export async function presentVersion(query: Query): Promise<number> {
  const [row] = await query(`SELECT to_regclass('schema_steps') IS NOT NULL`);
  return row?.[0] ? lastStep(query) : 0;
}

async function lastStep(query: Query): Promise<number> {
  const [row] = await query('SELECT max(version) FROM schema_steps');
  return Number(row?.[0] ?? 0);
}

async function refuseEncoding(query: Query): Promise<void> {
  const encoding = (await query('SHOW server_encoding'))[0]?.[0];
  if (encoding !== 'UTF8') {
    throw new StoreError(`the database has the encoding ${encoding}: create it with ENCODING 'UTF8'`);
  }
}
