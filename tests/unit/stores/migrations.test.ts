import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Store } from '../../../src/stores/contract/store.ts';
import { MIGRATIONS } from '../../../src/stores/migrations/index.ts';
import { type Migration, readMigrations } from '../../../src/stores/migrations/read.ts';
import { migratePostgres } from '../../../src/stores/postgres/migrate.ts';
import { loadDriver } from '../../../src/stores/sqlite/driver.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import { postgresPlace, type SharedPostgres, sharedPostgres } from '../../support/shared-postgres.ts';
import { alert, identityOf, idOf, incident, save, write } from '../../support/stored.ts';

const Database = loadDriver();

let server: SharedPostgres;
beforeAll(async () => {
  server = await sharedPostgres();
});
afterAll(() => server?.dropAll());

const EARLIER = MIGRATIONS.map((step) => [step.version, step.name] as const);

// As the first version wrote them; the states of alerts have got more columns since, and on SQLite two tables in place of
// one; two tables have got other names.
const { labels, annotations, metrics } = alert(1);
const content = JSON.stringify({ labels, annotations, metrics });
const STATE = `INSERT INTO alert_states (rid, observed_at, last_seen_at, occurrences, content)
  VALUES (1, 7, 8, 9, '${content}');`;
const SIGHTING = `INSERT INTO alert_sightings (rid, observed_at, last_seen_at, occurrences) VALUES (1, 7, 8, 9);
  INSERT INTO alert_contents (rid, content) VALUES (1, '${content}');`;
const rowsOf = (version: number, engine: 'sqlite' | 'postgres') => `
  INSERT INTO alerts (rid, id, source, origin, fingerprint, name, status, severity, started_at, received_at, incident_id)
  VALUES (1, '${idOf(1)}', 'cluster', 'web-1', 'check-1', 'CPU usage', 'firing', 'warning', 5, 6, '${idOf(7)}');
  ${version < 12 || engine === 'postgres' ? STATE : SIGHTING}
  INSERT INTO incidents (id, key, title, status, severity, opened_at, alert_count, firing_critical, firing_warning,
    firing_info)
  VALUES ('${idOf(7)}', 'key-7', 'Incident 7', 'open', 'warning', 5, 1, 0, 1, 0);
  INSERT INTO events (at, subject, subject_id, kind, reason, actor, data)
  VALUES (5, 'alert', '${idOf(1)}', 'opened', 'new', 'cluster:web-1', '{}');
  INSERT INTO ${version < 8 ? 'deliveries' : 'replays'} (key, signature, answer, at) VALUES ('secret:n', 'ab', '{}', 5);
  INSERT INTO instance_keys (id, instance_id, secret, created_at) VALUES ('k1', 'web-1', 's', 5);
  INSERT INTO ${version < 8 ? 'notes' : 'hub_state'} (name, value) VALUES ('heartbeat', 5);`;

/** What an earlier version kept is there, and goes on. */
async function goesOn(store: Store): Promise<void> {
  const times = { startedAt: 5, receivedAt: 6, observedAt: 7, lastSeenAt: 8 };
  const stored = alert(1, { ...times, occurrences: 9, incidentId: idOf(7) });
  expect(await store.findAlert(idOf(1))).toEqual(stored);
  expect(await store.findIncident(idOf(7))).toMatchObject({ key: 'key-7', firing: { warning: 1 } });
  expect(await store.history([idOf(1)], 5)).toMatchObject([{ kind: 'opened' }]);
  expect(await store.findKey('k1')).toMatchObject({ instanceId: 'web-1' });
  const found = await store.transaction(async (tx) => ({
    alerts: await tx.findAlerts([identityOf(stored)]),
    replays: await tx.findReplays(['secret:n']),
  }));
  expect(found).toMatchObject({ alerts: [{ id: idOf(1), expiresAt: null }], replays: [{ signature: 'ab' }] });
  const again = write('update', { ...stored, occurrences: 10 }, found.alerts[0]?.ref ?? null);
  // Numbers of new rows go on behind the stored ones.
  await save(store, { alerts: [again, write('insert', alert(2))], incidents: [incident(8)] });
  expect(await store.findAlert(idOf(1))).toMatchObject({ occurrences: 10 });
  expect(await store.findAlert(idOf(2))).toEqual(alert(2));
}

