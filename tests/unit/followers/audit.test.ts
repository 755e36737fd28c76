import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { verifyAudit } from '../../../src/app/audit/verify.ts';
import { openStore } from '../../../src/app/store/open.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { createAuditFollower } from '../../../src/followers/audit.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { sha256 } from '../../../src/lib/crypto/digest.ts';
import type { Store } from '../../../src/stores/contract/store.ts';
import { loadDriver } from '../../../src/stores/sqlite/driver.ts';
import { type SharedPostgres, sharedPostgres } from '../../support/shared-postgres.ts';
import { event, save } from '../../support/stored.ts';

// The chain over the history on both engines: written by several hubs, through failures, retention and moves.

const DAY = 86_400_000;

let server: SharedPostgres;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-audit-'));
  server = await sharedPostgres();
});
afterAll(async () => {
  await server?.dropAll();
  rmSync(folder, { recursive: true, force: true });
});

let places = 0;
async function makeWorld(engine: 'sqlite' | 'postgres') {
  places += 1;
  const url = engine === 'postgres' ? await server.createStore() : undefined;
  const stateDir = join(folder, String(places));
  const settings = loadSettings({
    env: { MONITOR_STATE_DIR: stateDir, ...(url !== undefined && { DATABASE_URL: url }) },
    cwd: folder,
  });
  const store = await openStore(settings, systemClock);
  let clockNow = systemClock.now();
  const clock: Clock = { ...systemClock, now: () => clockNow };
  const run = async (sql: string) => {
    if (url !== undefined) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(sql);
      await client.end();
      return;
    }
    const db = new (loadDriver())(join(stateDir, 'monitor.db'));
    db.exec(sql);
    db.close();
  };
  return {
    ...{ store, settings, run, clock },
    setTime: (now: number) => {
      clockNow = now;
    },
    verify: () => verifyAudit(settings, clock),
    /** Chains what there is, as a hub does that begins now. */
    chain: (keepMs = 0, take?: (n: number) => void) => chain(store, clock, keepMs, take),
    add: (numbers: readonly number[], at: number) =>
      save(store, { events: numbers.map((n) => ({ ...event(n), at, kind: `kind-${n}` })) }),
  };
}

async function chain(store: Store, clock: Clock, keepMs: number, take: (n: number) => void = () => {}) {
  const lease = await store.claim('follower audit', 'test', 60_000);
  if (lease === undefined) throw new Error('another has the lease');
  const parts = { store, clock, hub: 7, hash: sha256, key: null, keepMs, onTakeOver: () => {} };
  const follower = createAuditFollower(parts);
  await follower.takeOver(lease);
  let cursor = (await store.followerCursor('audit')) ?? '';
  for (let n = 0; ; n += 1) {
    const batch = await store.eventsAfter(cursor, 500);
    if (batch.events.length === 0) break;
    await store.follow(lease, async (tx) => {
      await follower.take(batch.events, tx);
      await tx.moveCursor('audit', batch.cursor, clock.now());
      take(n);
    });
    cursor = batch.cursor;
  }
  return async () => {
    await follower.takeOver(lease);
  };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  test('every event has one entry, however many were written at once, and a failed transaction leaves none', async () => {
    const world = await makeWorld(engine);
    await Promise.all(numbers(0, 20).map((n) => world.add(numbers(n * 60, 60), n)));
    const failed = world.chain(0, (n) => {
      if (n === 1) throw new Error('the hub dies here');
    });
    await expect(failed).rejects.toThrow('the hub dies here');
    expect(await world.verify()).toMatchObject({ entries: 501, waiting: 700, fault: null });
    await world.chain();
    const whole = await world.verify();
    expect(whole).toMatchObject({ entries: 1201, waiting: 0, removed: 0, fault: null });
    await world.add(numbers(2000, 3), 1);
    await world.chain();
    const { fault, head } = await world.verify();
    expect([fault, head?.n]).toEqual([null, 1204]);
    await world.store.close();
  });

  test.each([
    ['changed', "UPDATE events SET actor = 'nobody' WHERE kind = 'kind-5'"],
    ['removed', "DELETE FROM events WHERE kind = 'kind-5'"],
    ['inserted', 'UPDATE events SET seq = -5 WHERE seq = (SELECT max(seq) FROM events)'],
  ])('names what was %s', async (kind, sql) => {
    const world = await makeWorld(engine);
    await world.add(numbers(0, 9), 5);
    await world.chain();
    await world.add([9], 5);
    // Not chained yet, and renumbered: on PostgreSQL its transaction is what gives it its place.
    if (engine === 'postgres' && kind === 'inserted')
      await world.run("UPDATE events SET xid = '1' WHERE kind = 'kind-9'");
    await world.run(sql);
    const { fault } = await world.verify();
    const place = kind === 'inserted' ? { n: null, seq: -5 } : { n: 7, seq: expect.any(Number) };
    expect(fault).toEqual({ kind, ...place });
    await world.store.close();
  });

  test('what retention removes may be gone, what is younger may not, and what is over is removed from the chain', async () => {
    const world = await makeWorld(engine);
    const now = 100 * DAY;
    world.setTime(now);
    await world.add(numbers(0, 1500), now - 50 * DAY);
    await world.add(numbers(1500, 10), now - DAY);
    const takeOver = await world.chain(30 * DAY);
    await world.run(`DELETE FROM events WHERE at < ${now - 30 * DAY} AND kind <> 'kind-100'`);
    expect(await world.verify()).toMatchObject({ entries: 1511, removed: 1499, fault: null });
    // An event that explains what still lives stays, and so do the entries behind it.
    await takeOver();
    expect(await world.verify()).toMatchObject({ entries: 1511, fault: null });
    await world.run("DELETE FROM events WHERE kind = 'kind-100'");
    await takeOver();
    expect(await world.verify()).toMatchObject({ entries: 11, removed: 0, fault: null });
    // Kept longer from now on: what was gone before may be.
    await world.run("DELETE FROM events WHERE kind = 'kind-1501'");
    expect((await world.verify()).fault).toMatchObject({ kind: 'removed' });
    world.setTime(now + 30 * DAY);
    expect((await world.verify()).fault).toBe(null);
    await world.chain(0);
    world.setTime(now + 300 * DAY);
    expect((await world.verify()).fault).toBe(null);
    await world.run("DELETE FROM events WHERE kind = 'kind-1505'");
    expect((await world.verify()).fault).toBe(null);
    await world.add([1600], now + 200 * DAY);
    await world.chain(0);
    await world.run("DELETE FROM events WHERE kind = 'kind-1600'");
    expect((await world.verify()).fault).toMatchObject({ kind: 'removed' });
    await world.store.close();
  });

  test('goes on in another store without chaining an event twice', async () => {
    const world = await makeWorld(engine);
    await world.add(numbers(0, 30), 5);
    await world.chain();
    await world.run("DELETE FROM followers WHERE name = 'audit'");
    await world.add(numbers(30, 3), 5);
    await world.chain();
    expect(await world.verify()).toMatchObject({ entries: 34, waiting: 0, fault: null });
    await world.store.close();
  });
});
