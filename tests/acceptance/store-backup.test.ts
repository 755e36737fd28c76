import { copyFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { items, push, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const Database = loadDriver();

let home: HubHome;
let hub: Hub;
let file: string;
beforeEach(async () => {
  home = makeHubHome();
  file = join(home.folder, 'backup.db');
  hub = await home.serve();
});
afterEach(() => home.remove());

const store = (...args: string[]) => home.run(['store', ...args]);
const document = async (...args: string[]) => {
  const { code, stdout, stderr } = await store(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stdout} ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
};
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const fingerprints = async () => {
  const found = new Set<string>();
  for (let cursor = ''; ; ) {
    const { body } = await page(cursor);
    for (const one of body.items) found.add(one.fingerprint);
    if (body.next_cursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
};
const page = async (cursor: string) => {
  const answer = await fetch(`${hub.url}/api/v1/alerts?limit=500${cursor}`);
  return { body: (await answer.json()) as { items: { fingerprint: string }[]; next_cursor: string | null } };
};
/** What lies in the state folder, but for the lock that every hub leaves. */
const lies = () =>
  readdirSync(home.state)
    .filter((name) => name !== 'monitor.db.lock')
    .toSorted();

test('a backup made under load holds every alert acknowledged before it began; a hub starts on it restored', async () => {
  const acknowledged: string[] = [];
  let [isDone, sent] = [false, 0];
  const load = async () => {
    while (!isDone) {
      sent += 1;
      const names = Array.from({ length: 5 }, (_, n) => `load-${sent}-${n}`);
      const { status } = await push(
        hub.url,
        `web-${sent % 7}`,
        names.map((name) => wire(name)),
      );
      if (status === 200) acknowledged.push(...names);
    }
  };
  const loads = [load(), load(), load()];
  await eventually(() => expect(acknowledged.length).toBeGreaterThanOrEqual(200));
  const before = [...acknowledged];
  const backup = await document('backup', file);
  const during = acknowledged.length - before.length;
  isDone = true;
  await Promise.all(loads);
  expect(during).toBeGreaterThan(0);
  expect(backup).toMatchObject({ file, schema: expect.any(Number) });
  expect(Number(backup.alerts)).toBeGreaterThanOrEqual(before.length);
  expect([modeOf(file), readdirSync(home.folder).filter((name) => name.includes('.new'))]).toEqual(['600', []]);
  expect(await document('check')).toMatchObject({ status: 'sound', advice: null });

  const refused = await store('restore', file);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/has .*monitor\.db open: stop it first/)]);
  await hub.stop();
  const restored = await document('restore', file);
  expect(restored).toMatchObject({ alerts: backup.alerts, kept: expect.stringContaining('monitor.db.before-') });
  expect(lies()).toEqual(['monitor.db', expect.stringMatching(/^monitor\.db\.before-\d{8}T\d{6}Z$/)]);
  expect(modeOf(join(home.state, 'monitor.db'))).toBe('600');
  hub = await home.serve();
  const found = await fingerprints();
  expect(before.filter((name) => !found.has(name))).toEqual([]);
  expect(found.size).toBe(backup.alerts);
  expect(await document('check')).toMatchObject({ status: 'sound' });
  expect((await push(hub.url, 'web-1', [wire('after')])).status).toBe(200);
});

describe('a backup', () => {
  test('takes no place of another file, but by --force, and never that of the store', async () => {
    writeFileSync(file, 'precious');
    const refused = await store('backup', file);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/exists already.*--force/)]);
    const nowhere = join(home.folder, 'none/backup.db');
    expect((await home.run(['store', 'backup', nowhere])).stderr).toBe(
      `monitor: cannot write ${nowhere}: there is no folder ${join(home.folder, 'none')}: make it, or choose another place\n`,
    );
    expect(statSync(file).size).toBe(8);
    expect((await store('backup', file, '--force')).code).toBe(0);
    expect(statSync(file).size).toBeGreaterThan(4096);
    const itself = await store('backup', join(home.state, 'monitor.db'), '--force');
    expect([itself.code, itself.stderr]).toEqual([1, expect.stringContaining('is the store itself')]);
    expect(await items(hub.url, 'alerts')).toEqual([]);
  });

  test('of a hub that is stopped, or was killed, is as good', async () => {
    await push(hub.url, 'web-1', [wire('cpu')]);
    await hub.kill();
    expect(await document('backup', file)).toMatchObject({ alerts: 1 });
    expect((await store('backup', join(home.folder, 'nowhere/backup.db'))).code).toBe(1);
  });

  test('where there is no store makes none', async () => {
    const env = { MONITOR_STATE_DIR: join(home.folder, 'other') };
    for (const words of [['backup', file], ['stats'], ['check'], ['vacuum'], ['export']]) {
      const { code, stderr } = await home.run(['store', ...words], env);
      expect([words, code, stderr]).toEqual([words, 1, expect.stringContaining('there is no store')]);
    }
    expect(existsSync(env.MONITOR_STATE_DIR) || existsSync(file)).toBe(false);
  });
});

