import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { createWriter, type Writer } from '../../../src/app/writer.ts';
import { readRules } from '../../../src/config/rules/read.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import { RULE_KINDS } from '../../../src/rule-kinds/registry.ts';
import { createRuleWatch } from '../../../src/rules/watch.ts';
import type { Store } from '../../../src/stores/contract/store.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import { START as BEGINS, handClock } from '../../support/hand-clock.ts';
import { changes } from '../../support/stored.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
// The first full minute of a clock moved by hand.
const START = Math.ceil(BEGINS / MINUTE) * MINUTE;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let store: Store;
let time: ReturnType<typeof handClock>;
let watch: Part | null;
let hubs = 0;
const failures: unknown[] = [];
const failing: string[] = [];

beforeEach(async () => {
  hubs += 1;
  store = openSqliteStore(join(folder, `${hubs}.db`));
  time = handClock();
  await time.tick(START - BEGINS);
  watch = null;
});
afterEach(async () => {
  await end();
  await store.close();
  jest.restoreAllMocks();
  expect(failures.splice(0)).toEqual([]);
});

const rulesOf = (...rules: object[]) =>
  readRules({ values: rules.map((rule) => ({ runbook: 'none', ...rule })), at: () => '' }).rules;
const HIGH = { name: 'high', for: '1m', threshold: { metric: 'cpu.load', above: 5 } };

/** A hub that begins: nothing is known to it but what the store has. */
async function begin(...rules: object[]) {
  hubs += 1;
  const holder = `hub-${hubs}`;
  const onFailure = (error: unknown) => failures.push(error);
  const writer: Writer = createWriter(
    { store, drivers: new Map(), clock: time.clock, onCommit: () => {}, onFailure: (_, error) => onFailure(error) },
    {
      ...{ grouping: { groupBy: [], reopenWithinMs: MINUTE }, staleAfterMs: MINUTE, resolveTimeoutMs: MINUTE, holder },
      ...{ limits: { perSecond: 0, burst: 0 }, firingAlerts: 1000, newInstances: 1000, figures: null },
    },
  );
  watch = createRuleWatch({
    ...{ store, rules: rulesOf(...rules), keepMs: 60 * MINUTE, plan: writer.plan, clock: time.clock, holder },
    ...{ onCommit: () => {}, onFailure, onRuleFailure: (rule, reason) => failing.push(`${rule}: ${reason}`) },
  });
  await watch.start();
}

async function end() {
  await watch?.stop();
  watch = null;
}

/** Minutes, in each of which every series is told once at its beginning; null for nothing. */
async function minutes(...values: (number | null)[]) {
  for (const value of values) {
    const now = time.clock.now();
    const sample = { instanceId: 'web1', at: now, receivedAt: now, names: ['cpu.load'], values: [value ?? 0] };
    if (value !== null) await store.transaction((tx) => tx.save(changes({ samples: [sample] })));
    for (let step = 0; step < 12; step += 1) await time.tick(5 * SECOND);
  }
}

async function alerts() {
  const { items } = await store.listAlerts({ limit: 10 } as never);
  return items.map(({ name, source, status, severity, labels, startedAt, endedAt, annotations }) => ({
    ...{ name, source, status, severity, labels, message: annotations.message },
    ...{ from: (startedAt - START) / MINUTE, to: endedAt === null ? null : (endedAt - START) / MINUTE },
  }));
}

test('raises an alert with the rule and its group, and ends it', async () => {
  await begin(HIGH);
  await minutes(9, 9, 9, 9);
  const alert = { name: 'high', source: 'rule', severity: 'warning', labels: { instance_id: 'web1' } };
  expect(await alerts()).toEqual([
    { ...alert, status: 'firing', message: 'high{instance_id="web1"} fires: 9', from: 0, to: null },
  ]);
  await minutes(1, 1, 1);
  expect(await alerts()).toMatchObject([{ ...alert, status: 'resolved', to: 4 }]);
});

