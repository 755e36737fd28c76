import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createChangeLog, withCommitted } from '../../../src/app/engine/change-log.ts';
import type { Store } from '../../../src/stores/contract/store.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import { alert, event, idOf, incident, save, T, write } from '../../support/stored.ts';

let folder: string;
let store: Store;
let lines: [object, string][];
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-change-log-'));
  lines = [];
  now = T;
  const info = (fields: object, message: string) => void lines.push([fields, message]);
  const log = createChangeLog({ info }, { now: () => now });
  store = withCommitted(openSqliteStore(join(folder, 'monitor.db')), log);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const turn = (kind: string, number = 1, data: object = { alert_id: idOf(7) }) =>
  event(0, { subject: 'incident', subjectId: idOf(number), kind, data: { severity: 'critical', ...data } });

test('each turn of an incident is one line, with what it is about', async () => {
  const incidents = [incident(1, { title: 'Disk usage on web-1' })];
  await save(store, { incidents, events: [event(1), turn('opened'), turn('severity_changed'), turn('notice_sent')] });
  await save(store, { incidents, events: [turn('acknowledged', 1, { by: 'mira' })] });
  const told = { incident: idOf(1), title: 'Disk usage on web-1', severity: 'critical', reason: 'new', firing: 3 };
  expect(lines).toEqual([
    [{ ...told, alert: idOf(7), by: 'cluster:web-1' }, 'incident opened'],
    [{ ...told, alert: idOf(7), by: 'cluster:web-1' }, 'incident severity changed'],
    [{ ...told, alert: undefined, by: 'mira' }, 'incident acknowledged'],
  ]);
});

test('what is not committed is not told', async () => {
  await expect(
    store.transaction(async (tx) => {
      await tx.save({
        alerts: [],
        confirmed: [],
        incidents: [],
        events: [turn('opened')],
        instances: [],
        replays: [],
        samples: [],
      });
      throw new Error('a later step fails');
    }),
  ).rejects.toThrow('a later step fails');
  expect(lines).toEqual([]);
});

test('a storm is told by its beginning, then by how many lines were left out', async () => {
  await save(store, { events: Array.from({ length: 500 }, (_, index) => turn('opened', index)) });
  expect(lines).toHaveLength(200);
  now += 1000;
  await save(store, { events: [turn('resolved')] });
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toMatchObject([{ more: 300 }, 'incident resolved']);
});

test('an alert that joins an incident without turning it is one line, with its name', async () => {
  const incidents = [incident(1, { title: 'Disk usage on web-1' })];
  const joining = alert(8, { name: 'Memory usage', incidentId: idOf(1) });
  const opened = (number: number) =>
    event(number, { subjectId: idOf(number), data: { severity: 'warning', incident_id: idOf(1) } });
  await save(store, { incidents, alerts: [write('insert', joining)], events: [opened(8)] });
  expect(lines).toEqual([
    [
      expect.objectContaining({ incident: idOf(1), alert: idOf(8), name: 'Memory usage', severity: 'warning' }),
      'incident joined',
    ],
  ]);
  lines = [];
  await save(store, { incidents, events: [opened(8), turn('opened')] });
  expect(lines.map(([, message]) => message)).toEqual(['incident opened']);
});