describe('the steps in a folder', () => {
  const pair = (stem: string) => [`${stem}.sqlite.sql`, `${stem}.postgres.sql`];
  const read = (...files: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-steps-'));
    try {
      for (const file of [...files, 'read.ts']) writeFileSync(join(folder, file), file);
      return readMigrations(pathToFileURL(`${folder}/`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('are named and numbered by their files', () => {
    expect(read(...pair('0002-incident-keys'), ...pair('0001-initial'))).toEqual([
      { version: 1, name: 'initial', sqlite: '0001-initial.sqlite.sql', postgres: '0001-initial.postgres.sql' },
      {
        version: 2,
        name: 'incident keys',
        sqlite: '0002-incident-keys.sqlite.sql',
        postgres: '0002-incident-keys.postgres.sql',
      },
    ]);
  });

  test.each([
    ['another name', ['1-initial.sqlite.sql'], '1-initial.sqlite.sql: is not named'],
    ['another engine', [...pair('0001-initial'), '0002-a.mysql.sql'], '0002-a.mysql.sql: is not named'],
    ['a number left out', [...pair('0001-initial'), ...pair('0003-a')], '0003-a: is not step 2'],
    ['a number used twice', [...pair('0001-a'), ...pair('0001-b')], '0001-b: is not step 2'],
    ['half a pair', ['0001-initial.sqlite.sql'], '0001-initial.postgres.sql'],
  ])('are refused for %s', (_, files, reason) => {
    expect(() => read(...files)).toThrow(reason);
  });
});

describe('from every earlier version', () => {
  test.each(EARLIER)('SQLite: %d (%s)', async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-migrations-'));
    const schemaOf = (file: string) => {
      const db = new Database(file);
      const rows = db.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name').all();
      const columns = rows.map((row) => db.pragma(`table_info(${(row as { name: string }).name})`));
      db.close();
      return { rows, columns };
    };
    try {
      const file = join(folder, 'old.db');
      const old = new Database(file);
      for (const step of MIGRATIONS.slice(0, version)) old.exec(step.sqlite);
      old.pragma(`user_version = ${version}`);
      old.exec(rowsOf(version, 'sqlite'));
      old.close();
      const told: number[][] = [];
      const open = (name: string) =>
        openSqliteStore(name, systemClock, { onMigration: (...steps) => void told.push(steps) });
      const store = open(file);
      await goesOn(store);
      await store.close();
      for (const name of ['old.db', 'new.db']) await open(join(folder, name)).close();
      expect(told).toEqual(version === MIGRATIONS.length ? [] : [[version, MIGRATIONS.length]]);
      expect(schemaOf(file)).toEqual(schemaOf(join(folder, 'new.db')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(EARLIER)('PostgreSQL: %d (%s)', async (version) => {
    const schemaOf = async (url: string) => ({
      columns: await server.query(
        `SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public' ORDER BY 1, 2`,
        url,
      ),
      indexes: await server.query(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`, url),
    });
    const url = await server.createDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await migratePostgres(client, MIGRATIONS.slice(0, version));
    await client.query(rowsOf(version, 'postgres'));
    // As the store itself numbers them.
    await client.query(`SELECT setval(pg_get_serial_sequence('alerts', 'rid'), 1)`);
    await client.end();
    const place = await postgresPlace(server, url);
    const store = await place.open();
    await goesOn(store);
    await store.close();
    const fresh = await server.createDatabase();
    await (await (await postgresPlace(server, fresh)).open()).close();
    expect(await schemaOf(url)).toEqual(await schemaOf(fresh));
    const steps = await server.query('SELECT version::int, name FROM schema_steps ORDER BY version', url);
    expect(steps).toEqual(MIGRATIONS.map(({ version: number, name }) => ({ version: number, name })));
    await place.remove();
    await server.dropDatabase(fresh);
  });
});

test('on PostgreSQL it is told that an older schema is brought up to date, and nothing of a new or present one', async () => {
  const url = await server.createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const told: number[][] = [];
  for (const version of [1, 3, 3]) {
    await migratePostgres(client, MIGRATIONS.slice(0, version), (...steps) => void told.push(steps));
  }
  await client.end();
  expect(told).toEqual([[1, 3]]);
  await server.dropDatabase(url);
});

test('on PostgreSQL a hub of the version before schema 8 goes on until it is restarted', async () => {
  const url = await server.createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await migratePostgres(client, MIGRATIONS.slice(0, 7));
  // The statements of that version, word for word, prepared before the step and run after it.
  const run = (name: string, text: string, values: unknown[] = []) => client.query({ name, text, values });
  const statements = {
    find: (key: string) =>
      run('find', 'SELECT key, signature, answer, at FROM deliveries WHERE key = ANY ($1::text[])', [[key]]),
    insert: (key: string, at: number) =>
      run(
        'insert',
        `INSERT INTO deliveries (key, signature, answer, at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING`,
        [[key], ['s'], ['{}'], [at]],
      ),
    prune: (before: number) =>
      run(
        'prune',
        `DELETE FROM deliveries WHERE rid IN
           (SELECT rid FROM deliveries WHERE at < $1::bigint ORDER BY at LIMIT $2::int)`,
        [before, 9],
      ),
    heartbeat: () =>
      run(
        'heartbeat',
        `INSERT INTO notes (name, value) VALUES ('heartbeat', 5)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      ),
    lastHeartbeat: () => run('last', `SELECT value FROM notes WHERE name = 'heartbeat' FOR UPDATE`),
  };
  const round = async (key: string) => ({
    inserted: (await statements.insert(key, 5)).rowCount,
    again: (await statements.insert(key, 5)).rowCount,
    found: (await statements.find(key)).rows,
    pruned: (await statements.prune(6)).rowCount,
    heartbeat: (await statements.heartbeat()).rowCount,
    last: (await statements.lastHeartbeat()).rows,
  });
  const before = await round('a');
  const place = await postgresPlace(server, url);
  const store = await place.open();
  expect(await round('a')).toEqual(before);
  expect(before).toMatchObject({ inserted: 1, again: 0, pruned: 1, last: [{ value: '5' }] });
  // And the new hub sees what the old one wrote.
  await statements.insert('b', 5);
  expect(await store.transaction((tx) => tx.findReplays(['b']))).toMatchObject([{ key: 'b', signature: 's' }]);
  await client.end();
  await store.close();
  await place.remove();
});

describe('on PostgreSQL a step takes as long as it takes', () => {
  // What a hub lives by, much shorter: a limit that still holds would end the step.
  const LIMITS = { statement_timeout: 1500, lock_timeout: 1500, query_timeout: 2000 };
  const connected = async (url: string) => {
    const client = new pg.Client({ connectionString: url, ...LIMITS, idle_in_transaction_session_timeout: 1500 });
    await client.connect();
    return client;
  };
  const slow: Migration = {
    version: 1,
    name: 'slow',
    sqlite: '',
    postgres: `CREATE TABLE limits AS SELECT name, setting FROM pg_settings
      WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout');
      SELECT pg_sleep(2.1)`,
  };

  test('whatever the limits of the connection are, and another hub waits for it', async () => {
    const url = await server.createDatabase();
    const clients = await Promise.all([connected(url), connected(url)]);
    await Promise.all(clients.map((client) => migratePostgres(client, [slow])));
    expect(await server.query('SELECT name FROM schema_steps', url)).toEqual([{ name: 'slow' }]);
    const names = ['idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout'];
    const limits = await server.query('SELECT name, setting FROM limits ORDER BY name', url);
    expect(limits).toEqual(names.map((name) => ({ name, setting: '0' })));
    // They hold again afterwards.
    const [client] = clients;
    expect((await client.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '1500ms' }]);
    await Promise.all(clients.map((one) => one.end()));
    await server.dropDatabase(url);
  });
});
