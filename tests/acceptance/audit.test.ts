import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { push, wire } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';

// The chain over the history, against whoever can write the database.

const Database = loadDriver();
const KEY = 'ab'.repeat(32);

interface Report {
  readonly status: string;
  readonly entries: number;
  readonly removed: number;
  readonly waiting: number;
  readonly keyed: number;
  readonly head: string;
  readonly fault: { readonly kind: string; readonly n: number | null; readonly seq: number | null } | null;
}

let home: HubHome;
let head = '';
const file = () => join(home.state, 'monitor.db');

beforeAll(async () => {
  home = makeHubHome({ MONITOR_ENCRYPTION_KEY: KEY });
  const hub = await home.serve();
  for (const name of ['cpu', 'disk', 'load']) await push(hub.url, 'web-1', [wire(name)]);
  await chained();
  await hub.kill();
  const again = await home.serve();
  await push(again.url, 'web-1', [wire('memory')]);
  head = (await chained()).head;
  await again.stop();
  copyFileSync(file(), join(home.folder, 'whole.db'));
});
afterAll(() => home.remove());

async function verify(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Report> {
  const { stdout, stderr, code } = await home.run(['audit', 'verify', '--json', ...args], env);
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect([code, report.status]).toEqual(report.fault === null ? [0, 'intact'] : [1, 'changed']);
  return report;
}

/** Waits until every event has its entry. */
function chained(): Promise<Report> {
  return eventually(async () => {
    const report = await verify();
    expect(report.waiting).toBe(0);
    expect(report.entries).toBeGreaterThan(4);
    return report;
  });
}

/** Changes the store as somebody would who can write its file; the next test has it whole again. */
function tamper(sql: string): void {
  copyFileSync(join(home.folder, 'whole.db'), file());
  const db = new Database(file());
  db.exec(sql);
  db.close();
}

test('is intact after a crash and a stop, and says where it ends', async () => {
  tamper('');
  expect(await verify(['--head', head])).toMatchObject({ waiting: 0, removed: 0, head, fault: null });
  const text = await home.run(['audit', 'verify']);
  expect([text.code, text.stdout]).toEqual([0, expect.stringContaining(head)]);
});

test.each([
  ['at', 'at + 1'],
  ['subject', "'access'"],
  ['subject_id', "subject_id || 'x'"],
  ['kind', "kind || ' '"],
  ['reason', "''"],
  ['actor', "'nobody'"],
  ['data', `replace(data, '}', ',"more":1}')`],
  ['data', "data || ' '"],
])('names the event whose column %s was changed to %s', async (column, value) => {
  tamper(`UPDATE events SET ${column} = ${value} WHERE seq IN (3, 5)`);
  expect((await verify()).fault).toEqual({ kind: 'changed', n: expect.any(Number), seq: 3, text: expect.any(String) });
});

test.each([
  ['removed', 'DELETE FROM events WHERE seq = 3', 'removed', 3],
  [
    'removed with its entry',
    'DELETE FROM events WHERE seq = 3; DELETE FROM audit_chain WHERE seq = 3',
    'entry_missing',
    4,
  ],
  [
    'put in between',
    `UPDATE events SET seq = 900 WHERE seq = 3; INSERT INTO events SELECT 3, at, subject, subject_id, kind, reason, actor, data
     FROM events WHERE seq = 4; UPDATE audit_chain SET seq = 900 WHERE seq = 3`,
    'entry_changed',
    900,
  ],
  [
    'exchanged with the next',
    'UPDATE events SET seq = 901 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 901',
    'changed',
    3,
  ],
  [
    'renumbered with its entry',
    'UPDATE audit_chain SET n = -n WHERE seq = 3; UPDATE audit_chain SET n = n + 100 WHERE n < 0',
    'entry_missing',
    4,
  ],
  ['given another digest', "UPDATE audit_chain SET digest = 'x' WHERE seq = 3", 'entry_changed', 3],
  ['given an entry without a key', 'UPDATE audit_chain SET key = NULL WHERE seq = 3', 'unkeyed', 3],
  ['given a key that nobody has', "UPDATE audit_chain SET key = 'x' WHERE seq = 3", 'unknown_key', 3],
])('names an event that was %s', async (_, sql, kind, seq) => {
  tamper(sql);
  expect((await verify()).fault).toMatchObject({ kind, seq });
});

test('names an event that was put in where there was none', async () => {
  const columns = 'at, subject, subject_id, kind, reason, actor, data';
  tamper(`DELETE FROM audit_chain WHERE seq = 3`);
  expect((await verify()).fault).toMatchObject({ kind: 'entry_missing' });
  tamper(`INSERT INTO events (seq, ${columns}) SELECT -1, ${columns} FROM events WHERE seq = 3`);
  expect((await verify()).fault).toMatchObject({ kind: 'inserted', seq: -1 });
});

test('names the start when what stood first is gone with its entries, and a note that was changed', async () => {
  tamper('DELETE FROM audit_chain WHERE n <= 3');
  expect((await verify()).fault).toMatchObject({ kind: 'start_missing', n: 4 });
  tamper(
    `UPDATE audit_chain SET note = replace(note, '"horizon":0', '"horizon":9e15'); DELETE FROM events WHERE seq = 3`,
  );
  expect((await verify()).fault).toMatchObject({ kind: 'entry_changed', n: 1 });
});

test('a head that was written down elsewhere finds what was cut off at the end', async () => {
  tamper('DELETE FROM events WHERE seq > 3; DELETE FROM audit_chain WHERE seq > 3');
  expect((await verify()).fault).toBe(null);
  expect((await verify(['--head', head])).fault).toMatchObject({ kind: 'head_missing' });
  tamper('');
  const other = `${head.split(':')[0]}:${'0'.repeat(64)}`;
  expect((await verify(['--head', other])).fault).toMatchObject({ kind: 'other_head' });
  const wrong = await home.run(['audit', 'verify', '--head', 'x']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--head must be <number>:<hash>')]);
});

test('without the key it cannot be verified, nor does a chain made without it pass', async () => {
  tamper('');
  expect((await verify([], { MONITOR_ENCRYPTION_KEY: '' })).fault).toMatchObject({ kind: 'unknown_key', n: 1 });
  tamper('DELETE FROM audit_chain; DELETE FROM followers');
  const hub = await home.serve({ MONITOR_ENCRYPTION_KEY: '' });
  await eventually(async () => {
    const report = await verify([], { MONITOR_ENCRYPTION_KEY: '' });
    expect([report.waiting, report.fault, report.keyed]).toEqual([0, null, 0]);
    expect(report.entries).toBeGreaterThan(4);
  });
  await hub.stop();
  expect((await verify()).fault).toMatchObject({ kind: 'unkeyed' });
});

test('prints the history with its chain as JSON lines, and fails where it was changed', async () => {
  tamper('');
  const { stdout, code } = await home.run(['audit', 'export']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { n: number; record: unknown[] | null });
  expect(code).toBe(0);
  expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => index + 1));
  expect(lines.filter(({ record }) => record === null)).toHaveLength(1);
  tamper("UPDATE events SET actor = 'nobody' WHERE seq = 3");
  const changed = await home.run(['audit', 'export']);
  expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining('event 3 is not as it was written')]);
});
