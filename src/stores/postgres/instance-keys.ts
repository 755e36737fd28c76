import type { Clock } from '../../lib/clock.ts';
import type { AccessStore } from '../contract/access.ts';
import { refuseSchema, StoreError } from '../contract/error.ts';
import type { KeyStore, OpenKeyStore } from '../contract/instance-keys.ts';
import type { LinkKeyStore } from '../contract/link-keys.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { createAccessReads, createAccessTransaction } from '../tables/access.ts';
import { valuesOf } from '../tables/columns.ts';
import { createReads } from '../tables/reads.ts';
import { INSTANCE_KEYS, LINK_KEYS } from '../tables/tables.ts';
import { type Connections, createConnections, type PostgresOptions, queryWithoutTimeout } from './connection.ts';
import { storeError } from './error.ts';
import { createExecute } from './followers.ts';
import { presentVersion } from './migrate.ts';
import { SMALL } from './statements.ts';
import { askOver, createWork, DIALECT, type Work } from './work.ts';

/** What changes keys. */
export function createPostgresKeyWrites({
  transaction,
}: Work): Pick<KeyStore & LinkKeyStore, 'createKey' | 'expireKey' | 'saveLinkKeys'> {
  return {
    createKey: (key) =>
      transaction(async (run) => void (await run(SMALL.createKey, valuesOf(INSTANCE_KEYS.columns, key)))),
    expireKey: (id, at) => transaction(async (run) => (await run(SMALL.expireKey, [at, id])).rowCount === 1),
    saveLinkKeys: (keys) =>
      transaction(async (run) => {
        for (const key of keys) await run(SMALL.saveLinkKey, valuesOf(LINK_KEYS.columns, key));
      }),
  };
}

/** What changes who has access. */
export function createPostgresAccess({ transaction }: Work): Pick<AccessStore, 'changeAccess'> {
  const execute = createExecute('access');
  return {
    changeAccess: (work) => transaction((run) => work(createAccessTransaction(execute(run), ' FOR UPDATE'))),
  };
}

/**
 * Opens the keys of a PostgreSQL store beside the hubs that share it. The schema stays as it is, also an older one: hubs
 * of an older program would not know a newer one. Throws StoreError when there is none, one older than `oldest`, or one of
 * a newer program.
 */
export async function openPostgresKeys(options: PostgresOptions, clock: Clock, oldest = 1): Promise<OpenKeyStore> {
  const connections = createConnections({ ...options, pool: 2 }, clock);
  try {
    await refuseUnfit(connections, oldest);
  } catch (error) {
    await connections.close();
    throw error;
  }
  const work = createWork(connections, clock);
  const ask = askOver(work.read);
  const { findKey, listKeys, findLinkKey, listLinkKeys } = createReads(ask, DIALECT);
  return {
    ...{ findKey, listKeys, findLinkKey, listLinkKeys, ...createAccessReads(ask) },
    ...{ ...createPostgresKeyWrites(work), ...createPostgresAccess(work), close: connections.close },
  };
}

async function refuseUnfit({ acquire, destination }: Connections, oldest: number): Promise<void> {
  const { client, release } = await acquire();
  let schema: number;
  try {
    schema = await presentVersion(queryWithoutTimeout(client));
    release();
  } catch (error) {
    release(error);
    throw storeError(error, destination);
  }
  if (schema === 0)
    throw new StoreError(`there is no store in ${destination.database} at ${destination.host}: start the hub once`);
  refuseSchema(schema, oldest, MIGRATIONS.length);
}
