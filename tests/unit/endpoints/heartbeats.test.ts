import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWriter } from '../../../src/app/writer.ts';
import type { Ping } from '../../../src/core/endpoint/push/ping.ts';
import { createEndpoints, type Endpoints } from '../../../src/endpoints/endpoints.ts';
import { PUSH_WITNESS } from '../../../src/endpoints/pings.ts';
import type { EndpointPlan } from '../../../src/endpoints/plan.ts';
import type { Store } from '../../../src/stores/contract/store.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import { handClock } from '../../support/hand-clock.ts';
import fc from '../../support/property.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const KEY = 'core_job';

const plan: EndpointPlan = {
  endpoints: [
    {
      ...{ key: KEY, name: 'job', group: 'core', target: '', labels: {}, probes: [PUSH_WITNESS] },
      ...{ intervalMs: Number.MAX_SAFE_INTEGER / 4, rule: { kind: 'strategy', strategy: 'any-down' } },
      push: { schedule: { kind: 'period', periodMs: 2 * MINUTE }, graceMs: MINUTE, maxRunMs: 2 * MINUTE },
      alerts: [
        {
          ...{ failureThreshold: 1, successThreshold: 1, quorum: null, severity: 'critical', description: '' },
          ...{ reminderMs: 0, sendOnResolved: true },
        },
      ],
    },
  ],
  maintenance: {},
  probes: [],
};

let store: Store;
let time: ReturnType<typeof handClock>;
let running: Endpoints;
let processes = 0;
let stores = 0;
const failures: unknown[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-heartbeats-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A hub that begins: nothing is known to it but what the store has. */
async function begin() {
  processes += 1;
  const holder = `hub-${processes}`;
  const writer = createWriter(
    { store, drivers: new Map(), clock: time.clock, onCommit: () => {}, onFailure: (_, error) => failures.push(error) },
    {
      grouping: { groupBy: [], reopenWithinMs: MINUTE },
      ...{ staleAfterMs: MINUTE, resolveTimeoutMs: MINUTE, holder, limits: { perSecond: 0, burst: 0 } },
      ...{ firingAlerts: 1000, figures: null, newInstances: 1000 },
    },
  );
  const onFailure = (error: unknown) => failures.push(error);
  running = createEndpoints(
    { store, clock: time.clock, holder, onCommit: () => {}, plan: writer.plan, onFailure },
    plan,
  );
  for (const part of running.parts) await part.start();
}

/** What was under way ends with it; nothing is given back but the lease, for which the next one would only wait. */
async function end() {
  for (const part of running.parts.toReversed()) await part.stop();
}

async function call(kind: Ping['kind'], run = '') {
  const at = time.clock.now();
  const ping = { kind, at, run, exitCode: null, durationMs: null, error: '', body: '', isBinary: false };
  const taken = running.report({ sighting: null, looks: [], pings: [{ ...ping, key: KEY }], receivedAt: at });
  await time.tick(0);
  await taken;
}

/** What alerts came to, oldest first: whether it fires, or has ended. */
async function said(): Promise<readonly string[]> {
  const { items } = await store.listEvents({ limit: 500, subjects: ['alert'] });
  return items.map(({ kind }) => (kind === 'resolved' ? 'ends' : 'fires')).reverse();
}

/** Pieces of the life of a job, each a call a minute or none, and how it stands at their end. */
const QUIET = Array.from({ length: 18 }, () => null);
const PIECES = {
  healthy: { calls: ['success', null, 'success', null, 'success'], isDown: false },
  silent: { calls: QUIET, isDown: true },
  fails: { calls: ['start', 'fail', null], isDown: true },
  hangs: { calls: ['success', 'start', ...QUIET], isDown: true },
} as const satisfies Record<string, { calls: readonly (Ping['kind'] | null)[]; isDown: boolean }>;

test('a restart at any step fires nothing twice and forgets nothing', async () => {
  const piece = fc.constantFrom(...(Object.keys(PIECES) as (keyof typeof PIECES)[]));
  const life = fc.array(piece, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(life, fc.array(fc.nat(60), { maxLength: 12 }), async (pieces, restarts) => {
      time = handClock();
      store = openSqliteStore(join(folder, `${stores++}.db`), time.clock);
      await begin();
      await call('success');
      const expected: string[] = [];
      let isDown = false;
      let step = 0;
      for (const name of pieces) {
        const { calls, isDown: endsDown } = PIECES[name];
        const succeeds = calls.some((kind) => kind === 'success');
        if (isDown && succeeds) expected.push('ends');
        if (endsDown && (!isDown || succeeds)) expected.push('fires');
        isDown = endsDown;
        for (const kind of calls) {
          if (restarts.includes(step)) {
            await end();
            await begin();
          }
          step += 1;
          if (kind !== null) await call(kind);
          await time.tick(MINUTE);
        }
      }
      expect(await said()).toEqual(expected);
      await end();
      await store.close();
      expect(failures).toEqual([]);
    }),
    { numRuns: 10 },
  );
}, 120_000);

test('a hub that was down for long does not fire for what it could not take, and fires for what is missed after', async () => {
  time = handClock();
  store = openSqliteStore(join(folder, `${stores++}.db`), time.clock);
  await begin();
  await call('success');
  await time.tick(MINUTE);
  await end();
  time.pass(30 * MINUTE);
  await begin();
  await time.tick(2 * MINUTE + 50 * SECOND);
  expect(await said()).toEqual([]);
  await time.tick(20 * SECOND);
  expect(await said()).toEqual(['fires']);
  await end();
  await store.close();
});

test('a process that was held up is no job that failed', async () => {
  time = handClock();
  store = openSqliteStore(join(folder, `${stores++}.db`), time.clock);
  await begin();
  await call('success');
  await time.tick(MINUTE);
  time.pass(60 * MINUTE);
  await time.tick(2 * MINUTE + 30 * SECOND);
  expect(await said()).toEqual([]);
  await call('success');
  await end();
  await store.close();
});
