import type { Instance } from '../../core/cluster/instance.ts';
import type { NewEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type {
  AlertConfirmation,
  AlertContent,
  AlertIdentity,
  AlertWrite,
  Changes,
  ReplayRecord,
  StoredAlert,
  Transaction,
} from '../contract/ingest.ts';
import { incidentOf, instanceOf } from '../tables/rows.ts';
import type { IncidentRow, InstanceRow } from '../tables/tables.ts';
import { numberArray, textArray } from './array.ts';
import { codeOf, UNIQUE_VIOLATION, WriteConflict } from './error.ts';
import { INGEST } from './statements.ts';
import type { Run } from './work.ts';

/** A transaction of ingest over the statements of one connection. `save` throws WriteConflict when another hub was first. */
export function createPostgresTransaction(run: Run): Transaction {
  return {
    findAlerts: async (identities) => (identities.length === 0 ? [] : findAlerts(run, identities)),
    findContents: async (refs) => {
      if (refs.length === 0) return [];
      const { rows } = await run(INGEST.findContents, [numberArray(refs)]);
      return rows.map(([content]) => JSON.parse(String(content)) as AlertContent);
    },
    findIncidents: async (ids, keys) => {
      if (ids.length === 0 && keys.length === 0) return [];
      const { rows } = await run(INGEST.findIncidents, [textArray(ids), textArray(keys)]);
      return rows.map((row) => incidentOf(named(INCIDENT, row) as IncidentRow & object));
    },
    findInstances: async (ids) => {
      if (ids.length === 0) return [];
      const { rows } = await run(INGEST.findInstances, [textArray(ids)]);
      return rows.map((row) => instanceOf(named(INSTANCE, row) as InstanceRow & object));
    },
    findReplays: async (keys) => {
      if (keys.length === 0) return [];
      const { rows } = await run(INGEST.findReplays, [textArray(keys)]);
      return rows.map((row) => named(REPLAY, row) as ReplayRecord & object);
    },
    save: (changes) => save(run, changes),
  };
}

const INCIDENT = [
  ...['id', 'key', 'title', 'status', 'severity', 'opened_at', 'acknowledged_at', 'resolved_at', 'alert_count'],
  ...['firing_critical', 'firing_warning', 'firing_info'],
];
const INSTANCE = [
  ...['instance_id', 'hostname', 'version', 'first_seen_at', 'last_seen_at', 'clock_offset_ms', 'stale_at'],
  'silent_since',
];
const REPLAY = ['key', 'signature', 'answer', 'at'];

function named(columns: readonly string[], row: readonly unknown[]): object {
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]));
}

async function findAlerts(run: Run, identities: readonly AlertIdentity[]) {
  const { rows } = await run(INGEST.findAlerts, [
    textArray(identities.map((one) => one.fingerprint)),
    textArray(identities.map((one) => one.origin)),
    textArray(identities.map((one) => one.source)),
  ]);
  const found: (StoredAlert | undefined)[] = identities.map(() => undefined);
  for (const row of rows) {
    const [n, ref, id, name, status, severity, ...rest] = row as FoundAlert;
    const [startedAt, endedAt, observedAt, receivedAt, occurrences, incidentId, expiresAt] = rest;
    const times = { startedAt, endedAt, observedAt, receivedAt, expiresAt };
    found[n - 1] = { ref, id, name, status, severity, ...times, occurrences, incidentId };
  }
  return found;
}

type FoundAlert = [
  n: number,
  ref: number,
  id: string,
  name: string,
  status: StoredAlert['status'],
  severity: StoredAlert['severity'],
  startedAt: number,
  endedAt: number | null,
  observedAt: number,
  receivedAt: number,
  occurrences: number,
  incidentId: string | null,
  expiresAt: number | null,
];

/** Sends all writes at once and waits for their answers; new rows go in by the order of what they are unique by. */
async function save(run: Run, { alerts, confirmed, incidents, events, instances, replays }: Changes): Promise<void> {
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
  if (events.length > 0) sent.push(insertEvents(run, events));
  // The first in their order: after one that failed, the others only say that the transaction is broken off.
  for (const outcome of await Promise.allSettled(sent)) if (outcome.status === 'rejected') throw outcome.reason;
}

function by<T>(key: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}

function columnsOf<T>(rows: readonly T[]) {
  return {
    text: (read: (row: T) => string | null) => textArray(rows.map(read)),
    number: (read: (row: T) => number | null) => numberArray(rows.map(read)),
  };
}

