import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { driverPackage, loadDriver } from '../../src/stores/sqlite/driver.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const SQLITE = driverPackage(Number(process.versions.napi));
// Version 12 finds its compiled half by a package of its own, at the first database.
const COMPILED = SQLITE.name === 'better-sqlite3' ? 'bindings' : SQLITE.name;

let home: HubHome;
beforeEach(() => {
  home = makeHubHome();
});
afterEach(() => home.remove());

/** Runs a hub that cannot start: exit code 1, nothing on stdout, and one line for people on stderr, which it gives. */
async function failure(env: Record<string, string>, args: readonly string[] = ['serve']): Promise<string> {
  const { code, stdout, stderr } = await home.run(args, { MONITOR_LOG_LEVEL: 'warn', ...env });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^monitor: [^\n]+\n$/);
  expect(stderr).not.toMatch(/ {4}at |node:internal|node_modules/);
  return stderr;
}

/** A preload that makes a module fail as it does where it cannot be used. */
function broken(name: string, error: string): Record<string, string> {
  const file = join(home.folder, `broken-${name}.cjs`);
  writeFileSync(
    file,
    `const Module = require('node:module');
const load = Module._load;
Module._load = function (request, ...rest) {
  if (request === '${name}') throw ${error};
  return load.call(this, request, ...rest);
};`,
  );
  return { NODE_OPTIONS: `--require ${file}` };
}

describe.each([['serve'], ['start']])('monitor %s', (command) => {
  test('a taken port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const text = await failure({ MONITOR_PORT: String(port) }, [command]);
    expect(text).toBe(
      `monitor: port ${port} of 127.0.0.1 is in use: stop what listens there, or set MONITOR_PORT to another port (0 picks a free one)\n`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('a state folder that cannot be made', async () => {
    writeFileSync(home.state, 'a file where the folder should be');
    const text = await failure({}, [command]);
    expect(text).toContain(`cannot open the store ${home.state}/monitor.db`);
    expect(text).toContain('set MONITOR_STATE_DIR to a directory that can be written');
  });

  test('better-sqlite3 that is not installed', async () => {
    const error = `Object.assign(new Error("Cannot find module 'better-sqlite3'\\nRequire stack:\\n- x"), { code: 'MODULE_NOT_FOUND' })`;
    const text = await failure(broken(SQLITE.name, error), [command]);
    expect(text).toContain("better-sqlite3, which is not usable here (Cannot find module 'better-sqlite3')");
    expect(text).toContain(`run \`npm install ${SQLITE.install}\``);
    expect(text).toContain('python3, make and a C++ compiler');
  });
});

describe('monitor serve', () => {
  test('better-sqlite3 whose compiled half is missing: no word of directories', async () => {
    const text = await failure(broken(COMPILED, `new Error('Could not locate the bindings file. Tried:\\n → x')`));
    expect(text).toContain('better-sqlite3, which is not usable here (Could not locate the bindings file. Tried:)');
    expect(text).toContain(`npm install ${SQLITE.install}`);
    expect(text).not.toContain('MONITOR_STATE_DIR');
  });

  test('a host that is not of this machine', async () => {
    const text = await failure({ MONITOR_HOST: '192.0.2.1', MONITOR_CLUSTER_SHARED_SECRET: '0' });
    expect(text).toContain('192.0.2.1 is not an address of this machine: set MONITOR_HOST');
  });

  test('a wrong option of a driver: told before a store is made', async () => {
    writeFileSync(join(home.folder, 'wrong.yaml'), 'drivers: {grafana: {signatur_header: X-A}}');
    const { code, stderr } = await home.run(['serve', '--config', 'wrong.yaml'], { MONITOR_CHECKERS: '' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('drivers.grafana')]);
    expect(existsSync(home.state)).toBe(false);
  });

  test('a store of a newer program', async () => {
    await (await home.serve()).stop();
    const Database = loadDriver();
    const db = new Database(join(home.state, 'monitor.db'));
    db.pragma('user_version = 4711');
    db.close();
    expect(await failure({})).toContain("the store's schema is version 4711, this program knows");
  });

  test('a store that is damaged: it and its log are left as they are', async () => {
    mkdirSync(home.state);
    writeFileSync(join(home.state, 'monitor.db-wal'), 'its log');
    writeFileSync(join(home.state, 'monitor.db'), 'this is not a database, however long one looks at it. '.repeat(50));
    expect(await failure({})).toContain(
      `${home.state}/monitor.db: the file is not a database: put a backup in its place`,
    );
    expect(readdirSync(home.state).toSorted()).toEqual(['monitor.db', 'monitor.db-wal']);
  });

  test('an agent needs no store and no better-sqlite3', async () => {
    const env = {
      ...broken(SQLITE.name, `new Error('gone')`),
      CLUSTER_ENABLED: '0',
      HUB_URL: 'http://127.0.0.1:9',
    };
    const agent = await home.serve(env);
    expect((await agent.stop()).code).toBe(0);
  });
});

describe('what a hub leaves on the disk', () => {
  test('nothing that others may read', async () => {
    const hub: Hub = await home.serve();
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(modeOf(home.state)).toBe('700');
    for (const name of readdirSync(home.state)) expect([name, modeOf(join(home.state, name))]).toEqual([name, '600']);
    await hub.stop();
    expect(readdirSync(home.state).toSorted()).toEqual(['monitor.db', 'monitor.db.lock']);
  });

  test('several that start on one fresh folder at once prepare it once', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 4 }, () => home.serve()));
    const hubs = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const refused = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []));
    // One of them has it; to the others that is told.
    expect([hubs.length, refused]).toEqual([1, Array(3).fill(expect.stringContaining('another hub'))]);
    const keys = await Promise.all(starts.map(() => home.run(['keys', 'create', 'web-1', '--json'])));
    expect(keys.map(({ code, stderr }) => [code, stderr])).toEqual(keys.map(() => [0, '']));
    const { stdout } = await home.run(['keys', 'list', '--json']);
    expect((JSON.parse(stdout) as { items: unknown[] }).items).toHaveLength(4);
    expect((await Promise.all(hubs.map((hub) => hub.stop()))).map(({ code }) => code)).toEqual([0]);
  });
});
