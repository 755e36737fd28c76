import { existsSync, realpathSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { StoreError } from '../contract/error.ts';
import type { Loss } from '../contract/followers.ts';
import type { Lease } from '../contract/leases.ts';
import type { OnMigration } from '../contract/migrating.ts';
import type { Store } from '../contract/store.ts';
import { createAccessTransaction } from '../tables/access.ts';
import { createSilenceTransaction } from '../tables/silences.ts';
import { addSource, sourceRows } from '../tables/source-reports.ts';
import { keepHubsOff } from './alone.ts';
import { BUSY_TIMEOUT_MS, cannotOpen, loadDriver } from './driver.ts';
import { sqliteError } from './error.ts';
import { createSqliteExpiries } from './expiries.ts';
import { markLog, prepareFile, refuseOther } from './file.ts';
import { createSqliteFollowers, executeOn } from './followers.ts';
import { createSqliteHistory } from './history.ts';
import { prepareKeyWrites, saveLinkKeys } from './instance-keys.ts';
import { createSqliteLeases } from './leases.ts';
import { createLogMark, settleMark } from './log-mark.ts';
import { migrateSqlite } from './migrate.ts';
import { createPatience } from './patience.ts';
import { openSqliteReads, type SqliteReads } from './reads.ts';
import { createSqliteRetention } from './retention.ts';
import { createSqliteTransaction } from './transaction.ts';

// Pages kept in memory by the connection that writes, in KiB (SQLite's negative unit): what a large commit changes. What is
// only read stands in the memory of the kernel, too, and need not be kept twice.
const WRITE_CACHE_KIB = 8 * 1024;
// The log is copied into the database file after so many pages: seldom enough to let hot pages be written once.
const CHECKPOINT_PAGES = 8000;

// Of a write, once another has waited in vain for the lock.
const HELD_TIMEOUT_MS = 100;

// Of one row of a probe.
const PROBE_BYTES = 2000;

// Alerts: what is made of so many is gone before the young garbage is collected again.
const CHUNK_ALERTS = 100;

/** How the embedded store is opened. */
export interface SqliteOptions {
  /** By a hub, which keeps other hubs off while it has it. */
  readonly isHub?: boolean;
  readonly onMigration?: OnMigration;
}

/**
 * Opens the embedded store, makes its file (0600, in a directory 0700) and brings its schema up to date. Throws
 * StoreError when better-sqlite3 is missing, the path cannot be written, another hub has it, what stands there is no
 * whole store, or the schema is newer.
 */
export function openSqliteStore(
  file: string,
  clock: Clock = systemClock,
  { isHub = false, onMigration }: SqliteOptions = {},
): Store {
  const Database = loadDriver();
  const { db: writer, letGo } = open(Database, file, isHub);
  try {
    migrateSqlite(writer, onMigration);
    if (isHub) markLog(writer);
  } catch (error) {
    writer.close();
    letGo();
    throw error instanceof StoreError ? error : new StoreError(`cannot prepare ${file}: ${textOf(error)}`);
  }
  return createStore({ db: writer, letGo, isHub }, openSqliteReads(file, Database), clock);
}

/** The connection that writes, and how other hubs are let to the store again. */
interface Opened {
  readonly db: BetterSqlite3.Database;
  readonly letGo: () => void;
}

function createStore(
  { db: writer, letGo, isHub }: Opened & { readonly isHub: boolean },
  reader: SqliteReads,
  clock: Clock,
): Store {
  const queue = createQueue();
  const keepMark = isHub ? createLogMark(writer, `${realpathSync(writer.name)}-wal`, clock.now) : () => {};
  const patiently = createPatience(writer, HELD_TIMEOUT_MS);
  const alone = <T>(work: () => T | Promise<T>): Promise<T> =>
    queue(() =>
      patiently(() => {
        keepMark();
        return work();
      }),
    );
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
  const keys = prepareKeyWrites(writer);
  const dueExpiries = createSqliteExpiries(writer);
  const prune = createSqliteRetention(writer, clock.now, transaction.forgetAlert);
  const silences = createSilenceTransaction(executeOn(writer), '');
  const access = createAccessTransaction(executeOn(writer), '');
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
  // Within a turn, so that nobody else commits meanwhile.
  const durable = async <T>(loss: Loss, work: () => Promise<T>): Promise<T> => {
    if (loss === 'never') return work();
    writer.pragma('synchronous = NORMAL');
    try {
      return await work();
    } finally {
      writer.pragma('synchronous = FULL');
    }
  };
  return {
    engine: 'sqlite',
    chunkAlerts: CHUNK_ALERTS,
    ...reader.reads,
    now: async () => clock.now(),
    claim: (work, holder, ttlMs) => alone(() => leases.claim(work, holder, ttlMs)),
    findLease: (work) => alone(() => leases.find(work)),
    // After a power cut nobody holds it any more.
    renew: (lease, ttlMs) => alone(() => durable('again', async () => leases.renew(lease, ttlMs))),
    release: (lease) => alone(() => leases.release(lease)),
    ...createSqliteHistory(reader.connection),
    ...createSqliteFollowers({
      writer,
      reader: reader.connection,
      fenced: (fence, work, loss = 'never') =>
        alone(() =>
          durable(loss, () =>
            committed(async () => {
              leases.check(fence);
              return work();
            }),
          ),
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
    changeAccess: (work) => alone(() => committed(() => work(access))),
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
    pruneOwnKeys: (before, limit, fence) => fenced(fence, () => statements.pruneOwnKeys.run(before, limit).changes),
    pruneActions: (before, limit, fence) => fenced(fence, () => statements.pruneActions.run(before, limit).changes),
    pruneKeys: (before, limit, fence) => fenced(fence, () => statements.pruneKeys.run(before, limit).changes),
    prune: (table, before, after, limit, fence) => fenced(fence, () => prune(table, before, after, limit)),
    createKey: (key) => alone(() => keys.create(key)),
    expireKey: (id, at) => alone(() => keys.expire(id, at)),
    saveLinkKeys: (keys) => alone(() => saveLinkKeys(writer, keys)),
    hubId: (fresh) =>
      alone(() => {
        // Read first: a hub starts on a full disk, too.
        const known = statements.hubId.get() as number | undefined;
        if (known === undefined) statements.drawHubId.run(fresh);
        return known ?? (statements.hubId.get() as number);
      }),
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
      queue(() => {
        // The writer is the last one, and tidies up the log.
        reader.close();
        if (isHub) settleMark(writer);
        writer.close();
        letGo();
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
    pruneOwnKeys: db.prepare(
      'DELETE FROM own_keys WHERE key IN (SELECT key FROM own_keys WHERE at < ? ORDER BY at LIMIT ?)',
    ),
    pruneKeys: db.prepare(
      'DELETE FROM instance_keys WHERE id IN (SELECT id FROM instance_keys WHERE expires_at < ? LIMIT ?)',
    ),
    pruneActions: db.prepare(
      'DELETE FROM actions WHERE id IN (SELECT id FROM actions WHERE at < ? ORDER BY at LIMIT ?)',
    ),
    drawHubId: db.prepare("INSERT INTO hub_state (name, value) VALUES ('hub_id', ?) ON CONFLICT (name) DO NOTHING"),
    hubId: db.prepare("SELECT value FROM hub_state WHERE name = 'hub_id'").pluck(),
    addSource: db.prepare(addSource(() => '?')),
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

function open(Database: typeof BetterSqlite3, file: string, isHub: boolean): Opened {
  let letGo = () => {};
  let db: BetterSqlite3.Database | undefined;
  try {
    prepareFile(Database, file);
    if (isHub) letGo = keepHubsOff(Database, realpathSync(file));
    const hadLog = existsSync(`${file}-wal`);
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    refuseOther(db, hadLog);
    db.pragma('journal_mode = WAL');
    // COMMIT returns when the disk has it. A sync in another thread was measured twice: waking that costs more than it saves.
    db.pragma('synchronous = FULL');
    db.pragma(`cache_size = -${WRITE_CACHE_KIB}`);
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return { db, letGo };
  } catch (error) {
    db?.close();
    letGo();
    throw cannotOpen(file, error);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