test('goes on over a restart as if there were none, and repeats nothing', async () => {
  await begin({ ...HIGH, for: '3m' });
  await minutes(9, 9, 9);
  await end();
  await begin({ ...HIGH, for: '3m' });
  await minutes(9, 9, 9);
  expect(await alerts()).toMatchObject([{ name: 'high', status: 'firing', from: 0 }]);
  const before = await store.listEvents({ limit: 100, subjects: ['alert'] } as never);
  await end();
  await begin({ ...HIGH, for: '3m' });
  await minutes(9, 9);
  expect(await store.listEvents({ limit: 100, subjects: ['alert'] } as never)).toEqual(before);
});

test('an alert whose rule is removed ends', async () => {
  await begin(HIGH);
  await minutes(9, 9, 9, 9);
  await end();
  await begin();
  await minutes(9, 9);
  expect(await alerts()).toMatchObject([
    { status: 'resolved', message: 'high{instance_id="web1"} has ended: the rule was removed' },
  ]);
  expect(await store.ruleMemories()).toHaveLength(1);
});

test('what fires and is told no more goes on, and says since when nothing is known', async () => {
  await begin({ ...HIGH, annotations: { message: 'at {{ value }} %' } });
  await minutes(9, 9, 9);
  expect(await alerts()).toMatchObject([{ status: 'firing', message: 'at 9 %' }]);
  await minutes(null, null, null, null, null);
  const since = new Date(START + 5 * MINUTE).toISOString();
  const message = `high{instance_id="web1"} fires: no data since ${since}`;
  expect(await alerts()).toMatchObject([{ status: 'firing', message, from: 0, to: null }]);
});

test('a shadow is told to nobody', async () => {
  await begin({ ...HIGH, shadow: true });
  await minutes(9, 9, 9, 9);
  expect(await alerts()).toEqual([]);
});

/** Rules by a threshold above `most` throw where they look at a group, as long as `isFaulty`. */
function faultyAbove(most: number, isFaulty: () => boolean) {
  const kind = RULE_KINDS.find(({ name }) => name === 'threshold') as (typeof RULE_KINDS)[number];
  const { bind } = kind;
  jest.spyOn(kind, 'bind').mockImplementation((options, timing) => {
    const condition = bind(options, timing);
    if (!JSON.stringify(options).includes(String(most))) return condition;
    return {
      ...condition,
      look: (scope) => {
        if (isFaulty()) throw new Error('a fault');
        return condition.look(scope);
      },
    };
  });
}

test('a rule that fails is named once, and the others are judged', async () => {
  let isFaulty = true;
  faultyAbove(77, () => isFaulty);
  const faulty = { ...HIGH, name: 'faulty', threshold: { metric: 'cpu.load', above: 77 } };
  await begin(faulty, HIGH, { name: 'either', composite: { any: ['faulty', 'high'] } });
  await minutes(99, 99, 99, 99);
  expect((await alerts()).map(({ name }) => name).toSorted()).toEqual(['either', 'high']);
  expect(failing.splice(0)).toEqual(['faulty: a fault']);
  isFaulty = false;
  await minutes(99, 99, 99);
  expect((await alerts()).map(({ name }) => name).toSorted()).toEqual(['either', 'faulty', 'high']);
  isFaulty = true;
  await minutes(1, 1, 1);
  // By a fault nothing ends: it says since when it is not judged.
  const left = (await alerts()).filter(({ status }) => status === 'firing');
  expect(left.find(({ name }) => name === 'faulty')?.message).toMatch(/fires: cannot be judged \(a fault\) since 2/);
  expect(left.map(({ name }) => name)).not.toContain('high');
  expect(failing.splice(0)).toEqual(['faulty: a fault']);
});

test('time in which no hub was up is nobody else’s silence', async () => {
  const rule = { name: 'gone', missing: { metric: 'cpu.load', after: '5m' } };
  await begin(rule);
  await minutes(1, 1);
  await end();
  await time.tick(30 * MINUTE);
  await begin(rule);
  await minutes(1, 1, 1);
  expect(await alerts()).toEqual([]);
  await minutes(null, null, null, null, null, null, null);
  expect(await alerts()).toMatchObject([{ name: 'gone', status: 'firing' }]);
});

test('old samples are forgotten', async () => {
  await begin();
  await minutes(1, ...Array.from({ length: 75 }, () => null));
  expect(await store.samplesAfter('', 10)).toEqual([]);
});
