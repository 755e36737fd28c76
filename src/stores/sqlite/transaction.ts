import type BetterSqlite3 from 'better-sqlite3';
import { alertKey } from '../../core/alert/identity.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { createRecent, type Recent } from '../../lib/recent.ts';
import {
  type AlertContent,
  type AlertIdentity,
  type AlertWrite,
  type Changes,
  type FiringAlert,
  NAMESAKES,
  type NamedAlert,
  type StoredAlert,
  type Transaction,
} from '../contract/ingest.ts';
import type { OwnKey } from '../contract/notices.ts';
import { type Column, listOf, readRow, type Table, takenFrom, valuesOf } from '../tables/columns.ts';
import { createEndpointTransaction } from '../tables/endpoints.ts';
import { createPeerTransaction } from '../tables/peers.ts';
import { createSampleTransaction } from '../tables/samples.ts';
import {
  ALERT_CONTENTS,
  ALERT_SIGHTINGS,
  ALERTS,
  EVENTS,
  INCIDENTS,
  INSTANCES,
  REPLAYS,
  STORED_ALERT_LIST,
  storedAlertOf,
  toStored,
} from '../tables/tables.ts';
import { createSqliteActions } from './actions.ts';
import { contentDigest } from './content-digest.ts';
import { executeOn } from './followers.ts';
import { createRememberedAlerts, type RememberedAlerts } from './remembered.ts';
import { createSqliteRemoval } from './removal.ts';
import { createSqliteSamples } from './samples.ts';

// At most, and half of it at least: what comes round and round is found as long as there is no more of it than that half.
// Some 300 bytes an alert, so the memory stays small however much is stored.
const REMEMBERED = { alerts: 100_000, instances: 40_000 };

/** What the connection remembers of its own last writes and reads. */
interface Memory {
  readonly alerts: RememberedAlerts;
  readonly instances: Recent<Instance>;
}

/**
 * The statements of ingest on one connection, prepared once. They run one row at a time: in process, that costs less
 * than building lists for SQLite to take apart, and the rows of a batch share one commit all the same.
 */
