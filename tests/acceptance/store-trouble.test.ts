import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

const Database = loadDriver();

let home: HubHome;
afterEach(() => home.remove());

/**
 * A hub through a time in which its store takes nothing: what comes meanwhile is refused so that it is sent again, the
 * hub lives and says that it is not ready and why, and goes on by itself. What was acknowledged is there, nothing else.
 */
async function goesThrough(hub: Hub, begin: () => unknown, reason: RegExp, end: () => unknown): Promise<void> {
  const ready = () => request(`${hub.url}/readyz`);
  expect((await push(hub.url, 'web-1', [wire('before')])).status).toBe(200);
  await begin();
  const refused = await eventually(async () => {
    const answer = await push(hub.url, 'web-1', [wire('meanwhile')]);
    expect(answer.status).toBe(503);
    return answer;
  });
  expect(refused.json).toMatchObject({ status: 'error', message: 'the hub cannot commit now' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await eventually(async () => {
    const { status, json } = await ready();
    expect([status, json]).toEqual([503, { status: 'not ready', reason: expect.stringMatching(reason) }]);
  });
  expect((await request(`${hub.url}/healthz`)).status).toBe(200);
  await end();
  await eventually(async () => expect((await ready()).status).toBe(200));
  expect((await push(hub.url, 'web-1', [wire('after')])).status).toBe(200);
  const names = (await items(hub.url, 'alerts?source=cluster')).map((alert) => alert.fingerprint);
  expect(names.toSorted()).toEqual(['after', 'before']);
  const words = hub.lines().flatMap(({ reason: told }) => String(told ?? '').match(reason) ?? []);
  expect(words.length).toBeGreaterThan(0);
  expect((await hub.stop()).code).toBe(0);
}

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.remove());

  test('that has crashed', async () => {
    home = makeHubHome({ DATABASE_URL: await server.createDatabase() });
    const hub = await home.serve();
    await goesThrough(
      hub,
      () => server.down('immediate'),
      /nothing listens at|the connection was lost/,
      () => server.up(),
    );
  });

  test('whose disk is full', async () => {
    const url = await server.createDatabase();
    home = makeHubHome({ DATABASE_URL: url });
    const hub = await home.serve();
    // What the server says when a file cannot grow (PostgreSQL, appendix A: 53100), without filling this machine's disk.
    const full = `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`;
    const tables = ['alerts', 'hub_state'];
    await goesThrough(
      hub,
      async () => {
        await server.query(full, url);
        for (const table of tables)
          await server.query(
            `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${table} EXECUTE FUNCTION full_disk()`,
            url,
          );
      },
      /the server's disk is full \(53100\)/,
      () => server.query('DROP FUNCTION full_disk CASCADE', url),
    );
  });

  test('that has no connection left', async () => {
    const url = new URL(await server.createDatabase());
    await server.query(`CREATE ROLE hub LOGIN PASSWORD 'plain'; ALTER DATABASE ${url.pathname.slice(1)} OWNER TO hub`);
    [url.username, url.password] = ['hub', 'plain'];
    home = makeHubHome({ DATABASE_URL: url.href });
    const hub = await home.serve();
    await goesThrough(
      hub,
      () =>
        server.query(`ALTER ROLE hub CONNECTION LIMIT 0;
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hub'`),
      /hub has no free connection; raise its limit \(ALTER ROLE hub CONNECTION LIMIT …\), or lower MONITOR_DATABASE_POOL \(53300\)/,
      () => server.query('ALTER ROLE hub CONNECTION LIMIT -1'),
    );
  });
});

describe('the embedded store', () => {
  test('whose lock another process holds', async () => {
    home = makeHubHome();
    const hub = await home.serve();
    const other = new Database(join(home.state, 'monitor.db'));
    await goesThrough(
      hub,
      () => other.exec('BEGIN IMMEDIATE'),
      /another process holds the lock of the store: .*\(SQLITE_BUSY\)/,
      () => other.close(),
    );
  });

  test('whose disk takes no more', async () => {
    home = makeHubHome();
    const hub = await home.serve();
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(hub.child.pid), `--fsize=${bytes}:`]);
    await goesThrough(
      hub,
      () => limit('4096'),
      /the disk of the store (is full|fails)/,
      () => limit('unlimited'),
    );
  });
});
