import { spawn } from 'node:child_process';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, items, push, wire } from '../support/cluster-push.ts';
import { eventually, type HubHome, makeHubHome } from '../support/hub.ts';
import { startMonitor } from '../support/run-monitor.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';
import { ROOT } from '../support/sources.ts';

let server: SharedPostgres;
let shared: string;
let filled: string;
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), 'monitor-filled-'));
  filled = join(shared, 'state');
  server = await sharedPostgres();
});
afterAll(async () => {
  rmSync(shared, { recursive: true });
  await server?.dropAll();
});

let home: HubHome;
let file: string;
beforeEach(() => {
  home = makeHubHome();
  file = join(home.folder, 'export.ndjson');
});
afterEach(() => home.remove());

type Env = Record<string, string>;
const store = (words: readonly string[], env: Env = {}) => home.run(['store', ...words], env);
const document = async (words: readonly string[], env: Env = {}) => {
  const { code, stdout, stderr } = await store([...words, '--json'], env);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stdout} ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
// When the hub was last up, and by what it knows its own notices: a new store has its own, so they are not counted. Nor is
// the chain over the history, to which a hub appends by itself.
const countedOf = (path: string, { rows }: Record<string, unknown>) =>
  rowsOf(path).length - 2 - ((rows as Record<string, number>).audit_chain ?? 0);
const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('['));
const other = (name: string): Env => ({ MONITOR_STATE_DIR: join(home.folder, name) });

/** `monitor store import -`, whose stdin the test fills; `ended` resolves with its stdout. */
function importing(env: Env) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/monitor'), 'store', 'import', '-', '--json'], {
    env: { PATH: process.env.PATH ?? '', HOME: home.folder, ...other('none'), ...env },
    cwd: home.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // One that is killed does not read to the end.
  child.stdin.on('error', () => {});
  let told = '';
  child.stdout.on('data', (text: Buffer) => {
    told += text.toString();
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(told)));
  return { child, ended };
}

/** What a hub over this store answers. */
async function answersOf(env: Env): Promise<unknown> {
  const hub = await home.serve(env);
  const alerts = await items(hub.url, 'alerts?limit=500');
  const story = await ask(hub.url, `alerts/${alerts[0]?.id}`);
  const incidents = await items(hub.url, 'incidents?limit=500');
  await hub.stop();
  return { alerts, story, incidents };
}

/** A store with eight alerts in the state folder: made by a hub once, copied for the tests that follow. */
async function fill(): Promise<void> {
  if (existsSync(filled)) return cpSync(filled, home.state, { recursive: true });
  const hub = await home.serve();
  for (const instance of ['web-1', 'wéb-2']) {
    const alerts = ['cpu', 'disk', 'Ünïcödé 🦄', '["alerts"]'].map((name) => wire(name));
    await push(hub.url, instance, alerts);
    await push(hub.url, instance, [wire('cpu', { status: 'resolved' }), wire('disk', { severity: 'critical' })]);
  }
  await hub.stop();
  cpSync(home.state, filled, { recursive: true });
}

test('from SQLite to PostgreSQL and back: equal to the row, and a hub goes on with it', async () => {
  await fill();
  const { stdout } = await home.run(['keys', 'create', 'web-1', '--json']);
  const before = await answersOf({});
  const exported = await document(['export', file, '--with-keys']);
  expect(exported).toMatchObject({ file, rows: { alerts: 8, instance_keys: 1, instances: 2 } });
  expect(modeOf(file)).toBe('600');

  const postgres = { DATABASE_URL: await server.createDatabase() };
  const imported = await document(['import', file], postgres);
  expect(imported).toMatchObject({ from: { engine: 'sqlite' }, added: countedOf(file, imported) });
  expect(JSON.stringify(imported)).not.toContain('p%40ss');
  const [there, back] = [join(home.folder, 'there.ndjson'), join(home.folder, 'back.ndjson')];
  await document(['export', there, '--with-keys'], postgres);
  await document(['import', there], other('back'));
  await document(['export', back, '--with-keys'], other('back'));
  expect(rowsOf(there)).toEqual(rowsOf(file));
  expect(rowsOf(back)).toEqual(rowsOf(file));
  expect((await document(['import', file], postgres)).added).toBe(0);
  for (const env of [postgres, other('back')]) {
    expect(await document(['check'], env)).toMatchObject({ status: 'sound' });
    expect(await answersOf(env)).toEqual(before);
  }

  const hub = await home.serve(postgres);
  const [id, secret] = String(JSON.parse(stdout).key).split('.');
  const answer = await push(hub.url, 'web-1', [wire('disk'), wire('new')], { key: id ?? '', secret: secret ?? '' });
  expect([answer.status, answer.json]).toMatchObject([200, { alerts_created: 1, alerts_updated: 1 }]);
  await hub.stop();
  expect(await document(['stats'], postgres)).toMatchObject({ engine: 'postgres', firing_alerts: 7 });
  expect((await store(['vacuum'], postgres)).code).toBe(0);
});

