import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openHere } from '../../../src/app/halves.ts';
import { createHub } from '../../../src/app/hub.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { startAll } from '../../../src/lib/lifecycle.ts';
import type { Logger } from '../../../src/lib/log/logger.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import { alert, event, incident, save, T, write } from '../../support/stored.ts';

const DAY = 86_400_000;
const AFTER = T + 90 * DAY;

let folder: string;
let timers: { readonly at: number; readonly fn: () => void }[];
let elapsed: number;
let told: unknown[];
let stop: () => Promise<void>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-retention-'));
  [timers, elapsed, told, stop] = [[], 0, [], async () => {}];
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const clock: Clock = {
  now: () => AFTER + elapsed,
  monotonic: () => elapsed,
  after: (ms, fn) => {
    const timer = { at: elapsed + ms, fn };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  },
};
const logger = {
  info: (fields: object, text: string) => told.push({ text, ...fields }),
  warn: () => {},
  error: (fields: object, text: string) => told.push({ text, ...fields }),
  child: () => logger,
} as unknown as Logger;

/** A hub over a store with old and young rows, run for two minutes of its clock, and what is left. */
async function left(
  env: Record<string, string>,
  toldAt = T + 5 * DAY,
): Promise<{ alerts: number; incidents: number; events: number }> {
  const file = join(folder, 'monitor.db');
  const store = openSqliteStore(file, clock);
  const over = { status: 'resolved' as const, endedAt: T };
  const alerts = [alert(1, { lastSeenAt: toldAt }), alert(2, over), alert(3, { ...over, receivedAt: T + 5 * DAY })];
  await save(store, {
    alerts: alerts.map((one) => write('insert', one)),
    incidents: [incident(8, { status: 'resolved', resolvedAt: T }), incident(9)],
    events: [event(1), event(2), event(3, { at: T + 5 * DAY })],
  });
  await store.close();
  const settings = loadSettings({ env: { MONITOR_STATE_DIR: folder, MONITOR_PORT: '0', ...env }, cwd: folder });
  const hub = await createHub(settings, clock, logger, openHere);
  stop = await startAll(hub.parts);
  for (; elapsed < 120_000; elapsed += 100) {
    const due = timers.filter(({ at }) => at <= elapsed);
    timers = timers.filter(({ at }) => at > elapsed);
    for (const { fn } of due) fn();
    if (due.length > 0) for (let turn = 0; turn < 10; turn += 1) await new Promise((done) => setImmediate(done));
  }
  await stop();
  stop = async () => {};
  const after = openSqliteStore(file, clock);
  const found = {
    alerts: (await after.listAlerts({ limit: 10 })).items.length,
    incidents: (await after.listIncidents({ limit: 10 })).items.length,
    events: (await after.history([alert(1).id], 10)).length,
  };
  await after.close();
  return found;
}

test('a hub removes what is older than 90 days, and says so', async () => {
  // Of the alert that fires one old event of its kind goes, for a younger one says the same.
  expect(await left({})).toEqual({ alerts: 2, incidents: 1, events: 1 });
  expect(told).toContainEqual({
    ...{ text: 'old history removed', events: 2, alerts: 1, incidents: 1, silences: 0 },
  });
});

test('as long as the operator says', async () => {
  expect(await left({ MONITOR_RETENTION_HISTORY: '365d' })).toEqual({ alerts: 3, incidents: 2, events: 3 });
});

test('or for ever', async () => {
  expect(await left({ MONITOR_RETENTION_HISTORY: 'forever' })).toEqual({ alerts: 3, incidents: 2, events: 3 });
});

test('an alert that nobody has told of for as long is ended, and removed', async () => {
  expect(await left({}, T)).toEqual({ alerts: 1, incidents: 1, events: 0 });
});