describe('a restore', () => {
  beforeEach(async () => {
    await push(hub.url, 'web-1', [wire('cpu')]);
    await document('backup', file);
    await push(hub.url, 'web-1', [wire('disk')]);
  });
  const isRestored = async () => {
    hub = await home.serve();
    expect([...(await fingerprints())]).toEqual(['cpu']);
  };

  test('after a hub that was killed leaves nothing of its log behind', async () => {
    await hub.kill();
    expect(lies()).toContain('monitor.db-wal');
    const { kept } = await document('restore', file);
    expect(lies()).toHaveLength(2);
    await isRestored();
    const old = new Database(String(kept), { readonly: true });
    expect(old.prepare('SELECT count(*) FROM alerts').pluck().get()).toBe(2);
    old.close();
  });

  test('over a store that is damaged keeps that too', async () => {
    await hub.stop();
    writeFileSync(join(home.state, 'monitor.db'), 'no database at all, but long enough to be read. '.repeat(200));
    writeFileSync(join(home.state, 'monitor.db-wal'), 'its log');
    const { kept } = await document('restore', file);
    expect([statSync(String(kept)).size, statSync(`${kept}-wal`).size]).toEqual([9600, 7]);
    expect(lies().filter((name) => name === 'monitor.db-wal')).toEqual([]);
    await isRestored();
  });

  test('where only a stray log lies, or nothing at all', async () => {
    await hub.kill();
    rmSync(join(home.state, 'monitor.db'));
    expect(await document('restore', file)).toMatchObject({ kept: null });
    await isRestored();
    await hub.stop();
    rmSync(home.state, { recursive: true });
    expect(await document('restore', file)).toMatchObject({ kept: null });
    await isRestored();
  });

  test('of a file that is damaged, no store, or of another program changes nothing', async () => {
    await hub.stop();
    const spoils: readonly (readonly [(path: string) => unknown, RegExp])[] = [
      [(path) => truncateSync(path, statSync(path).size - 9000), /damaged|malformed/],
      [(path) => writeFileSync(path, 'x'.repeat(9000)), /not a database/],
      // Of a newer program.
      [(path) => setVersion(path, 99), /schema is version 99/],
      [(path) => new Database(path).exec('DROP VIEW alert_states').close(), /not a store of monitor/],
    ];
    const spoilt = join(home.folder, 'spoilt.db');
    for (const [spoil, message] of spoils) {
      copyFileSync(file, spoilt);
      spoil(spoilt);
      const { code, stderr } = await store('restore', spoilt);
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
      // What a restore replaces is kept beside it.
      expect(lies()).toEqual(['monitor.db']);
    }
    hub = await home.serve();
    expect((await fingerprints()).size).toBe(2);
  });
});

function setVersion(path: string, version: number): void {
  const db = new Database(path);
  db.pragma(`user_version = ${version}`);
  db.close();
}

describe('what looks at a store', () => {
  test('counts and sizes, while a hub runs', async () => {
    await push(hub.url, 'web-1', [wire('cpu'), wire('disk'), wire('load')]);
    const stats = await document('stats');
    expect(stats).toMatchObject({ engine: 'sqlite', firing_alerts: 3, live_incidents: 1, place: expect.any(String) });
    const rows = Object.fromEntries((stats.tables as { name: string; rows: number }[]).map((t) => [t.name, t.rows]));
    expect(rows).toMatchObject({ alerts: 3, alert_states: 3, incidents: 1, events: 4, instances: 1 });
    const { stdout } = await store('stats');
    expect(stdout).toMatch(/^alerts +3 +/m);
  });

  test('tells faults by their rows, with exit code 1 and what to do', async () => {
    await push(hub.url, 'web-1', [wire('cpu'), wire('disk')]);
    await hub.stop();
    const db = new Database(join(home.state, 'monitor.db'));
    db.exec(`UPDATE incidents SET firing_critical = 7; DELETE FROM alert_sightings WHERE rid = 1;
      DELETE FROM alerts WHERE rid = 2; UPDATE incidents SET key = 'x'`);
    db.close();
    const { code, stdout, stderr } = await store('check', '--json');
    const { checks, status } = JSON.parse(stdout) as { status: string; checks: { check: string; faults: number }[] };
    const faulty = checks.filter(({ faults }) => faults > 0).map(({ check, faults }) => `${check} ${faults}`);
    expect([code, status, stderr]).toEqual([1, 'faulty', expect.stringContaining('restore the last backup')]);
    expect(faulty).toEqual(['alert_states 1', 'states_of_alerts 1', 'firing_counts 1', 'subjects 1']);
  });

  test('finds damaged files', async () => {
    await push(
      hub.url,
      'web-1',
      Array.from({ length: 300 }, (_, n) => wire(`check-${n}`)),
    );
    await hub.stop();
    const path = join(home.state, 'monitor.db');
    truncateSync(path, statSync(path).size - 40_960);
    const { code, stdout, stderr } = await store('check', '--json');
    expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(/malformed|integrity/)]);
  });

  test('a vacuum gives space back, and is refused beside a hub', async () => {
    await push(
      hub.url,
      'web-1',
      Array.from({ length: 500 }, (_, n) => wire(`check-${n}`)),
    );
    const refused = await store('vacuum');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('stop it first')]);
    await hub.stop();
    const db = new Database(join(home.state, 'monitor.db'));
    db.exec(`DELETE FROM events WHERE subject = 'alert'`);
    db.close();
    const { bytes_before: before, bytes_after: after } = await document('vacuum');
    expect(Number(after)).toBeLessThan(Number(before));
    expect((await document('stats')).free_bytes).toBe(0);
  });
});
