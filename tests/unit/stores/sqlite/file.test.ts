import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { UnfitStoreError } from '../../../../src/stores/contract/error.ts';
import { loadDriver, openExisting } from '../../../../src/stores/sqlite/driver.ts';
import { openSqliteKeys } from '../../../../src/stores/sqlite/instance-keys.ts';
import { restoreSqlite } from '../../../../src/stores/sqlite/restore.ts';
import { openSqliteStore } from '../../../../src/stores/sqlite/store.ts';
import { openSqliteUpkeep } from '../../../../src/stores/sqlite/upkeep.ts';
import { alert, idOf, save, write } from '../../../support/stored.ts';

// The file that a store is kept in: what is no store, or not a whole one, is never begun anew.

const Database = loadDriver();
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-store-file-'));
  file = join(folder, 'monitor.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hub = () => openSqliteStore(file, undefined, { isHub: true });

/** Opens it as a hub does, and says why not. */
function problem(open: () => { close(): Promise<void> | unknown } = hub): string {
  try {
    void open().close();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

/** What a hub leaves that is killed after it has committed one alert. */
async function killedHub(): Promise<void> {
  const store = hub();
  await save(store, { alerts: [write('insert', alert(1))] });
  const crash = join(folder, 'crash');
  mkdirSync(crash);
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, join(crash, `monitor.db${end}`));
  await store.close();
  for (const end of ['', '-wal']) copyFileSync(join(crash, `monitor.db${end}`), `${file}${end}`);
}

async function wholeStore(): Promise<void> {
  const store = hub();
  await save(store, { alerts: [write('insert', alert(1))] });
  await store.close();
}

const UNFIT: Readonly<Record<string, { make: () => Promise<void> | void; says: RegExp }>> = {
  'an empty file': { make: () => writeFileSync(file, ''), says: /the file is empty.*`monitor store restore/ },
  'a file that a failed copy has left empty': {
    make: async () => {
      await wholeStore();
      truncateSync(file, 0);
    },
    says: /the file is empty.*`monitor store restore/,
  },
  'a file of text': {
    make: () => writeFileSync(file, 'this is no database at all. '.repeat(40)),
    says: /not a database.*`monitor store restore/,
  },
  'the database of another program': {
    make: () => {
      const other = new Database(file);
      other.exec('CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 3');
      other.close();
    },
    says: /the database of another program \(it has the table bookmarks\)/,
  },
  'one of another program with a table of ours': {
    make: () => {
      const other = new Database(file);
      other.exec('CREATE TABLE alerts (id TEXT)');
      other.close();
    },
    says: /the database of another program \(it has the table alerts\)/,
  },
  'a database that holds nothing': {
    make: () => {
      const other = new Database(file);
      other.pragma('journal_mode = WAL');
      other.exec('CREATE TABLE t (x); DROP TABLE t');
      other.close();
    },
    says: /it holds nothing: the log.*is missing/,
  },
  'a database without the log of a hub that was killed': {
    make: async () => {
      await killedHub();
      rmSync(`${file}-wal`);
    },
    says: /the log that belongs to it.*is missing.*`monitor store restore/,
  },
  'a log without its database': {
    make: async () => {
      await killedHub();
      rmSync(file);
    },
    says: /its log monitor\.db-wal is there.*`monitor store restore/,
  },
  'a link that leads nowhere': {
    make: () => symlinkSync(join(folder, 'nowhere.db'), file),
    says: /a link that leads nowhere/,
  },
};

describe.each(Object.entries(UNFIT))('%s', (_, { make, says }) => {
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder)
        .filter((name) => /^monitor\.db(-wal)?$/.test(name) && existsSync(join(folder, name)))
        .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
    );

  test('is refused with what helps, and left as it is', async () => {
    await make();
    const before = contents();
    expect(problem()).toMatch(says);
    expect(problem()).toMatch(says);
    expect(problem(() => openSqliteStore(file))).toMatch(says);
    expect(contents()).toEqual(before);
    expect(existsSync(join(folder, 'nowhere.db'))).toBe(false);
  });

  test('gives way to a backup, and is kept', async () => {
    await wholeStore();
    const backup = join(folder, 'backup.db');
    copyFileSync(file, backup);
    rmSync(file);
    await make();
    if (existsSync(file) || existsSync(`${file}-wal`)) {
      await restoreSqlite(backup, file, Date.UTC(2026, 2, 29));
      const store = hub();
      expect(await store.findAlert(idOf(1))).toBeDefined();
      await store.close();
      expect(readdirSync(folder).some((name) => /^monitor\.db\.(before|stray)-/.test(name))).toBe(true);
    }
  });
});

describe('commands beside a hub', () => {
  test.each(['an empty file', 'a file of text', 'the database of another program'])('refuse %s, too', async (what) => {
    await UNFIT[what]?.make();
    const says = UNFIT[what]?.says as RegExp;
    expect(problem(() => openExisting(file))).toMatch(says);
    expect(problem(() => openSqliteUpkeep(file))).toMatch(says);
    expect(problem(() => openSqliteKeys(file))).toMatch(says);
  });

  test('a log that is lost long after the first checkpoint is missed, too', async () => {
    let now = Date.now();
    const store = openSqliteStore(file, { ...systemClock, now: () => now }, { isHub: true });
    const other = new Database(file);
    try {
      for (let turn = 1; turn <= 3; turn += 1) {
        await save(store, { alerts: [write('insert', alert(turn))] });
        // As SQLite does by itself when the log has grown: all of it is copied, and the next write begins it anew.
        other.pragma('wal_checkpoint(PASSIVE)');
        await save(store, { alerts: [write('insert', alert(turn + 100))] });
        now += 20_000;
        await save(store, { alerts: [write('insert', alert(turn + 200))] });
        const crash = join(folder, `crash-${turn}.db`);
        copyFileSync(file, crash);
        expect(problem(() => openSqliteStore(crash, systemClock, { isHub: true }))).toMatch(
          /the log that belongs to it/,
        );
      }
    } finally {
      other.close();
      await store.close();
    }
    expect(problem()).toBe('');
  });

  test('do not make the mark of a lost log go away', async () => {
    await killedHub();
    rmSync(`${file}-wal`);
    for (let time = 0; time < 2; time += 1) expect(problem(() => openSqliteKeys(file))).toMatch(/is missing/);
    expect(problem()).toMatch(/is missing/);
  });

  test('that tidy up behind a killed hub lose nothing, and nobody asks for the log', async () => {
    await killedHub();
    await openSqliteKeys(file).close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const store = hub();
    expect(await store.findAlert(idOf(1))).toBeDefined();
    await store.close();
  });

  test('a copy of the file alone counts as a backup, by the will of a person', async () => {
    await killedHub();
    const copy = join(folder, 'lone.db');
    copyFileSync(file, copy);
    for (const end of ['', '-wal']) rmSync(`${file}${end}`, { force: true });
    await restoreSqlite(copy, file, 0);
    expect(problem()).toBe('');
  });
});

test('what goes wrong at opening is no store that could be used: an UnfitStoreError', () => {
  writeFileSync(file, '');
  expect(() => hub()).toThrow(UnfitStoreError);
});

test.each([0o644, 0o666])('files of mode %o are closed to others, those of the log too', async (mode) => {
  await killedHub();
  for (const end of ['', '-wal']) chmodSync(`${file}${end}`, mode);
  const store = hub();
  for (const end of ['', '-wal', '-shm', '.lock']) {
    if (existsSync(`${file}${end}`)) expect([end, statSync(`${file}${end}`).mode & 0o777]).toEqual([end, 0o600]);
  }
  await store.close();
});

test('a store may be a link that its operator has laid', async () => {
  mkdirSync(join(folder, 'big'), { mode: 0o700 });
  await openSqliteStore(join(folder, 'big/real.db')).close();
  symlinkSync(join(folder, 'big/real.db'), file);
  expect(problem()).toBe('');
});

describe('a second hub on one store', () => {
  test('is refused, and other programs are not', async () => {
    const first = hub();
    expect(problem()).toMatch(/another hub \(process \d+\) has it open: stop that one first/);
    await openSqliteStore(file).close();
    await openSqliteKeys(file).close();
    await first.close();
    expect(problem()).toBe('');
  });

  test('is refused under another name of the same store, too', async () => {
    const first = hub();
    symlinkSync(file, join(folder, 'other.db'));
    expect(problem(() => openSqliteStore(join(folder, 'other.db'), undefined, { isHub: true }))).toMatch(/another hub/);
    await first.close();
  });
});

test('nothing is left of a store that could not be made', () => {
  mkdirSync(join(folder, 'monitor.db-wal'));
  expect(problem()).not.toBe('');
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test.each<[string, (backup: string) => void]>([
  ['no store', (backup) => writeFileSync(backup, 'no store at all '.repeat(100))],
  ['not there', () => {}],
  [
    'of a newer program',
    (backup) => {
      copyFileSync(file, backup);
      const db = new Database(backup);
      db.pragma('user_version = 9999');
      db.close();
    },
  ],
  [
    'damaged in the middle',
    (backup) => {
      copyFileSync(file, backup);
      const bytes = readFileSync(backup);
      writeFileSync(backup, bytes.fill(0xff, bytes.length / 2));
    },
  ],
])('a backup that is %s is refused, and not a byte of the store is another', async (_, make) => {
  const store = hub();
  await save(store, { alerts: [write('insert', alert(1))] });
  await store.close();
  const backup = join(folder, 'backup.db');
  make(backup);
  const before = readFileSync(file);
  await expect(restoreSqlite(backup, file, 0)).rejects.toThrow();
  expect(readFileSync(file).equals(before)).toBe(true);
});
