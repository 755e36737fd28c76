import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/lib/clock.ts';
import { sha256 } from '../../src/lib/crypto/digest.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import { MIGRATIONS } from '../../src/stores/migrations/index.ts';
import { openPostgresStore } from '../../src/stores/postgres/store.ts';
import { openPostgresUpkeep } from '../../src/stores/postgres/upkeep.ts';
import { openSqliteStore } from '../../src/stores/sqlite/store.ts';
import { openSqliteUpkeep } from '../../src/stores/sqlite/upkeep.ts';
import { exportStore } from '../../src/stores/transfer/export.ts';
import { blockLine, endLine, rowLine } from '../../src/stores/transfer/format.ts';
import { importStore } from '../../src/stores/transfer/import.ts';
import { LEFT_OUT, TRANSFER_TABLES } from '../../src/stores/transfer/tables.ts';
import type { Upkeep } from '../../src/stores/upkeep/contract.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';
import { alert, claimed, event, idOf, incident, instance, save, silence, T, write } from '../support/stored.ts';

type Engine = 'sqlite' | 'postgres';
const ENGINES: readonly Engine[] = ['sqlite', 'postgres'];

/** A store that serves and is looked after. */
interface Home {
  open(): Promise<Store>;
  upkeep(): Promise<Upkeep>;
}

let folder: string;
let server: SharedPostgres;
let homes = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-transfer-'));
  server = await sharedPostgres();
});
afterAll(async () => {
  await server?.dropAll();
  rmSync(folder, { recursive: true });
});

async function makeHome(engine: Engine): Promise<Home> {
  homes += 1;
  const file = join(folder, String(homes), 'monitor.db');
  const options = engine === 'postgres' ? { url: new Secret(await server.createStore()), pool: 4 } : null;
  const home: Home =
    options === null
      ? { open: async () => openSqliteStore(file), upkeep: async () => openSqliteUpkeep(file) }
      : {
          open: () => openPostgresStore(options, systemClock),
          upkeep: () => openPostgresUpkeep(options, systemClock),
        };
  await (await home.open()).close();
  return home;
}

async function withStore<T>(home: Home, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await home.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function take(home: Home, withKeys = true, between: () => Promise<void> = async () => {}): Promise<string> {
  const upkeep = await home.upkeep();
  let text = '';
  try {
    const write = async (part: string) => {
      text += part;
      await between();
    };
    const exported = await exportStore(upkeep, { withKeys, program: '1.2.3', now: T, write });
    expect(exported.bytes).toBe(Buffer.byteLength(text));
    expect(text.trimEnd().split('\n').at(-1)).toContain(exported.sha256);
    return text;
  } finally {
    await upkeep.close();
  }
}

/** The text in pieces of uneven lengths, which end anywhere, also within a character. */
async function* pieces(text: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let from = 0, size = 1; from < bytes.length; from += size, size = (size * 7 + 3) % 5003) {
    yield bytes.subarray(from, from + size);
    size = Math.max(1, size);
  }
}

const give = (home: Home, text: string | Buffer) => importStore(home.upkeep, pieces(text));
/** An export as it was before two tables got other names, with checksums of its own. */
function formerly(text: string): string {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const { tables, ...rest } = JSON.parse(header);
  const nameOf = (name: string) => TRANSFER_TABLES.find((table) => table.name === name)?.formerly ?? name;
  const former = tables.map((table: { name: string }) => ({ ...table, name: nameOf(table.name) }));
  let whole = `${JSON.stringify({ ...rest, schema: 7, tables: former })}\n`;
  let block: string[] = [];
  for (const line of lines) {
    const value = JSON.parse(line);
    if (Array.isArray(value)) block.push(rowLine(nameOf(value[0]), value.slice(1)));
    else if (value.block === undefined) return whole + endLine(value.end, sha256(whole));
    else {
      whole += block.join('') + blockLine(value.block, block.join(''));
      block = [];
    }
  }
  throw new Error('the export has no end');
}

const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('['));

const EXTREMES = ['', ' ', '"\\', "'; DROP TABLE alerts; --", 'Ünïcödé 🦄 \u0001\u2028', '\n\r\t', 'x'.repeat(70_000)];

