import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { openSqliteStore } from '../../src/stores/sqlite/store.ts';
import { postgresPlace, type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';
import { describeStore, type Place } from '../support/store-contract.ts';
import { describeStoreAccess } from '../support/store-contract-access.ts';
import { describeStoreActions } from '../support/store-contract-actions.ts';
import { describeStoreAttention } from '../support/store-contract-attention.ts';
import { describeStoreEndpoints } from '../support/store-contract-endpoints.ts';
import { describeStoreExpiries } from '../support/store-contract-expiries.ts';
import { describeStoreFollowers } from '../support/store-contract-followers.ts';
import { describeStoreHistory } from '../support/store-contract-history.ts';
import { describeStoreHubs } from '../support/store-contract-hubs.ts';
import { describeStoreLeases } from '../support/store-contract-leases.ts';
import { describeStoreReads } from '../support/store-contract-reads.ts';
import { describeStoreRemoval } from '../support/store-contract-removal.ts';
import { describeStoreRetention } from '../support/store-contract-retention.ts';
import { describeStoreSamples } from '../support/store-contract-samples.ts';
import { describeStoreSearch } from '../support/store-contract-search.ts';
import { describeStoreSilences } from '../support/store-contract-silences.ts';
import { describeStoreSources } from '../support/store-contract-sources.ts';

async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-store-'));
  return {
    open: async () => openSqliteStore(join(folder, 'state/monitor.db')),
    oneWriter: true,
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

let server: SharedPostgres;
beforeAll(async () => {
  server = await sharedPostgres();
});
afterAll(() => server?.dropAll());

const PARTS = [
  describeStore,
  describeStoreReads,
  describeStoreAttention,
  describeStoreLeases,
  describeStoreExpiries,
  describeStoreFollowers,
  describeStoreHistory,
  describeStoreRetention,
  describeStoreSilences,
  describeStoreSources,
  describeStoreHubs,
  describeStoreActions,
  describeStoreRemoval,
  describeStoreAccess,
  describeStoreSearch,
  describeStoreEndpoints,
  describeStoreSamples,
];
for (const describePart of PARTS) {
  describePart('sqlite', sqlitePlace);
  describePart('postgres', () => postgresPlace(server));
}
