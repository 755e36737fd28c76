import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type BetterSqlite3 from 'better-sqlite3';
import { loadDriver } from '../../../../src/stores/sqlite/driver.ts';
import { createLogSync } from '../../../../src/stores/sqlite/log-sync.ts';

let folder: string;
let file: string;
let db: BetterSqlite3.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-log-'));
  file = join(folder, 'store.db');
  db = new (loadDriver())(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('CREATE TABLE t (a)');
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = () => db.exec('INSERT INTO t VALUES (1)');
const logBytes = () => statSync(`${file}-wal`).size;
// A file that the system refuses to sync.
const UNFIT = '/dev/null';
const lost = { name: 'StoreError', unavailable: true, code: 'EINVAL' };

describe('the log of the embedded store', () => {
  test('is synced for all that ask, those with them that ask while a sync is under way', async () => {
    const log = createLogSync(db, `${file}-wal`);
    write();
    await Promise.all([log.synced(), log.synced()]);
    log.mend();
    expect(logBytes()).toBeGreaterThan(0);
    await log.close();
  });

  test('is let go of when what was asked for is done', async () => {
    const log = createLogSync(db, `${file}-wal`);
    const asked = [log.synced(), log.synced(), log.synced()];
    await log.close();
    expect(await Promise.allSettled(asked)).toEqual(asked.map(() => ({ status: 'fulfilled', value: undefined })));
  });

  test('may have lost all that waited when a sync fails, and is begun anew before the next write', async () => {
    const log = createLogSync(db, UNFIT);
    write();
    const asked = await Promise.allSettled([log.synced(), log.synced()]);
    expect(asked).toEqual(asked.map(() => ({ status: 'rejected', reason: expect.objectContaining(lost) })));
    log.mend();
    expect(logBytes()).toBe(0);
    write();
    log.mend();
    expect(logBytes()).toBeGreaterThan(0);
    await log.close();
  });

  test('takes nothing while it cannot be begun anew', async () => {
    const log = createLogSync(db, UNFIT);
    const reader = new (loadDriver())(file, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM t').all();
    write();
    await expect(log.synced()).rejects.toMatchObject(lost);
    db.pragma('busy_timeout = 0');
    expect(() => log.mend()).toThrow('cannot be begun anew');
    expect(() => log.mend()).toThrow('cannot be begun anew');
    reader.exec('COMMIT');
    log.mend();
    expect(logBytes()).toBe(0);
    reader.close();
    await log.close();
  });

  test('that is missing is an error of the store', async () => {
    const log = createLogSync(db, join(folder, 'none'));
    await expect(log.synced()).rejects.toMatchObject({ name: 'StoreError', unavailable: true, code: 'ENOENT' });
    await log.close();
  });
});