function contentOf({ alert: { labels, annotations, metrics } }: AlertWrite): string {
  return JSON.stringify({ labels, annotations, metrics } satisfies AlertContent);
}

async function insertAlerts(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  const { text, number } = columnsOf(writes);
  const { rowCount } = await run(INGEST.insertAlerts, [
    text((w) => w.alert.id),
    text((w) => w.alert.source),
    text((w) => w.alert.origin),
    text((w) => w.alert.fingerprint),
    text((w) => w.alert.name),
    text((w) => w.alert.status),
    text((w) => w.alert.severity),
    number((w) => w.alert.startedAt),
    number((w) => w.alert.endedAt),
    number((w) => w.alert.receivedAt),
    text((w) => w.alert.incidentId),
    number((w) => w.alert.observedAt),
    number((w) => w.alert.lastSeenAt),
    number((w) => w.alert.occurrences),
    text(contentOf),
    number((w) => w.alert.expiresAt),
    number((w) => w.checkAt),
  ]);
  if (rowCount !== writes.length) throw new WriteConflict('an alert of the same identity is there already');
}

async function updateAlerts(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  const { text, number } = columnsOf(writes);
  await run(INGEST.updateAlerts, [
    number((w) => w.ref),
    text((w) => w.alert.name),
    text((w) => w.alert.status),
    text((w) => w.alert.severity),
    number((w) => w.alert.startedAt),
    number((w) => w.alert.endedAt),
    number((w) => w.alert.receivedAt),
    text((w) => w.alert.incidentId),
  ]);
}

async function confirmAlerts(run: Run, confirmations: readonly AlertConfirmation[]): Promise<void> {
  const { number } = columnsOf(confirmations);
  await run(INGEST.confirmAlerts, [number((c) => c.ref), number((c) => c.observedAt)]);
}

async function updateStates(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  const { text, number } = columnsOf(writes);
  await run(INGEST.updateStates, [
    number((w) => w.ref),
    number((w) => w.alert.observedAt),
    number((w) => w.alert.lastSeenAt),
    number((w) => w.alert.occurrences),
    text(contentOf),
    number((w) => w.alert.expiresAt),
  ]);
}

async function saveExpiries(run: Run, writes: readonly AlertWrite[]): Promise<void> {
  const { number } = columnsOf(writes);
  await run(INGEST.saveExpiries, [number((w) => w.ref), number((w) => w.checkAt)]);
}

async function saveIncidents(run: Run, incidents: readonly Incident[]): Promise<void> {
  const { text, number } = columnsOf(incidents);
  await run(INGEST.saveIncidents, [
    text((i) => i.id),
    text((i) => i.key),
    text((i) => i.title),
    text((i) => i.status),
    text((i) => i.severity),
    number((i) => i.openedAt),
    number((i) => i.acknowledgedAt),
    number((i) => i.resolvedAt),
    number((i) => i.alertCount),
    number((i) => i.firing.critical),
    number((i) => i.firing.warning),
    number((i) => i.firing.info),
  ]).catch((error: unknown) => {
    // By the index of live incidents: another hub has just opened one of the same key.
    throw codeOf(error) === UNIQUE_VIOLATION ? new WriteConflict('the key has a live incident already') : error;
  });
}

async function insertEvents(run: Run, events: readonly NewEvent[]): Promise<void> {
  const { text, number } = columnsOf(events);
  await run(INGEST.insertEvents, [
    number((e) => e.at),
    text((e) => e.subject),
    text((e) => e.subjectId),
    text((e) => e.kind),
    text((e) => e.reason),
    text((e) => e.actor),
    text((e) => JSON.stringify(e.data)),
  ]);
}

async function saveInstances(run: Run, instances: readonly Instance[]): Promise<void> {
  const { text, number } = columnsOf(instances);
  await run(INGEST.saveInstances, [
    text((i) => i.instanceId),
    text((i) => i.hostname),
    text((i) => i.version),
    number((i) => i.firstSeenAt),
    number((i) => i.lastSeenAt),
    number((i) => i.clockOffsetMs),
    number((i) => i.staleAt),
    number((i) => i.silentSince),
  ]);
}

async function insertReplays(run: Run, replays: readonly ReplayRecord[]): Promise<void> {
  const { text, number } = columnsOf(replays);
  const { rowCount } = await run(INGEST.insertReplays, [
    text((d) => d.key),
    text((d) => d.signature),
    text((d) => d.answer),
    number((d) => d.at),
  ]);
  if (rowCount !== replays.length) throw new WriteConflict('a request of the same name is there already');
}
