import type BetterSqlite3 from 'better-sqlite3';
import { refuseSchema } from '../contract/error.ts';
import type { InstanceKey, OpenKeyStore } from '../contract/instance-keys.ts';
import type { LinkKey } from '../contract/link-keys.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { createAccessReads, createAccessTransaction } from '../tables/access.ts';
import { listOf, type Row, valuesOf } from '../tables/columns.ts';
import { type Ask, createReads } from '../tables/reads.ts';
import { textOf } from '../tables/sql.ts';
import { INSTANCE_KEYS, LINK_KEYS } from '../tables/tables.ts';
import { openExisting } from './driver.ts';
import { sqliteError } from './error.ts';
import { executeOn } from './followers.ts';
import { DIALECT } from './reads.ts';

/** What changes keys. */
export function prepareKeyWrites(db: BetterSqlite3.Database) {
  const { columns } = INSTANCE_KEYS;
  const create = db.prepare(
    `INSERT INTO instance_keys (${listOf(columns)}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const expire = db.prepare('UPDATE instance_keys SET expires_at = ? WHERE id = ?');
  return {
    create: (key: InstanceKey): void => void create.run(valuesOf(columns, key)),
    expire: (id: string, at: number): boolean => expire.run(at, id).changes > 0,
  };
}

/** Inserts or replaces keys of links, all of them or none. */
export function saveLinkKeys(db: BetterSqlite3.Database, keys: readonly LinkKey[]): void {
  const { columns } = LINK_KEYS;
  const save = db.prepare(
    `INSERT INTO link_keys (${listOf(columns)}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
  );
  const all = db.transaction(() => {
    for (const key of keys) save.run(valuesOf(columns, key));
  });
  all.immediate();
}

/**
 * Opens the keys of an embedded store beside a hub that may have it open. The schema stays as it is, also an older one:
 * that hub would not know a newer one. Throws StoreError when there is none, one older than `oldest`, or one of a newer
 * program.
 */
export function openSqliteKeys(file: string, oldest = 1): OpenKeyStore {
  const db = openExisting(file);
  try {
    refuseSchema(db.pragma('user_version', { simple: true }) as number, oldest, MIGRATIONS.length);
    const { create, expire } = prepareKeyWrites(db);
    const ask: Ask = async (query) =>
      db
        .prepare(textOf(query, () => '?'))
        .raw()
        .all(query.values) as Row[];
    const { findKey, listKeys, findLinkKey, listLinkKeys } = createReads(ask, DIALECT);
    const access = createAccessTransaction(executeOn(db), '');
    return {
      ...{ findKey, listKeys, findLinkKey, listLinkKeys, ...createAccessReads(ask) },
      changeAccess: async (work) => {
        try {
          return await inTransaction(db, () => work(access));
        } catch (error) {
          throw sqliteError(error);
        }
      },
      createKey: async (key) => told(() => create(key)),
      expireKey: async (id, at) => told(() => expire(id, at)),
      saveLinkKeys: async (keys) => told(() => saveLinkKeys(db, keys)),
      close: async () => void db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs work in a transaction that writes. */
async function inTransaction<T>(db: BetterSqlite3.Database, work: () => Promise<T>): Promise<T> {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = await work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error);
  }
}
