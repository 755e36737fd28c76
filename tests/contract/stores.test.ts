import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { describeStore, type Place } from '../support/store-contract.ts';
import { describeStoreLeases } from '../support/store-contract-leases.ts';
import { describeStoreReads } from '../support/store-contract-reads.ts';

async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-store-'));
  return {
    open: async () => openSqliteStore(join(folder, 'state/monitor.db')),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

for (const describeHalf of [describeStore, describeStoreReads, describeStoreLeases])
  describeHalf('sqlite', sqlitePlace);
