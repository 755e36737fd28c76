import type pg from 'pg';
import { SchemaError, StoreError } from './error.ts';
import type { Migration } from './migrations/contract.ts';

// Any number that nobody else uses for an advisory lock in this database: the bytes of "monitor".
const LOCK = '0x6d6f6e69746f72';

/**
 * Applies the missing steps one by one, each in a transaction with its own row in `schema_steps`. The lock of the
 * database makes one hub do it while the others wait, and then find it done. Throws SchemaError when the schema is newer.
 */
export async function migratePostgres(client: pg.ClientBase, migrations: readonly Migration[]): Promise<void> {
  const newest = migrations.length;
  await refuseEncoding(client);
  while ((await presentVersion(client)) < newest) {
    // A step may take its time, and the others must wait for it.
    await client.query('BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
    try {
      await client.query(`SELECT pg_advisory_xact_lock(${BigInt(LOCK)})`);
      await applyNext(client, migrations);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    }
  }
  const present = await presentVersion(client);
  if (present > newest) throw new SchemaError(present, newest);
}

async function applyNext(client: pg.ClientBase, migrations: readonly Migration[]): Promise<void> {
  // Not asked for by name first: a look into the catalogue may be older than the lock.
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_steps (version bigint PRIMARY KEY, name text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  );
  const step = migrations[await lastStep(client)];
  // Another has done it while this one waited.
  if (step === undefined) return;
  await client.query(step.postgres);
  await client.query('INSERT INTO schema_steps (version, name) VALUES ($1, $2)', [step.version, step.name]);
}

/** Number of the last step applied; 0 in an empty database. */
async function presentVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('schema_steps') IS NOT NULL AS there`);
  return rows[0]?.there === true ? lastStep(client) : 0;
}

async function lastStep(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number | null }>('SELECT max(version) AS version FROM schema_steps');
  return Number(rows[0]?.version ?? 0);
}

async function refuseEncoding(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8') {
    throw new StoreError(`the database has the encoding ${encoding}: create it with ENCODING 'UTF8'`);
  }
}