describe('an export', () => {
  test('goes to stdout by itself and comes in by stdin, keys left out and said so', async () => {
    await fill();
    await home.run(['keys', 'create', 'web-1']);
    const { code, stdout, stderr } = await store(['export']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/rows.*SHA-256 [0-9a-f]{64}\n.*--with-keys/)]);
    expect(stdout).not.toContain('instance_keys');
    writeFileSync(file, stdout);
    const { child, ended } = importing(other('piped'));
    createReadStream(file).pipe(child.stdin);
    const told = await ended;
    expect(JSON.parse(told)).toMatchObject({ rows: { alerts: 8 }, store: expect.stringContaining('piped') });
  });

  test('whose reader goes away ends with one line, not with a stack', async () => {
    const hub = await home.serve();
    for (let n = 0; n < 40; n += 1) {
      const alerts = Array.from({ length: 100 }, (_, m) =>
        wire(`check-${n}-${m}`, { annotations: { message: 'x'.repeat(900) } }),
      );
      await push(hub.url, 'web-1', alerts);
    }
    const { child, ended } = startMonitor(['store', 'export'], home.folder, other('state'));
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([1, 'monitor: the reader closed the pipe; the export is incomplete\n']);
    // Called off by hand, an export to a file leaves nothing behind.
    const running = startMonitor(['store', 'export', file], home.folder, other('state'));
    // What is written, or, where the machine was quick, what is finished.
    await eventually(() => expect(readdirSync(home.folder).join()).toContain('export.ndjson'));
    running.child.kill('SIGINT');
    expect((await running.ended).code).not.toBeNull();
    expect(readdirSync(home.folder).filter((name) => name.includes('.new'))).toEqual([]);
  });

  test('takes no place of another file but by --force; with --json it needs a file', async () => {
    await fill();
    writeFileSync(file, 'precious');
    const refused = await store(['export', file]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/exists already.*--force/)]);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect((await store(['export', file, '--force'])).code).toBe(0);
    const usage = await store(['export', '--json']);
    expect([usage.code, JSON.parse(usage.stdout)]).toMatchObject([
      2,
      { error: { message: expect.stringContaining('name a file') } },
    ]);
  });
});

describe('an import', () => {
  test('that was killed in the middle is finished by the next one, on either engine', async () => {
    const source = await home.serve();
    for (let n = 0; n < 15; n += 1) {
      const alerts = Array.from({ length: 200 }, (_, m) => wire(`check-${m}`));
      await push(source.url, `web-${n}`, alerts);
    }
    await source.stop();
    await document(['export', file]);
    for (const env of [other('target'), { DATABASE_URL: await server.createDatabase() }]) {
      const { child, ended } = importing(env);
      // Once the pipe has taken this, all but its last 64 KiB is in the hands of the import.
      const half = readFileSync(file).subarray(0, statSync(file).size / 2);
      await new Promise<void>((resolve) => child.stdin.write(half, () => resolve()));
      child.kill('SIGKILL');
      await ended;
      const kept = await store(['export'], env);
      expect([kept.code, kept.stdout.split('\n').filter((line) => line.startsWith('["'))]).toEqual([0, []]);

      const imported = await document(['import', file], env);
      const { added, rows } = imported;
      expect((rows as Record<string, number>).alerts).toBe(3000);
      expect(added).toBe(countedOf(file, imported));
      const there = join(home.folder, 'there.ndjson');
      await document(['export', there, '--force'], env);
      expect(rowsOf(there)).toEqual(rowsOf(file));
    }
  });

  test('of what is cut, altered or none says so first, and makes no store', async () => {
    await fill();
    await document(['export', file]);
    const text = readFileSync(file, 'utf8');
    const wrong: readonly [string, RegExp][] = [
      [text.slice(0, -200), /^monitor: nothing was imported: .*cut off/],
      [text.replace('wéb-2', 'wéb-3'), /^monitor: nothing was imported: .*checksum/],
      ['', /the export is empty/],
      ['{"monitor_export":2,"program":"7.0.0"}\n', /of monitor 7\.0\.0 has format 2, this program reads 1/],
    ];
    for (const [content, message] of wrong) {
      writeFileSync(join(home.folder, 'wrong'), content);
      const { code, stderr } = await store(['import', join(home.folder, 'wrong')], other('fresh'));
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
      expect(existsSync(join(home.folder, 'fresh/monitor.db'))).toBe(false);
    }
    const { code, stderr } = await store(['import', join(home.folder, 'nowhere')], other('fresh'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('nothing was imported: ENOENT')]);
  });

  test('into a store that a hub has open, or that has alerts of its own, is refused', async () => {
    await fill();
    await document(['export', file]);
    for (const env of [other('second'), { DATABASE_URL: await server.createDatabase() }]) {
      const hub = await home.serve(env);
      await push(hub.url, 'web-9', [wire('own')]);
      const busy = await store(['import', file], env);
      expect([busy.code, busy.stderr]).toEqual([1, expect.stringMatching(/nothing was imported: .*stop/)]);
      await hub.stop();
      const own = await store(['import', file], env);
      expect([own.code, own.stderr]).toEqual([1, expect.stringMatching(/nothing was imported: .*empty store/)]);
    }
  });
});

test('on PostgreSQL backup and restore name what does it there, with exit code 2', async () => {
  const env = { DATABASE_URL: server.url('nowhere') };
  for (const [word, tool] of [
    ['backup', 'pg_dump'],
    ['restore', 'pg_restore'],
  ] as const) {
    const { code, stdout, stderr } = await store([word, file], env);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(tool)]);
    expect(stderr).not.toContain('p%40ss');
  }
  const empty = await store(['stats'], { DATABASE_URL: await server.createDatabase() });
  expect([empty.code, empty.stderr]).toEqual([
    1,
    expect.stringContaining('there is no store in postgres://monitor@127.0.0.1'),
  ]);
});
