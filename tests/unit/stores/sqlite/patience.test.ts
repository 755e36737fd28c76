import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type BetterSqlite3 from 'better-sqlite3';
import { loadDriver } from '../../../../src/stores/sqlite/driver.ts';
import { createPatience, type Patience } from '../../../../src/stores/sqlite/patience.ts';

const Database = loadDriver();
let folder = '';
let db: BetterSqlite3.Database;
let other: BetterSqlite3.Database;
let patiently: Patience;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-patience-'));
  const file = join(folder, 'a.db');
  db = new Database(file, { timeout: 20 });
  db.exec('CREATE TABLE t (x)');
  other = new Database(file);
  patiently = createPatience(db, 3);
});
afterEach(() => {
  db.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

const waits = () => db.pragma('busy_timeout', { simple: true });
const write = () => patiently(() => db.exec('INSERT INTO t VALUES (1)'));
const look = () => patiently(() => db.prepare('SELECT count(*) FROM t').pluck().get());
const fail = () => patiently(() => db.exec('INSERT INTO nothing VALUES (1)'));
const busy = { code: 'SQLITE_BUSY' };

test('what waited in vain for the lock lets the next ones wait less, until one of them has it', async () => {
  await write();
  expect(waits()).toBe(20);
  other.exec('BEGIN IMMEDIATE');
  await expect(write()).rejects.toMatchObject(busy);
  expect(waits()).toBe(3);
  await expect(write()).rejects.toMatchObject(busy);
  expect(waits()).toBe(3);
  other.exec('COMMIT');
  await write();
  expect(waits()).toBe(20);
});

test('what only reads, and what fails for another reason, says nothing of the lock', async () => {
  other.exec('BEGIN IMMEDIATE');
  await expect(fail()).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
  expect(waits()).toBe(20);
  await expect(write()).rejects.toMatchObject(busy);
  expect(await look()).toBe(0);
  await expect(fail()).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
  expect(waits()).toBe(3);
});