/** A store with something in every table, which the tests leave as it is. */
async function filledHome(engine: Engine): Promise<Home> {
  const home = await makeHome(engine);
  await withStore(home, async (store) => {
    const lease = await claimed(store);
    await store.heartbeat(await store.now(), lease);
    const alerts = EXTREMES.map((text, n) =>
      alert(n, {
        name: text,
        origin: `web-${text.slice(0, 200)}`,
        labels: { [text]: text },
        annotations: { message: text },
        status: n % 2 === 0 ? 'firing' : 'resolved',
        endedAt: n % 2 === 0 ? null : T,
        incidentId: n === 3 ? null : idOf(n),
        startedAt: n === 1 ? -5 : T,
        expiresAt: n === 2 ? T + 99 : null,
      }),
    );
    const writes = alerts.map((one) => ({ ...write('insert', one), checkAt: one.expiresAt }));
    const incidents = EXTREMES.map((text, n) =>
      incident(n, { title: text, key: text, ...(n === 4 && { status: 'resolved' as const, resolvedAt: T }) }),
    );
    const events = Array.from({ length: 2500 }, (_, n) =>
      event(n, { subjectId: idOf(n % 7), data: { text: EXTREMES[n % 6], n } }),
    );
    const instances = ['web-1', 'Web-2', 'ä', '', 'Z'].map((id) =>
      instance(id, { silentSince: id === 'ä' ? T : null }),
    );
    const replays = EXTREMES.map((text, n) => ({ key: `${n} ${text}`, signature: 'ab', answer: text, at: T + n }));
    await save(store, { alerts: writes, incidents, events, instances, replays });
    await store.changeSilences((tx) =>
      tx.saveSilences([
        silence(1, { comment: EXTREMES[4] ?? '' }),
        silence(2, { endedAt: T, endedBy: 'ann', replaces: idOf(1) }),
      ]),
    );
    await store.createKey({ id: 'k1', instanceId: 'web-1', secret: 'canary', createdAt: T, expiresAt: null });
  });
  return home;
}

describe.each(ENGINES.flatMap((from) => ENGINES.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  let source: Home;
  let target: Home;
  beforeAll(async () => {
    source = await filledHome(from);
  });
  beforeEach(async () => {
    target = await makeHome(to);
  });

  test('and back: equal to the row, and what is new then is numbered behind it', async () => {
    const text = await take(source);
    const imported = await give(target, text);
    expect(imported.added).toBe(rowsOf(text).length - 1);
    expect(imported.from).toMatchObject({ engine: from, program: '1.2.3' });
    const there = await take(target);
    expect(rowsOf(there)).toEqual(rowsOf(text));
    const home = await makeHome(from);
    await give(home, there);
    expect(rowsOf(await take(home))).toEqual(rowsOf(text));
    await withStore(target, async (store) => {
      const before = await store.history([idOf(1)], 1);
      const replays = [{ key: 'new', signature: '', answer: '', at: T }];
      await save(store, { alerts: [write('insert', alert(99))], events: [event(9999)], replays });
      const after = await store.history([idOf(1)], 1);
      expect(after[0]?.seq).toBeGreaterThan(2500);
      expect(after[0]?.seq).toBeGreaterThan(before[0]?.seq ?? 0);
      expect(await store.findAlert(idOf(6))).toMatchObject({
        name: EXTREMES[6],
        labels: { [EXTREMES[6] ?? '']: EXTREMES[6] },
      });
    });
  });

  test('a second time changes nothing', async () => {
    const text = await take(source);
    await give(target, text);
    expect((await give(target, text)).added).toBe(0);
    expect(rowsOf(await take(target))).toEqual(rowsOf(text));
  });
});

