import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Clock, systemClock } from '../../../../src/lib/clock.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { StoreError } from '../../../../src/stores/contract/error.ts';
import type { Store } from '../../../../src/stores/contract/store.ts';
import { MIGRATIONS } from '../../../../src/stores/migrations/index.ts';
import type { PostgresOptions } from '../../../../src/stores/postgres/connection.ts';
import { openPostgresStore } from '../../../../src/stores/postgres/store.ts';
import { type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { alert, changes, event, identityOf, idOf, instance, save, T, write } from '../../../support/stored.ts';

let server: PostgresServer;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.remove());
beforeEach(async () => {
  url = await server.createDatabase();
});
afterEach(() => server.dropDatabase(url));

let ahead = 0;
const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + ahead };
/** So much later that a server which was away is asked again. */
const later = () => {
  ahead += 1000;
};

const open = (address = url, options: Partial<PostgresOptions> = {}) =>
  openPostgresStore({ url: new Secret(address), pool: 4, ...options }, clock);

/** Opens a store for as long as `work` takes. */
async function withStore<T>(work: (store: Store) => Promise<T>, options: Partial<PostgresOptions> = {}): Promise<T> {
  const store = await open(url, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The error of a promise, which is a StoreError of one line that tells no password. */
async function problem(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  const { message, stack } = error as StoreError;
  expect(message).not.toContain('\n');
  for (const text of [message, stack]) expect(text).not.toMatch(/p@ss|p%40ss|canary/);
  return error as StoreError;
}

const count = (store: Store, key = 1, pause: () => Promise<unknown> = async () => {}) =>
  store.transaction(async (tx) => {
    const [known] = await tx.findAlerts([identityOf(alert(key))]);
    await pause();
    const next = alert(key, { occurrences: (known?.occurrences ?? 0) + 1 });
    await tx.save(changes({ alerts: [write(known ? 'refresh' : 'insert', next, known?.ref ?? null)] }));
  });
const occurrences = async (store: Store, key = 1) => (await store.findAlert(idOf(key)))?.occurrences;
const BACKENDS = `FROM pg_stat_activity WHERE application_name = 'monitor' AND datname = current_database()`;

describe('a connection', () => {
  test('is closed at the server too when the store is', async () => {
    for (let round = 0; round < 5; round += 1) {
      await withStore(
        async (store) => void (await Promise.all([1, 2, 3, 4].map(() => store.listInstances({ limit: 1 })))),
      );
      expect(await server.query(`SELECT pid ${BACKENDS}`, url)).toEqual([]);
    }
  });

  test('bears our name, gives up in time, and has commits on the disk whatever the server does otherwise', async () => {
    const name = new URL(url).pathname.slice(1);
    await server.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    const raised = await withStore(() => server.query<{ state: string }>(`SELECT state ${BACKENDS}`, url));
    expect(raised.length).toBeGreaterThan(0);
    const session = async (value: string) => {
      await server.query(`ALTER DATABASE ${name} SET synchronous_commit = ${value}`);
      return withStore(async (store) => {
        const settings = ['synchronous_commit', 'statement_timeout', 'idle_in_transaction_session_timeout'];
        await server.query(
          `CREATE OR REPLACE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             CREATE TABLE IF NOT EXISTS seen AS SELECT name, setting FROM pg_settings;
             RETURN NEW; END $$;
           CREATE OR REPLACE TRIGGER spy BEFORE INSERT ON instance_keys FOR EACH ROW EXECUTE FUNCTION spy();
           DROP TABLE IF EXISTS seen`,
          url,
        );
        await store.createKey({ id: value, instanceId: 'x', secret: 's', createdAt: T, expiresAt: null });
        const rows = await server.query<{ name: string; setting: string }>('SELECT name, setting FROM seen', url);
        return settings.map((one) => rows.find((row) => row.name === one)?.setting);
      });
    };
    expect(await session('off')).toEqual(['on', '15000', '5000']);
    expect(await session('local')).toEqual(['on', '15000', '5000']);
    expect(await session('remote_apply')).toEqual(['remote_apply', '15000', '5000']);
  });

  test('that breaks while nobody uses it is replaced unseen', async () => {
    await withStore(async (store) => {
      for (let round = 1; round <= 3; round += 1) {
        await count(store);
        const ended = await server.query(`SELECT pg_terminate_backend(pid) ${BACKENDS}`, url);
        expect(ended.length).toBeGreaterThan(0);
        expect(await occurrences(store)).toBe(round);
      }
    });
  });

  test('that is ended in the middle of a transaction takes nothing with it: the work is done again, once', async () => {
    await withStore(async (store) => {
      await count(store);
      let attempts = 0;
      await count(store, 1, async () => {
        attempts += 1;
        if (attempts === 1) await server.query(`SELECT pg_terminate_backend(pid) ${BACKENDS}`, url);
      });
      expect([attempts, await occurrences(store)]).toEqual([2, 2]);
    });
  });

  test('of a hub that sleeps in a transaction is ended by the server: others get on, and it begins anew', async () => {
    await withStore((asleep) =>
      withStore(async (awake) => {
        await count(asleep);
        let attempts = 0;
        let holds = () => {};
        const held = new Promise<void>((resolve) => {
          holds = resolve;
        });
        let wake = () => {};
        const slept = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const late = count(asleep, 1, async () => {
          attempts += 1;
          holds();
          await slept;
        });
        await held;
        // Waits for the row until the server has ended the one that sleeps.
        await count(awake);
        wake();
        await late;
        expect([attempts, await occurrences(awake)]).toEqual([2, 3]);
      }),
    );
  });
});

describe('a commit whose outcome is not known', () => {
  test('is no success: the server gave up waiting for its standby', async () => {
    await withStore(async (store) => {
      await count(store);
      await server.query(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`);
      await server.query('SELECT pg_reload_conf()');
      try {
        // As a statement timeout does after its time.
        const cancel = async () => {
          for (;;) {
            const rows = await server.query<{ done: boolean }>(
              `SELECT pg_cancel_backend(pid) AS done ${BACKENDS} AND wait_event = 'SyncRep'`,
              url,
            );
            if (rows.length > 0) return;
          }
        };
        // The server reloads its settings in its own time: until then, commits succeed.
        const untilRefused = async () => {
          for (;;) {
            const attempt = count(store);
            const taken = await attempt.then(
              () => true,
              () => false,
            );
            if (!taken) return problem(attempt);
          }
        };
        const [error] = await Promise.all([untilRefused(), cancel()]);
        expect(error).toMatchObject({
          unavailable: true,
          message: expect.stringMatching(/not known.*standby|replication/),
        });
      } finally {
        await server.query('ALTER SYSTEM RESET synchronous_standby_names');
        await server.query('SELECT pg_reload_conf()');
      }
      await count(store);
    });
  });
});

describe('a server that goes away', () => {
  test('is told at once, and used again once it is back; what was acknowledged is there, nothing is there twice', async () => {
    await withStore(async (store) => {
      const keys = [1, 2, 3, 4, 5, 6];
      const acknowledged = new Map(keys.map((key) => [key, 0]));
      const unknown = new Map(keys.map((key) => [key, 0]));
      let stop = false;
      let back = Promise.resolve();
      let counted = () => {};
      const load = keys.map(async (key) => {
        while (!stop) {
          try {
            await count(store, key);
            acknowledged.set(key, (acknowledged.get(key) ?? 0) + 1);
            counted();
          } catch (error) {
            expect(error).toMatchObject({ name: 'StoreError', unavailable: true });
            if (/during a commit|not known/.test((error as Error).message))
              unknown.set(key, (unknown.get(key) ?? 0) + 1);
            await back;
            // One that failed late has the server for away though it is back, and is told so without any wait.
            await new Promise((resolve) => setImmediate(resolve));
          }
        }
      });
      /** Resolves when every key has been counted so many times more. */
      const more = (times: number) => {
        const goals = new Map([...acknowledged].map(([key, present]) => [key, present + times]));
        return new Promise<void>((resolve) => {
          counted = () => {
            if (keys.every((key) => (acknowledged.get(key) ?? 0) >= (goals.get(key) ?? 0))) resolve();
          };
        });
      };
      const reasons: string[] = [];
      for (const how of ['immediate', 'fast', 'immediate'] as const) {
        await more(5);
        let isUp = () => {};
        back = new Promise((resolve) => {
          isUp = resolve;
        });
        await server.down(how);
        reasons.push((await problem(store.checkWritable(T))).message);
        await server.up();
        later();
        isUp();
      }
      await more(5);
      stop = true;
      await Promise.all(load);
      // Whichever word of its end reaches the connection first.
      const ends = /nothing listens|connection was lost|is stopping|starting or stopping|has crashed/;
      for (const reason of reasons) expect(reason).toMatch(ends);
      await store.checkWritable(T);
      for (const key of keys) {
        const told = acknowledged.get(key) ?? 0;
        expect(told).toBeGreaterThan(5);
        const stored = (await occurrences(store, key)) ?? 0;
        expect(stored).toBeGreaterThanOrEqual(told);
        expect(stored).toBeLessThanOrEqual(told + (unknown.get(key) ?? 0));
      }
    });
  });

  test('for reads too: they are asked again when their connection was lost', async () => {
    await withStore(async (store) => {
      await save(store, { instances: [instance('web-1')] });
      await server.down();
      await problem(store.listInstances({ limit: 5 }));
      await server.up();
      later();
      expect((await store.listInstances({ limit: 5 })).items).toHaveLength(1);
    });
  });
});

describe('what cannot be opened: one line that says why', () => {
  const address = (change: (address: URL) => void) => {
    const changed = new URL(url);
    change(changed);
    return changed.href;
  };

  test('nobody listens, no such host, wrong password, no such database, no password', async () => {
    const wrong = async (change: (address: URL) => void) => problem(open(address(change)));
    expect(await wrong((at) => (at.port = '1'))).toMatchObject({
      message: expect.stringMatching(/^PostgreSQL at 127.0.0.1: nothing listens at 127.0.0.1:1;/),
      unavailable: true,
    });
    expect((await wrong((at) => (at.hostname = 'nowhere.invalid'))).message).toMatch(/nowhere\.invalid/);
    expect((await wrong((at) => (at.password = 'canary'))).message).toBe(
      'PostgreSQL at 127.0.0.1: the password of monitor is wrong (28P01)',
    );
    expect((await wrong((at) => (at.password = ''))).message).toMatch(/asks for the password of monitor/);
    expect((await wrong((at) => (at.pathname = '/other'))).message).toMatch(/there is no database other.*\(3D000\)/);
  });

  test('a password of its own stands in for that of the address', async () => {
    const password = new Secret(decodeURIComponent(new URL(url).password));
    const store = await open(
      address((at) => (at.password = 'canary')),
      { password },
    );
    await store.close();
  });

  test('a user who may create no tables, and how to let it', async () => {
    await server.query(`CREATE ROLE stranger LOGIN PASSWORD 'canary'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`, url);
    const error = await problem(
      open(
        address((at) => {
          at.username = 'stranger';
          at.password = 'canary';
        }),
      ),
    );
    expect(error.message).toMatch(/stranger may not create or use the tables .* OWNER TO stranger \(42501\)/);
    await server.query('DROP ROLE stranger');
  });

  test('a server without TLS where it is asked for', async () => {
    const error = await problem(open(`${url}?sslmode=require`));
    expect(error.message).toBe(
      'PostgreSQL at 127.0.0.1: the server has no TLS; set MONITOR_DATABASE_TLS=off to connect without it',
    );
    expect((await problem(open(url, { tls: 'verify' }))).message).toMatch(/has no TLS/);
    await (await open(`${url}?sslmode=require`, { tls: 'off' })).close();
  });

  test('a server that takes reads only: told where it should point, and looked at anew afterwards', async () => {
    const name = new URL(url).pathname.slice(1);
    await withStore(async (store) => {
      await count(store);
      await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      await server.query(`SELECT pg_terminate_backend(pid) ${BACKENDS}`, url);
      expect(await problem(store.checkWritable(T))).toMatchObject({
        message: expect.stringMatching(/read-only.*primary \(25006\)/),
        unavailable: true,
      });
      expect(await occurrences(store)).toBe(1);
      await server.query(
        `SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`,
      );
      await problem(store.checkWritable(T)).catch(() => {});
      await store.checkWritable(T);
    });
  });

  test('a newer schema is refused by name, and left as it is', async () => {
    await withStore(async () => {});
    await server.query(`INSERT INTO schema_steps (version, name) VALUES (99, 'later')`, url);
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'StoreError',
      message: `cannot prepare ${new URL(url).pathname.slice(1)} at 127.0.0.1: the store's schema is version 99, this program knows ${MIGRATIONS.length}: run the program that wrote it or a newer one`,
    });
    expect(await server.query('SELECT max(version)::int AS version FROM schema_steps', url)).toEqual([{ version: 99 }]);
  });

  test('a database in another encoding', async () => {
    await server.query(`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    expect((await problem(open(server.url('latin')))).message).toMatch(/encoding LATIN1.*ENCODING 'UTF8'/);
    await server.query('DROP DATABASE latin');
  });
});

test('an index entry beyond what the engine takes is refused, and the store goes on', async () => {
  await withStore(async (store) => {
    const random = Array.from({ length: 400 }, () => Math.random().toString(36).slice(2)).join('');
    const error = await problem(save(store, { alerts: [write('insert', alert(1, { fingerprint: random }))] }));
    expect(error).toMatchObject({ unavailable: false, code: '54000' });
    await count(store, 2);
  });
});

test('a transaction of another database holds up no event, and one of this database does', async () => {
  await withStore(async (store) => {
    const elsewhere = await server.createDatabase();
    const blockers = await Promise.all([elsewhere, url].map(begun));
    const told = async () => (await store.eventsAfter('', 9)).events.length;
    const placed = async () => (await store.placedAfter('', 9)).length;
    try {
      await save(store, { events: [event(1)] });
      expect([await told(), await placed()]).toEqual([0, 0]);
      await blockers[1]?.end();
      expect([await told(), await placed()]).toEqual([1, 1]);
      expect(await store.eventsAfter(await store.historyHead(), 9)).toMatchObject({ events: [] });
    } finally {
      await blockers[0]?.end();
      await server.dropDatabase(elsewhere);
    }
  });
});

/** A session at a database, in a transaction that has a number. */
async function begun(address: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  return client;
}
