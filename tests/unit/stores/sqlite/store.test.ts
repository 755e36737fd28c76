import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StoreError } from '../../../../src/stores/contract/error.ts';
import { MIGRATIONS } from '../../../../src/stores/migrations/index.ts';
import { cannotOpen, driverPackage, loadDriver } from '../../../../src/stores/sqlite/driver.ts';
import { openSqliteStore } from '../../../../src/stores/sqlite/store.ts';
import { alert, idOf, save, write } from '../../../support/stored.ts';

const Database = loadDriver();

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-sqlite-'));
  file = join(folder, 'a/b/monitor.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The error of opening. */
function failure(path = file): Error {
  try {
    void openSqliteStore(path).close();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was opened');
}

describe('what it leaves on the disk', () => {
  test('folders 0700 and files 0600, the log and its index too, whatever the umask', async () => {
    const mask = process.umask(0);
    try {
      const store = openSqliteStore(file);
      await save(store, { alerts: [write('insert', alert(1))] });
      expect([modeOf(join(folder, 'a')), modeOf(join(folder, 'a/b'))]).toEqual(['700', '700']);
      const files = readdirSync(join(folder, 'a/b'));
      expect(files.toSorted()).toEqual(['monitor.db', 'monitor.db-shm', 'monitor.db-wal']);
      for (const name of files) expect([name, modeOf(join(folder, 'a/b', name))]).toEqual([name, '600']);
      await store.close();
    } finally {
      process.umask(mask);
    }
  });

  test('when it is closed nothing but the database is left, also when nothing was read', async () => {
    const store = openSqliteStore(file);
    await save(store, { alerts: [write('insert', alert(1))] });
    await store.close();
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['monitor.db']);
  });

  test('a folder that is there already keeps its mode', async () => {
    mkdirSync(join(folder, 'a'), { mode: 0o755 });
    await openSqliteStore(join(folder, 'a/monitor.db')).close();
    expect(modeOf(join(folder, 'a'))).toBe('755');
  });

  test('what was committed is in the log at once: a copy of the files made then holds it', async () => {
    const store = openSqliteStore(file);
    await save(store, { alerts: [write('insert', alert(1))] });
    const copy = join(folder, 'copy.db');
    for (const end of ['', '-wal']) writeFileSync(copy + end, readFileSync(file + end));
    await store.close();
    const copied = openSqliteStore(copy);
    expect(await copied.findAlert(idOf(1))).toEqual(alert(1));
    await copied.close();
  });
});

describe('what cannot be opened', () => {
  test('a newer schema is refused by name, and left as it is', () => {
    void openSqliteStore(file).close();
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    const error = failure();
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toBe(
      `cannot prepare ${file}: the store's schema is version 99, this program knows ${MIGRATIONS.length}: run the program that wrote it or a newer one`,
    );
    const after = new Database(file);
    expect(after.pragma('user_version', { simple: true })).toBe(99);
    after.close();
  });

  test.each([
    [
      'a file where the folder should be',
      () => writeFileSync(join(folder, 'a'), ''),
      /cannot open the store .*(ENOTDIR|EEXIST)/,
    ],
    ['a folder where the file should be', () => mkdirSync(file, { recursive: true }), /cannot open the store/],
    [
      'a file that is no database',
      () => {
        mkdirSync(join(folder, 'a/b'), { recursive: true });
        writeFileSync(file, 'not a database, but long enough to be looked at as if it were one. '.repeat(20));
      },
      /not a database/,
    ],
  ])('%s: one line with the path', (_, make, message) => {
    make();
    const error = failure();
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(file);
    expect(error.message).not.toContain('\n');
  });
});

test.each([
  [
    'SQLITE_FULL',
    'database or disk is full',
    'free space there, or set MONITOR_STATE_DIR to a directory on another disk',
  ],
  ['ENOSPC', 'no space left on device', 'free space there, or set MONITOR_STATE_DIR to a directory on another disk'],
  ['SQLITE_IOERR_SHMSIZE', 'disk I/O error', 'its disk fails or has no room left; see the system log'],
  ['EACCES', 'permission denied', 'set MONITOR_STATE_DIR to a directory that can be written'],
])('a store that cannot be opened for %s says what to do', (code, message, advice) => {
  const error = cannotOpen('/a/monitor.db', Object.assign(new Error(message), { code }));
  expect(error.message).toContain(`cannot open the store /a/monitor.db: ${message}`);
  expect(error.message).toContain(advice);
});

describe('what fails every write', () => {
  const failed = (code: string) => Object.assign(new Error('as the engine says'), { code });
  const problem = async (error: Error) => {
    const store = openSqliteStore(file);
    const told = await store.transaction(() => Promise.reject(error)).catch((reason: unknown) => reason);
    await store.close();
    return told;
  };

  test.each([
    ['SQLITE_BUSY', /^another process holds the lock of the store: .*\(SQLITE_BUSY\)$/],
    ['SQLITE_FULL', /^the disk of the store is full: .*MONITOR_STATE_DIR/],
    ['SQLITE_IOERR_WRITE', /^the disk of the store fails: .*\(SQLITE_IOERR_WRITE\)$/],
    ['SQLITE_READONLY_DBMOVED', /^the store is read-only: /],
    ['SQLITE_CANTOPEN', /^a file of the store cannot be opened: /],
  ])('%s says so, and what to do', async (code, message) => {
    const error = failed(code);
    const told = await problem(error);
    expect(told).toBeInstanceOf(StoreError);
    expect(told).toMatchObject({ code, unavailable: true, cause: error, message: expect.stringMatching(message) });
  });

  test.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_TOOBIG', 'ENOENT', 'constructor'])(
    'an error of one write stays what it is: %s',
    async (code) => {
      const error = failed(code);
      expect(await problem(error)).toBe(error);
    },
  );
});

test('the steps of the schema are numbered from 1, without a gap', () => {
  expect(MIGRATIONS.map((step) => step.version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test('each Node.js has the better-sqlite3 that does not end it', () => {
  expect([9, 10].map((nodeApi) => driverPackage(nodeApi).name)).toEqual(['better-sqlite3', 'better-sqlite3-13']);
});
