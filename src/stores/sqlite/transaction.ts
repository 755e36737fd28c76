import type BetterSqlite3 from 'better-sqlite3';
import type { Instance } from '../../core/cluster/instance.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { createRecent, type Recent } from '../../lib/recent.ts';
import type {
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

// About 300 bytes an entry: most of what repeats is found here, and the memory stays small however much is stored.
const ALERTS = 50_000;
const INSTANCES = 20_000;

/** What the connection remembers of its own last writes and reads. */
interface Memory {
  readonly alerts: Recent<Remembered>;
  readonly instances: Recent<Instance>;
}

/** Belongs to the memory and is changed in place when the alert is written. */
type Remembered = { -readonly [K in keyof StoredAlert]: StoredAlert[K] };

/**
 * The statements of ingest on one connection, prepared once. They run one row at a time: in process, that costs less
 * than building lists for SQLite to take apart, and the rows of a batch share one commit all the same.
 */
export function createSqliteTransaction(db: BetterSqlite3.Database): SqliteTransaction {
  const statements = prepare(db);
  const memory: Memory = { alerts: createRecent(ALERTS), instances: createRecent(INSTANCES) };
  const forget = () => {
    memory.alerts.clear();
    memory.instances.clear();
  };
  let dataVersion = 0;
  return {
    begin() {
      // Moves when another connection has written, such as a second process: what is remembered may then be wrong.
      const present = statements.dataVersion.get() as number;
      if (present !== dataVersion) forget();
      dataVersion = present;
    },
    forget,
    forgetAlert: (key) => memory.alerts.delete(key),
    findAlerts: async (identities) => identities.map((identity) => findAlert(statements.alert, memory, identity)),
    findContents: async (refs) => refs.map((ref) => JSON.parse(statements.content.get(ref) as string) as AlertContent),
    findIncidents: async (ids, keys) => {
      const byId = ids.map((id) => statements.incident.get(id));
      const byKey = keys.map((key) => statements.live.get(key) ?? statements.last.get(key));
      const rows = [...byId, ...byKey] as (IncidentRow | undefined)[];
      const found = new Map<string, Incident>();
      for (const row of rows) if (row !== undefined) found.set(row.id, incidentOf(row));
      return [...found.values()];
    },
    findInstances: async (ids) => {
      const found: Instance[] = [];
      for (const id of ids) {
        const instance = memory.instances.get(id) ?? readInstance(statements.instance, memory, id);
        if (instance !== undefined) found.push(instance);
      }
      return found;
    },
    findReplays: async (keys) => keys.flatMap((key) => (statements.replay.get(key) as ReplayRecord | undefined) ?? []),
    save: async (changes) => save(statements, memory, changes),
  };
}

/** A transaction, and what its store tells it at the edges. */
export interface SqliteTransaction extends Transaction {
  /** A transaction has begun. */
  begin(): void;
  /** It was rolled back: nothing that it remembered is true. */
  forget(): void;
  /** The alert of this identity has been removed. */
  forgetAlert(key: string): void;
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: BetterSqlite3.Database) {
  return {
    dataVersion: db.prepare('PRAGMA data_version').pluck(),
    alert: db
      .prepare(
        `SELECT alerts.rid, id, name, status, severity, started_at, ended_at, observed_at, received_at, occurrences,
           incident_id, expires_at
         FROM alerts JOIN alert_states ON alert_states.rid = alerts.rid
         WHERE fingerprint = ? AND origin = ? AND source = ?`,
      )
      .raw(),
    content: db.prepare('SELECT content FROM alert_states WHERE rid = ?').pluck(),
    incident: db.prepare('SELECT * FROM incidents WHERE id = ?'),
    live: db.prepare(`SELECT * FROM incidents WHERE key = ? AND status IN ('open', 'acknowledged')`),
    last: db.prepare('SELECT * FROM incidents WHERE key = ? ORDER BY id DESC LIMIT 1'),
    instance: db.prepare('SELECT * FROM instances WHERE instance_id = ?'),
    replay: db.prepare('SELECT key, signature, answer, at FROM replays WHERE key = ?'),
    insertAlert: db.prepare(
      `INSERT INTO alerts (id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at,
         incident_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertState: db.prepare(
      `INSERT INTO alert_states (rid, observed_at, last_seen_at, occurrences, content, expires_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    updateAlert: db.prepare(
      `UPDATE alerts SET name = ?, status = ?, severity = ?, started_at = ?, ended_at = ?, received_at = ?,
         incident_id = ? WHERE rid = ?`,
    ),
    updateState: db.prepare(
      `UPDATE alert_states SET observed_at = ?, last_seen_at = ?, occurrences = ?, content = ?, expires_at = ?
       WHERE rid = ?`,
    ),
    saveExpiry: db.prepare(
      'INSERT INTO expiries (rid, check_at) VALUES (?, ?) ON CONFLICT (rid) DO UPDATE SET check_at = excluded.check_at',
    ),
    saveIncident: db.prepare(
      `INSERT INTO incidents (id, key, title, status, severity, opened_at, acknowledged_at, resolved_at, alert_count,
         firing_critical, firing_warning, firing_info)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, severity = excluded.severity,
         acknowledged_at = excluded.acknowledged_at, resolved_at = excluded.resolved_at,
         alert_count = excluded.alert_count, firing_critical = excluded.firing_critical,
         firing_warning = excluded.firing_warning, firing_info = excluded.firing_info`,
    ),
    confirm: db.prepare('UPDATE alert_states SET observed_at = ? WHERE rid = ?'),
    insertEvent: db.prepare(
      'INSERT INTO events (at, subject, subject_id, kind, reason, actor, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    saveInstance: db.prepare(
      `INSERT INTO instances (instance_id, hostname, version, first_seen_at, last_seen_at, clock_offset_ms, stale_at,
         silent_since)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (instance_id) DO UPDATE SET hostname = excluded.hostname, version = excluded.version,
         last_seen_at = excluded.last_seen_at, clock_offset_ms = excluded.clock_offset_ms,
         stale_at = excluded.stale_at, silent_since = excluded.silent_since`,
    ),
    insertReplay: db.prepare('INSERT INTO replays (key, signature, answer, at) VALUES (?, ?, ?, ?)'),
  };
}

type AlertTuple = [
  number,
  string,
  string,
  StoredAlert['status'],
  StoredAlert['severity'],
  number,
  number | null,
  number,
  number,
  number,
  string | null,
  number | null,
];

function findAlert(
  statement: BetterSqlite3.Statement,
  { alerts }: Memory,
  identity: AlertIdentity,
): StoredAlert | undefined {
  const remembered = alerts.get(identity.key);
  if (remembered !== undefined) return remembered;
  const row = statement.get(identity.fingerprint, identity.origin, identity.source) as AlertTuple | undefined;
  if (row === undefined) return undefined;
  const [ref, id, name, status, severity, startedAt, endedAt, observedAt, receivedAt, occurrences] = row;
  const [incidentId, expiresAt] = [row[10], row[11]];
  const alert = {
    ref,
    id,
    name,
    status,
    severity,
    startedAt,
    endedAt,
    observedAt,
    receivedAt,
    occurrences,
    incidentId,
    expiresAt,
  };
  alerts.set(identity.key, alert);
  return alert;
}

function readInstance(statement: BetterSqlite3.Statement, { instances }: Memory, id: string): Instance | undefined {
  const row = statement.get(id) as InstanceRow | undefined;
  if (row === undefined) return undefined;
  const instance = instanceOf(row);
  instances.set(id, instance);
  return instance;
}

function save(statements: Statements, memory: Memory, changes: Changes): void {
  for (const write of changes.alerts) {
    const ref = saveAlert(statements, write);
    remember(memory, write, ref);
    if (write.checkAt !== null) statements.saveExpiry.run(ref, write.checkAt);
  }
  for (const { key, ref, observedAt } of changes.confirmed) {
    statements.confirm.run(observedAt, ref);
    const known = memory.alerts.get(key);
    if (known !== undefined) known.observedAt = observedAt;
  }
  for (const incident of changes.incidents) saveIncident(statements, incident);
  for (const event of changes.events) {
    const { at, subject, subjectId, kind, reason, actor, data } = event;
    statements.insertEvent.run(at, subject, subjectId, kind, reason, actor, JSON.stringify(data));
  }
  for (const instance of changes.instances) {
    saveInstance(statements, instance);
    memory.instances.set(instance.instanceId, instance);
  }
  for (const { key, signature, answer, at } of changes.replays) statements.insertReplay.run(key, signature, answer, at);
}

function remember({ alerts }: Memory, { key, mode, alert }: AlertWrite, ref: number): void {
  const known = alerts.get(key);
  if (known !== undefined && mode === 'refresh') {
    known.observedAt = alert.observedAt;
    known.occurrences = alert.occurrences;
    known.expiresAt = alert.expiresAt;
    return;
  }
  const { id, name, status, severity, startedAt, endedAt, observedAt, receivedAt, occurrences } = alert;
  const { incidentId, expiresAt } = alert;
  const values = {
    ref,
    id,
    name,
    status,
    severity,
    startedAt,
    endedAt,
    observedAt,
    receivedAt,
    occurrences,
    incidentId,
    expiresAt,
  };
  if (known === undefined) alerts.set(key, values);
  else Object.assign(known, values);
}

/** Writes an alert and gives the number of its rows. */
function saveAlert(statements: Statements, { mode, ref, alert: a }: AlertWrite): number {
  const content = JSON.stringify({
    labels: a.labels,
    annotations: a.annotations,
    metrics: a.metrics,
  } satisfies AlertContent);
  if (mode === 'insert' || ref === null) {
    const { lastInsertRowid } = statements.insertAlert.run(
      ...[a.id, a.source, a.origin, a.fingerprint, a.name, a.status, a.severity, a.startedAt, a.endedAt],
      ...[a.receivedAt, a.incidentId],
    );
    statements.insertState.run(lastInsertRowid, a.observedAt, a.lastSeenAt, a.occurrences, content, a.expiresAt);
    return Number(lastInsertRowid);
  }
  if (mode === 'update') {
    const { name, status, severity, startedAt, endedAt, receivedAt, incidentId } = a;
    statements.updateAlert.run(name, status, severity, startedAt, endedAt, receivedAt, incidentId, ref);
  }
  statements.updateState.run(a.observedAt, a.lastSeenAt, a.occurrences, content, a.expiresAt, ref);
  return ref;
}

function saveIncident(statements: Statements, i: Incident): void {
  const { critical, warning, info } = i.firing;
  statements.saveIncident.run(
    ...[i.id, i.key, i.title, i.status, i.severity, i.openedAt, i.acknowledgedAt, i.resolvedAt, i.alertCount],
    ...[critical, warning, info],
  );
}

function saveInstance(statements: Statements, i: Instance): void {
  statements.saveInstance.run(
    ...[i.instanceId, i.hostname, i.version, i.firstSeenAt, i.lastSeenAt, i.clockOffsetMs, i.staleAt, i.silentSince],
  );
}
