import { alertKey } from '../../core/alert/identity.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { NewEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import {
  type AlertConfirmation,
  type AlertContent,
  type AlertIdentity,
  type AlertWrite,
  type Changes,
  type FiringAlert,
  NAMESAKES,
  type NamedAlert,
  type ReplayRecord,
  type StoredAlert,
  type Transaction,
} from '../contract/ingest.ts';
import type { SampleWrite } from '../contract/samples.ts';
import type { Execute } from '../notices/rows.ts';
import { type Column, readRow } from '../tables/columns.ts';
import { createEndpointTransaction } from '../tables/endpoints.ts';
import { createPeerTransaction } from '../tables/peers.ts';
import { createSampleTransaction, createShapes } from '../tables/samples.ts';
import { ALERT, ALERT_STATES, ALERTS, EVENTS, INCIDENTS, INSTANCES, REPLAYS, storedAlertOf } from '../tables/tables.ts';
import { createPostgresActions } from './actions.ts';
import { numberArray, textArray } from './array.ts';
import { codeOf, UNIQUE_VIOLATION, WriteConflict } from './error.ts';
import { createPostgresRemoval } from './removal.ts';
import { INGEST } from './statements.ts';
import type { Run } from './work.ts';

/** A transaction of ingest over the statements of one connection. `save` throws WriteConflict when another hub was first. */
export function createPostgresTransaction(run: Run, execute: Execute): Transaction {
  return {
    findAlerts: async (identities) => (identities.length === 0 ? [] : findAlerts(run, identities)),
    findFiringByName: async (wanted) => (wanted.length === 0 ? [] : findFiringByName(run, wanted)),
    countFiring: async (source, origin, limit) => {
      const { rows } = await run(INGEST.countFiring, [source, origin, limit]);
      return rows[0]?.[0] as number;
    },
    findContents: async (refs) => {
      if (refs.length === 0) return [];
      const { rows } = await run(INGEST.findContents, [numberArray(refs)]);
      return rows.map(([content]) => JSON.parse(String(content)) as AlertContent);
    },
    findIncidents: async (ids, keys) => {
      if (ids.length === 0 && keys.length === 0) return [];
      const { rows } = await run(INGEST.findIncidents, [textArray(ids), textArray(keys)]);
      return rows.map((row) => readRow(INCIDENTS.columns, row));
    },
    findInstances: async (ids) => {
      if (ids.length === 0) return [];
      const { rows } = await run(INGEST.findInstances, [textArray(ids)]);
      return rows.map((row) => readRow(INSTANCES.columns, row));
    },
    findOwnKeys: async (keys) => {
      if (keys.length === 0) return [];
      return (await run(INGEST.findOwnKeys, [textArray(keys)])).rows.map(([key, id]) => ({
        key: String(key),
        incidentId: id as string | null,
      }));
    },
    findReplays: async (keys) => {
      if (keys.length === 0) return [];
      const { rows } = await run(INGEST.findReplays, [textArray(keys)]);
      return rows.map((row) => readRow(REPLAYS.columns, row));
    },
    ...createPostgresActions(run),
    ...createEndpointTransaction(execute, ' FOR UPDATE'),
    ...createPeerTransaction(execute, ' FOR UPDATE'),
    ...createSampleTransaction(execute),
    ...createPostgresRemoval(run),
    save: (changes) => save(run, changes),
  };
}

async function findAlerts(run: Run, identities: readonly AlertIdentity[]) {
  const { rows } = await run(INGEST.findAlerts, [
    textArray(identities.map((one) => one.fingerprint)),
    textArray(identities.map((one) => one.origin)),
    textArray(identities.map((one) => one.source)),
  ]);
  const found: (StoredAlert | undefined)[] = identities.map(() => undefined);
  for (const row of rows) found[(row[0] as number) - 1] = storedAlertOf(row, 1);
  return found;
}

async function findFiringByName(run: Run, wanted: readonly NamedAlert[]) {
  const { rows } = await run(INGEST.findFiringByName, [
    textArray(wanted.map((one) => one.name)),
    textArray(wanted.map((one) => one.origin)),
    textArray(wanted.map((one) => one.source)),
    NAMESAKES + 1,
  ]);
  const found: FiringAlert[][] = wanted.map(() => []);
  for (const [n, given, content] of rows as [number, string, string][]) {
    const { source, origin } = wanted[n - 1] as NamedAlert;
    const fingerprint = String(given);
    const identity = { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) };
    found[n - 1]?.push({ identity, labels: (JSON.parse(String(content)) as AlertContent).labels });
  }
  return found;
}

