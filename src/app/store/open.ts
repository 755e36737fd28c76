import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/error.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OpenKeyStore } from '../../stores/contract/instance-keys.ts';
import type { Store } from '../../stores/contract/store.ts';
import type { PostgresOptions } from '../../stores/postgres/connection.ts';
import type { SqliteOptions } from '../../stores/sqlite/store.ts';

/** The settings that say where alerts are kept. */
export type StoreSettings = Pick<Settings, 'stateDir' | 'database'> & Pick<Partial<Settings>, 'databaseUrl'>;

/** Where the embedded store of these settings lies. */
export function storeFile({ stateDir }: Pick<Settings, 'stateDir'>): string {
  return join(stateDir, 'monitor.db');
}

/** The same of a store that must be there. Throws an Error that says what to do where it is not. */
export function requireFile(settings: StoreSettings): string {
  const file = storeFile(settings);
  if (existsSync(file)) return file;
  throw new Error(
    `there is no store ${file}: start the hub once, or set MONITOR_STATE_DIR (or DATABASE_URL) as for the hub`,
  );
}

/** How PostgreSQL is reached; undefined when the store is the embedded one. Throws ConfigError for what does not go together. */
export function postgresOptions({ databaseUrl: url, database }: StoreSettings): PostgresOptions | undefined {
  if (url === undefined) return undefined;
  const { password, tls, tlsCa, pool } = database;
  if (tlsCa !== undefined && (tls === 'off' || tls === 'require')) {
    throw new ConfigError([
      `MONITOR_DATABASE_TLS_CA: has no effect with MONITOR_DATABASE_TLS=${tls}, which verifies nothing; set verify`,
    ]);
  }
  return { url, password, tls, tlsCa, pool };
}

/**
 * Opens the store of these settings, PostgreSQL or the embedded one; only that engine's driver is loaded. Throws
 * StoreError when it cannot be opened, also when another hub has the embedded one and this is one, too.
 */
export async function openStore(settings: StoreSettings, clock: Clock, how: SqliteOptions = {}): Promise<Store> {
  const options = postgresOptions(settings);
  if (options !== undefined) {
    const { openPostgresStore } = await import('../../stores/postgres/store.ts');
    return openPostgresStore(options, clock, how.onMigration);
  }
  const { openSqliteStore } = await import('../../stores/sqlite/store.ts');
  return openSqliteStore(storeFile(settings), clock, how);
}

/**
 * Opens the keys of the store of these settings, which must be there with a schema that is not older than `oldest`, and
 * changes nothing else. Throws StoreError.
 */
export async function openKeyStore(settings: StoreSettings, clock: Clock, oldest = 1): Promise<OpenKeyStore> {
  const options = postgresOptions(settings);
  if (options !== undefined) {
    const { openPostgresKeys } = await import('../../stores/postgres/instance-keys.ts');
    return openPostgresKeys(options, clock, oldest);
  }
  const file = requireFile(settings);
  const { openSqliteKeys } = await import('../../stores/sqlite/instance-keys.ts');
  return openSqliteKeys(file, oldest);
}