describe.each(ENGINES)('%s', (engine) => {
  let source: Home;
  let target: Home;
  let text: string;
  beforeAll(async () => {
    source = await filledHome(engine);
    text = await take(source);
  });
  beforeEach(async () => {
    target = await makeHome(engine);
  });
  const isEmpty = async () => expect(rowsOf(await take(target))).toEqual([]);

  test('an export is the store at one moment, whatever is written meanwhile', async () => {
    let n = 100;
    const busy = await filledHome(engine);
    const before = await take(busy);
    const during = await withStore(busy, (store) =>
      take(busy, true, async () => {
        n += 1;
        const alerts = [write('insert', alert(n))];
        await save(store, { alerts, events: [event(n)], instances: [instance(`late-${n}`)], incidents: [incident(n)] });
      }),
    );
    expect(n).toBeGreaterThan(102);
    expect(rowsOf(during)).toEqual(rowsOf(before));
    await give(target, during);
  });

  test('keys go along only when asked for', async () => {
    const without = await take(source, false);
    expect(text).toContain('canary');
    expect(without).not.toContain('canary');
    await give(target, without);
    expect(await withStore(target, (store) => store.listKeys())).toEqual([]);
  });

  test.each([
    ['in the header', (lines: string[]) => lines.slice(0, 1).join('\n').slice(0, -20)],
    ['after the header', (lines: string[]) => lines.slice(0, 1).join('\n')],
    ['within a line', (lines: string[]) => lines.join('\n').slice(0, 5000)],
    [
      'after a block',
      (lines: string[]) => lines.slice(0, 1 + lines.findIndex((one) => one.includes('"block"'))).join('\n'),
    ],
    ['before its last line', (lines: string[]) => lines.slice(0, -2).join('\n')],
    ['within its last line', (lines: string[]) => lines.join('\n').slice(0, -9)],
    ['at once', () => ''],
  ])('one that was cut %s is refused, and nothing of it is kept', async (_, cut) => {
    await expect(give(target, cut(text.split('\n')))).rejects.toHaveProperty('name', 'TransferError');
    await isEmpty();
  });

  test('one that was altered is refused, wherever that was', async () => {
    const bytes = Buffer.from(text);
    for (let at = 120; at < bytes.length; at += Math.ceil(bytes.length / 12)) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      await expect(give(target, wrong)).rejects.toHaveProperty('name', 'TransferError');
    }
    const lines = text.split('\n');
    const swapped = [...lines];
    [swapped[3], swapped[4]] = [swapped[4] ?? '', swapped[3] ?? ''];
    const doubled = [...lines.slice(0, 3), lines[2], ...lines.slice(3)];
    for (const wrong of [swapped, doubled, [...lines.slice(0, -1), 'more']])
      await expect(give(target, wrong.join('\n'))).rejects.toThrow(/checksum|after its end/);
    await isEmpty();
  });

  test('one of a former version is read, whatever its tables were called', async () => {
    const former = formerly(text);
    expect(former).toMatch(/"deliveries".*"notes"/s);
    const { rows } = await give(target, former);
    expect(rows).toMatchObject({ replays: EXTREMES.length, hub_state: 1 });
    expect(rowsOf(await take(target))).toEqual(rowsOf(text));
    expect((await give(target, former)).added).toBe(0);
  });

  test('a newer one is refused by name', async () => {
    const [header = '', ...rest] = text.split('\n');
    const later = (fields: object) => [JSON.stringify({ ...JSON.parse(header), ...fields }), ...rest].join('\n');
    await expect(give(target, later({ monitor_export: 2, program: '9.0' }))).rejects.toThrow(
      'this export of monitor 9.0 has format 2, this program reads 1: import it with that program or a newer one',
    );
    await expect(give(target, later({ schema: 99 }))).rejects.toThrow(
      `has schema 99, this program knows ${MIGRATIONS.length}`,
    );
    await expect(give(target, 'PK\u0003\u0004')).rejects.toThrow('this is not an export of monitor');
  });

  test('a store with rows of its own refuses, and stays as it is', async () => {
    await withStore(target, (store) => save(store, { alerts: [write('insert', alert(50, { origin: 'other' }))] }));
    const before = rowsOf(await take(target));
    await expect(give(target, text)).rejects.toThrow(/rows of its own|differ from the export/);
    expect(rowsOf(await take(target))).toEqual(before);
  });

  test('a store that has gone on since refuses, and stays as it is', async () => {
    await give(target, text);
    await withStore(target, (store) => save(store, { incidents: [incident(0, { key: '', severity: 'info' })] }));
    const before = rowsOf(await take(target));
    await expect(give(target, text)).rejects.toThrow(/incidents that differ from the export/);
    expect(rowsOf(await take(target))).toEqual(before);
  });

  test('while a hub has the store open nothing is imported', async () => {
    await withStore(target, async (store) => {
      await store.checkWritable(T);
      await expect(give(target, text)).rejects.toMatchObject({ name: 'InUseError', message: /stop/ });
    });
    await isEmpty();
  });

  test('every table is carried or left out on purpose', async () => {
    const upkeep = await target.upkeep();
    const { tables } = await upkeep.sizes();
    await upkeep.close();
    const engines = ['sqlite_sequence', 'sqlite_schema', 'sqlite_stat1', 'schema_steps'];
    const known = [...TRANSFER_TABLES.map(({ name }) => name), ...LEFT_OUT].toSorted();
    expect([...tables.keys()].filter((name) => !engines.includes(name)).toSorted()).toEqual(known);
  });
});
