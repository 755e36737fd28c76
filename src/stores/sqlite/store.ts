import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { makePrivateFolder } from '../../lib/files/folder.ts';
import { StoreError } from '../contract/error.ts';
import type { Lease } from '../contract/leases.ts';
import type { Store } from '../contract/store.ts';
import { listOf, valuesOf } from '../tables/columns.ts';
import { createSilenceTransaction } from '../tables/silences.ts';
import { addSource, sourceRows } from '../tables/source-reports.ts';
import { INSTANCE_KEYS, LINK_KEYS } from '../tables/tables.ts';
import { BUSY_TIMEOUT_MS, loadDriver, refuseForeign } from './driver.ts';
import { sqliteError } from './error.ts';
import { createSqliteExpiries } from './expiries.ts';
import { createSqliteFollowers, executeOn } from './followers.ts';
import { createSqliteLeases } from './leases.ts';
import { migrateSqlite } from './migrate.ts';
import { openSqliteReads, type SqliteReads } from './reads.ts';
import { createSqliteRetention } from './retention.ts';
import { createSqliteTransaction } from './transaction.ts';

// Pages kept in memory by the connection that writes, in KiB (SQLite's negative unit).
const WRITE_CACHE_KIB = 24 * 1024;
// The log is copied into the database file after so many pages: seldom enough to let hot pages be written once.
const CHECKPOINT_PAGES = 8000;

// Of one row of a probe.
const PROBE_BYTES = 2000;

// Alerts: what is made of so many is gone before the young garbage is collected again.
const CHUNK_ALERTS = 100;

/**
 * Opens the embedded store, makes its file (0600, in a directory 0700) and brings its schema up to date.
 * Throws StoreError when better-sqlite3 is missing, the path cannot be written, or the schema is newer.
 */
export function openSqliteStore(file: string, clock: Clock = systemClock): Store {
  const Database = loadDriver();
  const writer = open(Database, file);
  try {
    migrateSqlite(writer);
  } catch (error) {
    writer.close();
    throw error instanceof StoreError ? error : new StoreError(`cannot prepare ${file}: ${textOf(error)}`);
  }
  return createStore(writer, openSqliteReads(file, Database), clock);
}

function createStore(writer: BetterSqlite3.Database, reader: SqliteReads, clock: Clock): Store {
  const alone = createQueue();
  const leases = createSqliteLeases(writer, clock.now);
  const fenced = <T>(fence: Lease, work: () => T): Promise<T> =>
    alone(() => {
      const whole = writer.transaction(() => {
        leases.check(fence);
        return work();
      });
      return whole.immediate();
    });
  const transaction = createSqliteTransaction(writer);
  const statements = prepareSmallWrites(writer);
  const dueExpiries = createSqliteExpiries(writer);
  const prune = createSqliteRetention(writer, clock.now, transaction.forgetAlert);
  const silences = createSilenceTransaction(executeOn(writer), '');
  const begin = writer.prepare('BEGIN IMMEDIATE');
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  const committed = async <T>(work: () => Promise<T>): Promise<T> => {
    begin.run();
    try {
      const result = await work();
      commit.run();
      return result;
    } catch (error) {
      transaction.forget();
      if (writer.inTransaction) rollback.run();
      throw error;
    }
  };
  return {
    engine: 'sqlite',
    chunkAlerts: CHUNK_ALERTS,
    ...reader.reads,
    now: async () => clock.now(),
    claim: (work, holder, ttlMs) => alone(() => leases.claim(work, holder, ttlMs)),
    renew: (lease, ttlMs) => alone(() => leases.renew(lease, ttlMs)),
    release: (lease) => alone(() => leases.release(lease)),
    ...createSqliteFollowers({
      writer,
      reader: reader.connection,
      fenced: (fence, work) =>
        alone(() =>
          committed(async () => {
            leases.check(fence);
            return work();
          }),
        ),
    }),
    transaction: (work, fence) =>
      alone(() =>
        committed(async () => {
          if (fence !== undefined) leases.check(fence);
          transaction.begin();
          return work(transaction);
        }),
      ),
    changeSilences: (work, fence) =>
      alone(() =>
        committed(async () => {
          if (fence !== undefined) leases.check(fence);
          return work(silences);
        }),
      ),
    heartbeat: (upSince, fence) =>
      fenced(fence, () => {
        const last = statements.lastHeartbeat.get() as number | undefined;
        statements.setState.run('heartbeat', clock.now());
        if (last === undefined || upSince <= last) return 0;
        statements.forgive.run(upSince - last);
        transaction.forget();
        return upSince - last;
      }),
    dueExpiries: (now, grace, limit) => alone(() => dueExpiries(now, grace, limit)),
    pruneReplays: (before, limit, fence) => fenced(fence, () => statements.prune.run(before, limit).changes),
    pruneActions: (before, limit, fence) => fenced(fence, () => statements.pruneActions.run(before, limit).changes),
    prune: (table, before, after, limit, fence) => fenced(fence, () => prune(table, before, after, limit)),
    createKey: (key) => alone(() => void statements.createKey.run(valuesOf(INSTANCE_KEYS.columns, key))),
    saveLinkKeys: (keys) =>
      alone(() => {
        const all = writer.transaction(() => {
          for (const key of keys) statements.saveLinkKey.run(valuesOf(LINK_KEYS.columns, key));
        });
        all.immediate();
      }),
    expireKey: (id, at) => alone(() => statements.expireKey.run(at, id).changes > 0),
    saveSources: (reports) =>
      alone(() => {
        const all = writer.transaction(() => {
          for (const row of sourceRows(reports)) statements.addSource.run(row);
        });
        all.immediate();
      }),
    checkWritable: (now, bytes = 0) =>
      alone(() => {
        statements.setState.run('writable', now);
        if (bytes === 0) return;
        statements.emptyProbe.run();
        statements.fillProbe.run({ now, rows: Math.ceil(bytes / PROBE_BYTES) });
        statements.emptyProbe.run();
      }),
    close: () =>
      alone(() => {
        // The writer is the last one, and tidies up the log.
        reader.close();
        writer.close();
      }),
  };
}

