import type { Clock } from '../../lib/clock.ts';
import { SchemaError, StoreError } from '../contract/error.ts';
import type { Lease } from '../contract/leases.ts';
import type { OnMigration } from '../contract/migrating.ts';
import type { Store } from '../contract/store.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { createReads } from '../tables/reads.ts';
import { createSilenceTransaction } from '../tables/silences.ts';
import { addSource, sourceRows } from '../tables/source-reports.ts';
import { type Connections, createConnections, type PostgresOptions } from './connection.ts';
import { storeError } from './error.ts';
import { createPostgresExpiries } from './expiries.ts';
import { createExecute, createPostgresFollowers } from './followers.ts';
import { createPostgresHistory } from './history.ts';
import { createPostgresAccess, createPostgresKeyWrites } from './instance-keys.ts';
import { checkPostgresLease, createPostgresLeases } from './leases.ts';
import { migratePostgres } from './migrate.ts';
import { prunePostgres } from './retention.ts';
import { PROBE_BYTES, SMALL } from './statements.ts';
import { createPostgresTransaction } from './transaction.ts';
import { askOver, createWork, DIALECT, type Run, statement, type Work } from './work.ts';

/**
 * Opens a PostgreSQL database, which any number of hubs may share, and brings its schema up to date. Throws StoreError
 * when it cannot be reached or used, or when its schema is newer.
 */
export async function openPostgresStore(
  options: PostgresOptions,
  clock: Clock,
  onMigration?: OnMigration,
): Promise<Store> {
  const connections = createConnections(options, clock);
  try {
    await prepare(connections, onMigration);
  } catch (error) {
    await connections.close();
    throw error;
  }
  return createStore(connections, createWork(connections, clock));
}

const ADD_SOURCE = statement(
  'add_source',
  addSource((number) => `$${number}`),
);

async function prepare({ acquire, destination }: Connections, onMigration?: OnMigration): Promise<void> {
  const { client, release } = await acquire();
  try {
    await migratePostgres(client, MIGRATIONS, onMigration);
    release();
  } catch (error) {
    release(error);
    if (!(error instanceof SchemaError)) throw storeError(error, destination);
    throw new StoreError(`cannot prepare ${destination.database} at ${destination.host}: ${error.message}`);
  }
}

function createStore(connections: Connections, work: Work): Store {
  const { transaction, read } = work;
  const write = <T>(inside: (run: Run) => Promise<T>, fence?: Lease): Promise<T> =>
    transaction(async (run) => {
      if (fence !== undefined) await checkPostgresLease(run, fence);
      return inside(run);
    });
  const onSilences = createExecute('silence');
  const onEndpoints = createExecute('endpoint');
  return {
    engine: 'postgres',
    chunkAlerts: Number.POSITIVE_INFINITY,
    ...createReads(askOver(read), DIALECT),
    ...createPostgresLeases(work),
    ...createPostgresFollowers(work),
    ...createPostgresHistory(work),
    dueExpiries: createPostgresExpiries(work),
    transaction: (inside, fence) => write((run) => inside(createPostgresTransaction(run, onEndpoints(run))), fence),
    changeSilences: (inside, fence) =>
      write((run) => inside(createSilenceTransaction(onSilences(run), ' FOR UPDATE')), fence),
    heartbeat: (upSince, fence) =>
      write(async (run) => {
        const { rows } = await run(SMALL.lastHeartbeat, []);
        await run(SMALL.heartbeat, []);
        const last = rows[0]?.[0] as number | undefined;
        if (last === undefined || upSince <= last) return 0;
        await run(SMALL.forgive, [upSince - last]);
        return upSince - last;
      }, fence),
    pruneReplays: (before, limit, fence) =>
      write(async (run) => (await run(SMALL.pruneReplays, [before, limit])).rowCount ?? 0, fence),
    pruneOwnKeys: (before, limit, fence) =>
      write(async (run) => (await run(SMALL.pruneOwnKeys, [before, limit])).rowCount ?? 0, fence),
    pruneActions: (before, limit, fence) =>
      write(async (run) => (await run(SMALL.pruneActions, [before, limit])).rowCount ?? 0, fence),
    pruneKeys: (before, limit, fence) =>
      write(async (run) => (await run(SMALL.pruneKeys, [before, limit])).rowCount ?? 0, fence),
    prune: (table, before, after, limit, fence) =>
      write((run) => prunePostgres(run, table, before, after, limit), fence),
    ...createPostgresKeyWrites(work),
    ...createPostgresAccess(work),
    hubId: (fresh) =>
      write(async (run) => {
        const known = (await run(SMALL.hubId, [])).rows[0]?.[0];
        if (known !== undefined) return Number(known);
        await run(SMALL.drawHubId, [fresh]);
        return Number((await run(SMALL.hubId, [])).rows[0]?.[0]);
      }),
    saveSources: (reports) =>
      write(async (run) => {
        for (const row of sourceRows(reports)) await run(ADD_SOURCE, row);
      }),
    checkWritable: async (now, bytes = 0) => {
      await write(async (run) => void (await run(SMALL.setState, ['writable', now])));
      if (bytes === 0) return;
      await write(async (run) => {
        await run(SMALL.emptyProbe, []);
        await run(SMALL.fillProbe, [now, Math.ceil(bytes / PROBE_BYTES)]);
      });
      await write(async (run) => void (await run(SMALL.emptyProbe, [])));
    },
    close: connections.close,
  };
}
