import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MIGRATIONS } from '../../src/stores/migrations/index.ts';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { push, wire } from '../support/cluster-push.ts';
import { type HubHome, makeHubHome, SECRET } from '../support/hub.ts';

// The files of a hub, and the programs that share them.

const Database = loadDriver();
let home: HubHome;
beforeEach(() => {
  home = makeHubHome();
});
afterEach(() => home.remove());

const file = () => join(home.state, 'monitor.db');

/** Makes a store as a program of an older version has left it. */
function makeOlder(schema: number): void {
  mkdirSync(home.state, { recursive: true, mode: 0o700 });
  const db = new Database(file());
  for (const step of MIGRATIONS.slice(0, schema)) db.exec(step.sqlite);
  db.pragma(`user_version = ${schema}`);
  db.close();
}

function schemaOf(): number {
  const db = new Database(file(), { readonly: true });
  const version = db.pragma('user_version', { simple: true }) as number;
  db.close();
  return version;
}

test.each([1, 5, 9])(
  'commands leave a store of schema %d as it is, and its keys work once a hub has brought it up to date',
  async (schema) => {
    makeOlder(schema);
    const created = await home.run(['keys', 'create', 'web-1', '--json']);
    expect([created.code, created.stderr]).toEqual([0, '']);
    const { id } = JSON.parse(created.stdout) as { id: string };
    const listed = await home.run(['keys', 'list']);
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(id)]);
    expect((await home.run(['store', 'stats'])).code).toBeLessThan(2);
    expect((await home.run(['keys', 'revoke', id])).code).toBe(0);
    expect(schemaOf()).toBe(schema);
    await (await home.serve()).stop();
    expect(schemaOf()).toBe(MIGRATIONS.length);
    expect((await home.run(['keys', 'list'])).stdout).toContain(id);
  },
);

test('a second hub on one store is refused in a line, and may begin as soon as the first is killed', async () => {
  const first = await home.serve();
  expect((await push(first.url, 'web-1', [wire('cpu')])).status).toBe(200);
  const second = await home.run(['serve']);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`another hub (process ${first.child.pid}) has it open: stop that one first`);
  expect((await push(first.url, 'web-1', [wire('disk')])).status).toBe(200);
  await first.kill();
  const third = await home.serve();
  expect((await push(third.url, 'web-1', [wire('load')])).status).toBe(200);
  await third.stop();
});

test('an empty file in place of the store is not begun anew: the hub ends with what helps', async () => {
  await (await home.serve()).stop();
  writeFileSync(file(), '');
  const { code, stderr } = await home.run(['serve']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('monitor store restore')]);
  expect((await home.run(['keys', 'list'])).code).toBe(1);
});

test('a secret that every user of the machine may read is told at the start, and not its text', async () => {
  const path = join(home.folder, 'cluster-secret');
  writeFileSync(path, `${SECRET}\n`);
  chmodSync(path, 0o644);
  const hub = await home.serve({ WEBHOOK_SECRET_CLUSTER: '', WEBHOOK_SECRET_CLUSTER_FILE: path });
  const told = hub.lines().filter(({ msg }) => msg === 'a secret is not safe from other users of this machine');
  expect(told.map(({ warning }) => warning)).toEqual([expect.stringContaining(`run chmod o= ${path}`)]);
  const { stderr } = await hub.stop();
  expect(stderr).not.toContain(SECRET);
});