/** Sends all writes at once and waits for their answers; new rows go in by the order of what they are unique by. */
async function save(
  run: Run,
  { alerts, confirmed, incidents, events, instances, replays, samples }: Changes,
): Promise<number | null> {
  const inserts = alerts.filter((write) => write.mode === 'insert' || write.ref === null);
  const rewrites = alerts.filter((write) => write.mode !== 'insert' && write.ref !== null);
  const updates = rewrites.filter((write) => write.mode === 'update');
  const expiring = rewrites.filter((write) => write.checkAt !== null);
  const sent: Promise<void>[] = [];
  if (instances.length > 0) sent.push(saveInstances(run, instances.toSorted(by((one) => one.instanceId))));
  if (inserts.length > 0) sent.push(insertAlerts(run, inserts.toSorted(by((one) => one.key))));
  if (updates.length > 0) sent.push(updateAlerts(run, updates));
  if (rewrites.length > 0) sent.push(updateStates(run, rewrites));
  if (confirmed.length > 0) sent.push(confirmAlerts(run, confirmed));
  if (expiring.length > 0) sent.push(saveExpiries(run, expiring));
  // Those of one key stay as they came, an ended one before the live one that follows it.
  if (incidents.length > 0) sent.push(saveIncidents(run, incidents.toSorted(by((one) => one.key))));
  if (replays.length > 0) sent.push(insertReplays(run, replays.toSorted(by((one) => one.key))));
  if (samples.length > 0) sent.push(insertSamples(run, samples));
  let seq: number | null = null;
  const numbered = async () => {
    seq = await insertEvents(run, events);
  };
  if (events.length > 0) sent.push(numbered());
  // The first in their order: after one that failed, the others only say that the transaction is broken off.
  for (const outcome of await Promise.allSettled(sent)) if (outcome.status === 'rejected') throw outcome.reason;
  return seq;
}

function by<T>(key: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}

/** A parameter for each column: the values of all rows as one array. */
function arraysOf<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  return columns.map(({ type, write }) =>
    type === 'text'
      ? textArray(rows.map((row) => write(row) as string | null))
      : numberArray(rows.map((row) => write(row) as number | null)),
  );
}

async function insertAlerts(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  const alerts = writes.map((write) => write.alert);
  const checks = numberArray(writes.map((write) => write.checkAt));
  const { rowCount } = await run(INGEST.insertAlerts, [...arraysOf(ALERT, alerts), checks]);
  if (rowCount !== writes.length) throw new WriteConflict('an alert of the same identity is there already');
}

const refsOf = (rows: readonly { readonly ref: number | null }[]) => numberArray(rows.map(({ ref }) => ref));
const alertsOf = (writes: readonly AlertWrite[]) => writes.map((write) => write.alert);

async function updateAlerts(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  await run(INGEST.updateAlerts, [refsOf(writes), ...arraysOf(ALERTS.changing, alertsOf(writes))]);
}

async function updateStates(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  await run(INGEST.updateStates, [refsOf(writes), ...arraysOf(ALERT_STATES.columns, alertsOf(writes))]);
}

async function confirmAlerts(run: Run, confirmed: readonly AlertConfirmation[]): Promise<void> {
  await run(INGEST.confirmAlerts, [refsOf(confirmed), numberArray(confirmed.map((one) => one.observedAt))]);
}

async function saveExpiries(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  await run(INGEST.saveExpiries, [refsOf(writes), numberArray(writes.map((write) => write.checkAt))]);
}

async function saveIncidents(run: Run, incidents: readonly Incident[]): Promise<void> {
  await run(INGEST.saveIncidents, arraysOf(INCIDENTS.columns, incidents)).catch((error: unknown) => {
    // By the index of live incidents: another hub has just opened one of the same key.
    throw codeOf(error) === UNIQUE_VIOLATION ? new WriteConflict('the key has a live incident already') : error;
  });
}

async function insertEvents(run: Run, events: readonly NewEvent[]): Promise<number> {
  const { rows } = await run(INGEST.insertEvents, arraysOf(EVENTS.columns, events));
  return Number(rows[0]?.[0]);
}

async function saveInstances(run: Run, instances: readonly Instance[]): Promise<void> {
  await run(INGEST.saveInstances, arraysOf(INSTANCES.columns, instances));
}

async function insertReplays(run: Run, replays: readonly ReplayRecord[]): Promise<void> {
  const { rowCount } = await run(INGEST.insertReplays, arraysOf(REPLAYS.columns, replays));
  if (rowCount !== replays.length) throw new WriteConflict('a request of the same name is there already');
}

async function insertSamples(run: Run, samples: readonly SampleWrite[]): Promise<void> {
  const shapeOf = createShapes();
  const shapes = samples.map(({ names }) => shapeOf(names));
  // Two hubs may write the same ones: in one order, neither waits for the other in turn.
  const distinct = [...new Set(shapes)].toSorted(by(({ id }) => id));
  await Promise.all([
    run(INGEST.insertShapes, [textArray(distinct.map(({ id }) => id)), textArray(distinct.map(({ names }) => names))]),
    run(INGEST.insertSamples, [
      textArray(samples.map(({ instanceId }) => instanceId)),
      numberArray(samples.map(({ at }) => at)),
      numberArray(samples.map(({ receivedAt }) => receivedAt)),
      textArray(shapes.map(({ id }) => id)),
      textArray(samples.map(({ values }) => JSON.stringify(values))),
    ]),
  ]);
}