export function createSqliteTransaction(db: BetterSqlite3.Database): SqliteTransaction {
  const statements = prepare(db);
  const memory: Memory = {
    alerts: createRememberedAlerts(REMEMBERED.alerts),
    instances: createRecent(REMEMBERED.instances),
  };
  const samples = createSqliteSamples(db);
  const forget = () => {
    memory.alerts.clear();
    memory.instances.clear();
    samples.forget();
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
    findFiringByName: async (wanted) => wanted.map((one) => findFiringByName(statements, one)),
    countFiring: async (source, origin, limit) =>
      statements[origin === '' ? 'countFiring' : 'countFiringOf'].get(origin, source, limit) as number,
    findContents: async (refs) => refs.map((ref) => JSON.parse(statements.content.get(ref) as string) as AlertContent),
    findIncidents: async (ids, keys) => {
      const byId = ids.map((id) => statements.incident.get(id));
      const byKey = keys.map((key) => statements.live.get(key) ?? statements.last.get(key));
      const rows = [...byId, ...byKey] as (readonly unknown[] | undefined)[];
      const found = new Map<string, Incident>();
      for (const row of rows) {
        if (row === undefined) continue;
        const incident = readRow(INCIDENTS.columns, row);
        found.set(incident.id, incident);
      }
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
    findOwnKeys: async (keys) => keys.flatMap((key) => (statements.ownKey.get(key) as OwnKey | undefined) ?? []),
    findReplays: async (keys) =>
      keys.flatMap((key) => {
        const row = statements.replay.get(key) as readonly unknown[] | undefined;
        return row === undefined ? [] : readRow(REPLAYS.columns, row);
      }),
    ...createSqliteActions(db),
    ...createEndpointTransaction(executeOn(db), ''),
    ...createPeerTransaction(executeOn(db), ''),
    ...createSampleTransaction(executeOn(db)),
    ...createSqliteRemoval(db, {
      alert: (key) => memory.alerts.delete(key),
      instance: (id) => memory.instances.delete(id),
    }),
    save: async (changes) => {
      const seq = save(statements, memory, changes);
      samples.write(changes.samples);
      return seq;
    },
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
  const incidents = `SELECT ${listOf(INCIDENTS.columns)} FROM incidents`;
  return {
    dataVersion: db.prepare('PRAGMA data_version').pluck(),
    alert: db
      .prepare(
        `SELECT ${STORED_ALERT_LIST} FROM alerts AS a JOIN alert_sightings AS s ON s.rid = a.rid
         WHERE fingerprint = ? AND origin = ? AND source = ?`,
      )
      .raw(),
    namesakes: db.prepare(
      'SELECT rid, source, origin, fingerprint, status FROM alerts WHERE name = ? ORDER BY id DESC LIMIT ?',
    ),
    content: db.prepare('SELECT content FROM alert_contents WHERE rid = ?').pluck(),
    // Of a tool, whose alerts have no origin, by what fires; of an instance by what it has ever told.
    countFiring: db
      .prepare(
        "SELECT count(*) FROM (SELECT 1 FROM alerts WHERE status = 'firing' AND +origin = ? AND source = ? LIMIT ?)",
      )
      .pluck(),
    countFiringOf: db
      .prepare(
        "SELECT count(*) FROM (SELECT 1 FROM alerts WHERE +status = 'firing' AND origin = ? AND source = ? LIMIT ?)",
      )
      .pluck(),
    incident: db.prepare(`${incidents} WHERE id = ?`).raw(),
    live: db.prepare(`${incidents} WHERE key = ? AND status IN ('open', 'acknowledged')`).raw(),
    last: db.prepare(`${incidents} WHERE key = ? ORDER BY id DESC LIMIT 1`).raw(),
    instance: db.prepare(`SELECT ${listOf(INSTANCES.columns)} FROM instances WHERE instance_id = ?`).raw(),
    ownKey: db.prepare('SELECT key, incident_id AS "incidentId" FROM own_keys WHERE key = ?'),
    replay: db.prepare(`SELECT ${listOf(REPLAYS.columns)} FROM replays WHERE key = ?`).raw(),
    insertAlert: db.prepare(insertInto(ALERTS)),
    insertSighting: db.prepare(insertUnder('alert_sightings', ALERT_SIGHTINGS)),
    insertContent: db.prepare(insertUnder('alert_contents', ALERT_CONTENTS)),
    updateAlert: db.prepare(`UPDATE alerts SET ${withHoles(ALERTS.changing)} WHERE rid = ?`),
    updateSighting: db.prepare(`UPDATE alert_sightings SET ${withHoles(ALERT_SIGHTINGS)} WHERE rid = ?`),
    updateContent: db.prepare(`UPDATE alert_contents SET ${withHoles(ALERT_CONTENTS)} WHERE rid = ?`),
    saveExpiry: db.prepare(
      'INSERT INTO expiries (rid, check_at) VALUES (?, ?) ON CONFLICT (rid) DO UPDATE SET check_at = excluded.check_at',
    ),
    saveIncident: db.prepare(insertOrUpdate(INCIDENTS, 'id')),
    confirm: db.prepare('UPDATE alert_sightings SET observed_at = ? WHERE rid = ?'),
    insertEvent: db.prepare(insertInto(EVENTS)),
    saveInstance: db.prepare(insertOrUpdate(INSTANCES, 'instance_id')),
    insertReplay: db.prepare(insertInto(REPLAYS)),
  };
}

type Columns = readonly Pick<Column<never>, 'name'>[];
const holes = (columns: Columns) => columns.map(() => '?').join(', ');
const withHoles = (columns: Columns) => columns.map(({ name }) => `${name} = ?`).join(', ');

function insertInto<T>({ name, columns }: Table<T>): string {
  return `INSERT INTO ${name} (${listOf(columns)}) VALUES (${holes(columns)})`;
}

/** Under the number of a row of `alerts`, which comes last. */
function insertUnder(name: string, columns: Columns): string {
  return `INSERT INTO ${name} (${listOf(columns)}, rid) VALUES (${holes(columns)}, ?)`;
}

function insertOrUpdate<T>(table: Table<T>, key: string): string {
  return `${insertInto(table)} ON CONFLICT (${key}) DO UPDATE SET ${takenFrom('excluded', table.changing)}`;
}

interface Namesake extends Omit<AlertIdentity, 'key'> {
  readonly rid: number;
  readonly status: StoredAlert['status'];
}

function findFiringByName({ namesakes, content }: Statements, { source, origin, name }: NamedAlert): FiringAlert[] {
  const rows = namesakes.all(name, NAMESAKES + 1) as Namesake[];
  if (rows.length > NAMESAKES) return [];
  return rows
    .filter((row) => row.status === 'firing' && row.source === source && row.origin === origin)
    .map(({ rid, fingerprint }) => ({
      identity: { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) },
      labels: (JSON.parse(content.get(rid) as string) as AlertContent).labels,
    }));
}

function findAlert(
  statement: BetterSqlite3.Statement,
  { alerts }: Memory,
  identity: AlertIdentity,
): StoredAlert | undefined {
  const remembered = alerts.get(identity.key);
  if (remembered !== undefined) return remembered;
  const row = statement.get(identity.fingerprint, identity.origin, identity.source) as readonly unknown[] | undefined;
  if (row === undefined) return undefined;
  const alert = storedAlertOf(row);
  alerts.set(identity.key, alert, null);
  return alert;
}

function readInstance(statement: BetterSqlite3.Statement, { instances }: Memory, id: string): Instance | undefined {
  const row = statement.get(id) as readonly unknown[] | undefined;
  if (row === undefined) return undefined;
  const instance = readRow(INSTANCES.columns, row);
  instances.set(id, instance);
  return instance;
}

function save(statements: Statements, memory: Memory, changes: Changes): number | null {
  for (const write of changes.alerts) {
    const digest = contentDigest(write.alert);
    const ref = saveAlert(statements, write, memory.alerts.says(write.key, digest));
    if (write.mode !== 'refresh' || !memory.alerts.repeat(write.key, write.alert, digest))
      memory.alerts.set(write.key, toStored(ref, write.alert), digest);
    if (write.checkAt !== null) statements.saveExpiry.run(ref, write.checkAt);
  }
  for (const { key, ref, observedAt } of changes.confirmed) {
    statements.confirm.run(observedAt, ref);
    memory.alerts.confirm(key, observedAt);
  }
  for (const incident of changes.incidents) statements.saveIncident.run(valuesOf(INCIDENTS.columns, incident));
  let seq: number | bigint | null = null;
  for (const event of changes.events) seq = statements.insertEvent.run(valuesOf(EVENTS.columns, event)).lastInsertRowid;
  for (const instance of changes.instances) {
    statements.saveInstance.run(valuesOf(INSTANCES.columns, instance));
    memory.instances.set(instance.instanceId, instance);
  }
  for (const replay of changes.replays) statements.insertReplay.run(valuesOf(REPLAYS.columns, replay));
  return seq === null ? null : Number(seq);
}

/** Writes an alert and gives the number of its rows. */
function saveAlert(statements: Statements, { mode, ref, alert }: AlertWrite, isSameContent: boolean): number {
  if (mode === 'insert' || ref === null) {
    const { lastInsertRowid } = statements.insertAlert.run(valuesOf(ALERTS.columns, alert));
    statements.insertSighting.run(valuesOf(ALERT_SIGHTINGS, alert), lastInsertRowid);
    statements.insertContent.run(valuesOf(ALERT_CONTENTS, alert), lastInsertRowid);
    return Number(lastInsertRowid);
  }
  if (mode === 'update') statements.updateAlert.run(valuesOf(ALERTS.changing, alert), ref);
  statements.updateSighting.run(valuesOf(ALERT_SIGHTINGS, alert), ref);
  if (!isSameContent) statements.updateContent.run(valuesOf(ALERT_CONTENTS, alert), ref);
  return ref;
}