function prepareSmallWrites(db: BetterSqlite3.Database) {
  return {
    lastHeartbeat: db.prepare(`SELECT value FROM hub_state WHERE name = 'heartbeat'`).pluck(),
    setState: db.prepare(
      'INSERT INTO hub_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
    emptyProbe: db.prepare(`DELETE FROM hub_state WHERE name GLOB 'probe:*'`),
    fillProbe: db.prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $rows)
       INSERT INTO hub_state (name, value) SELECT 'probe:' || hex(randomblob(${PROBE_BYTES / 2})), $now FROM numbers`,
    ),
    forgive: db.prepare('UPDATE instances SET stale_at = stale_at + ? WHERE silent_since IS NULL'),
    prune: db.prepare('DELETE FROM replays WHERE rid IN (SELECT rid FROM replays WHERE at < ? ORDER BY at LIMIT ?)'),
    pruneActions: db.prepare(
      'DELETE FROM actions WHERE id IN (SELECT id FROM actions WHERE at < ? ORDER BY at LIMIT ?)',
    ),
    createKey: db.prepare(
      `INSERT INTO instance_keys (${listOf(INSTANCE_KEYS.columns)}) VALUES (${INSTANCE_KEYS.columns.map(() => '?').join(', ')})`,
    ),
    saveLinkKey: db.prepare(
      `INSERT INTO link_keys (${listOf(LINK_KEYS.columns)}) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
    ),
    addSource: db.prepare(addSource(() => '?')),
    expireKey: db.prepare('UPDATE instance_keys SET expires_at = ? WHERE id = ?'),
  };
}

/** One writer: each piece of work begins when the one before has ended, however it ended. A disk that fails is a StoreError. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => T | Promise<T>): Promise<T> => {
    const next = last.then(work).catch((error: unknown) => {
      throw sqliteError(error);
    });
    last = next.catch(() => undefined);
    return next;
  };
}

function open(Database: typeof BetterSqlite3, file: string): BetterSqlite3.Database {
  let db: BetterSqlite3.Database | undefined;
  try {
    makePrivateFolder(dirname(file));
    const fresh = !existsSync(file);
    if (!fresh) refuseForeign(file);
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    if (fresh) chmodSync(file, 0o600);
    db.pragma('journal_mode = WAL');
    // COMMIT returns when the disk has it. To sync in another thread instead was measured: waking it costs more than it saves.
    db.pragma('synchronous = FULL');
    db.pragma(`cache_size = -${WRITE_CACHE_KIB}`);
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return db;
  } catch (error) {
    db?.close();
    throw new StoreError(
      `cannot open the store ${file}: ${textOf(error)}; set MONITOR_STATE_DIR to a directory that can be written`,
    );
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
