import type { AlertStatus } from '../../core/alert/alert.ts';
import type { HousekeepingStore } from '../contract/housekeeping.ts';
import type { KeyStore } from '../contract/instance-keys.ts';
import type { AlertQuery, AlertView, IncidentQuery, Page, ReadStore } from '../contract/reads.ts';
import type { SilenceQuery, SilenceReads } from '../contract/silences.ts';
import type { SourceReportStore } from '../contract/source-reports.ts';
import { type Row, readRow, type Table } from './columns.ts';
import { given, names, type Sql, sql, where } from './sql.ts';
import {
  ALERT,
  ALERT_STATES,
  ALERTS,
  EVENTS,
  INCIDENTS,
  INSTANCE_KEYS,
  INSTANCES,
  SILENCES,
  SOURCES,
} from './tables.ts';

/** The reading half of a store: the same queries on every engine. */
export type Reads = ReadStore &
  SilenceReads &
  Pick<HousekeepingStore, 'staleInstances'> &
  Pick<KeyStore, 'findKey' | 'listKeys'> &
  Pick<SourceReportStore, 'listSources'>;

/**
 * Sends a statement that only reads. Under a name the engine keeps its plan, so the text must be the same each time and
 * the plan good for all values: a look-up by a key.
 */
export type Ask = (query: Sql, name?: string) => Promise<readonly Row[]>;

/** Queries over a connection that only reads. */
export function createReads(ask: Ask): Reads {
  const list = async <T>({ columns }: Table<T>, query: Sql, name?: string): Promise<T[]> =>
    (await ask(query, name)).map((row) => readRow(columns, row));
  return {
    listAlerts: async (query) => pageOf((await ask(alertsPage(query))).map(alertOf), query.limit, ({ id }) => id),
    findAlert: async (id) => (await ask(sql`${SELECT_ALERTS} WHERE a.id = ${id}`, 'find_alert')).map(alertOf)[0],
    history: async (subjectIds, limit) => {
      if (subjectIds.length === 0) return [];
      const rows = await ask(sql`SELECT seq, ${names(EVENTS.columns)} FROM events
        WHERE subject_id IN (${subjectIds.map((id) => sql`${id}`).reduce((all, id) => sql`${all}, ${id}`)})
        ORDER BY seq DESC LIMIT ${limit}`);
      return rows.map((row) => ({ seq: Number(row[0]), ...readRow(EVENTS.columns, row, 1) })).reverse();
    },
    listIncidents: async (query) => pageOf(await list(INCIDENTS, incidentsPage(query)), query.limit, ({ id }) => id),
    findIncident: async (id) => (await list(INCIDENTS, sql`${SELECT_INCIDENTS} WHERE id = ${id}`, 'find_incident'))[0],
    findIds: async (table, prefix, limit) => {
      // Behind every character that an id has.
      const range = sql`id >= ${prefix} AND id < ${`${prefix}g`} ORDER BY id LIMIT ${limit}`;
      const query =
        table === 'alerts' ? sql`SELECT id FROM alerts WHERE ${range}` : sql`SELECT id FROM incidents WHERE ${range}`;
      return (await ask(query)).map(([id]) => String(id));
    },
    listInstances: async ({ cursor, limit }) => {
      const after = where(given(cursor, (id) => sql`instance_id > ${id}`));
      const query = sql`${SELECT_INSTANCES} ${after} ORDER BY instance_id LIMIT ${limit + 1}`;
      return pageOf(await list(INSTANCES, query), limit, ({ instanceId }) => instanceId);
    },
    staleInstances: (now, limit) =>
      list(
        INSTANCES,
        sql`${SELECT_INSTANCES} WHERE silent_since IS NULL AND stale_at <= ${now} ORDER BY stale_at LIMIT ${limit}`,
      ),
    findKey: async (id) => (await list(INSTANCE_KEYS, sql`${SELECT_KEYS} WHERE id = ${id}`, 'find_key'))[0],
    listKeys: () => list(INSTANCE_KEYS, sql`${SELECT_KEYS} ORDER BY instance_id, created_at`),
    liveSilences: (now) => list(SILENCES, sql`${SELECT_SILENCES} WHERE ends_at > ${now} ORDER BY ends_at, id`),
    listSilences: async (query) => pageOf(await list(SILENCES, silencesPage(query)), query.limit, ({ id }) => id),
    findSilence: async (id) => (await list(SILENCES, sql`${SELECT_SILENCES} WHERE id = ${id}`, 'find_silence'))[0],
    listSources: () => list(SOURCES, sql`SELECT ${names(SOURCES.columns)} FROM sources ORDER BY source`),
  };
}

const SELECT_INCIDENTS = sql`SELECT ${names(INCIDENTS.columns)} FROM incidents`;
const SELECT_INSTANCES = sql`SELECT ${names(INSTANCES.columns)} FROM instances`;
const SELECT_SILENCES = sql`SELECT ${names(SILENCES.columns)} FROM silences`;
const SELECT_KEYS = sql`SELECT ${names(INSTANCE_KEYS.columns)} FROM instance_keys`;

/** Only alerts of pushes go unknown with their instance: the hub's own word about it stays what it is. */
const IS_UNKNOWN = sql`(a.source = 'cluster' AND EXISTS
  (SELECT 1 FROM instances AS i WHERE i.instance_id = a.origin AND i.silent_since IS NOT NULL))`;
const SELECT_ALERTS = sql`SELECT CASE WHEN ${IS_UNKNOWN} THEN 1 ELSE 0 END, ${names(ALERTS.columns, 'a')},
    ${names(ALERT_STATES.columns, 's')}
  FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;

function alertOf(row: Row): AlertView {
  const alert = readRow(ALERT, row, 1);
  return row[0] === 1 ? { ...alert, status: 'unknown' } : alert;
}

/** Literals, not values: only then may the planner use the index of firing alerts. */
const HAS_STATUS: Readonly<Record<AlertStatus | 'unknown', Sql>> = {
  firing: sql`a.status = 'firing' AND NOT ${IS_UNKNOWN}`,
  resolved: sql`a.status = 'resolved' AND NOT ${IS_UNKNOWN}`,
  unknown: IS_UNKNOWN,
};

/** Alerts of an instance; those of the hub's own machine have no origin but a source of their own. */
function isOf(instanceId: string | undefined, orLocal = false): Sql | undefined {
  return given(instanceId, (id) => (orLocal ? sql`(a.origin = ${id} OR a.source = 'local')` : sql`a.origin = ${id}`));
}

function alertsPage(query: AlertQuery): Sql {
  const conditions = where(
    query.status && HAS_STATUS[query.status],
    given(query.severity, (severity) => sql`a.severity = ${severity}`),
    given(query.source, (source) => sql`a.source = ${source}`),
    isOf(query.instanceId, query.orLocal),
    given(query.name, (name) => sql`a.name = ${name}`),
    given(query.incidentId, (id) => sql`a.incident_id = ${id}`),
    given(query.cursor, (id) => sql`a.id < ${id}`),
  );
  return sql`${SELECT_ALERTS} ${conditions} ORDER BY a.id DESC LIMIT ${query.limit + 1}`;
}

function incidentsPage(query: IncidentQuery): Sql {
  const alerts = isOf(query.instanceId, query.orLocal);
  const conditions = where(
    given(query.status, (status) => sql`status = ${status}`),
    given(query.severity, (severity) => sql`severity = ${severity}`),
    alerts && sql`id IN (SELECT incident_id FROM alerts AS a WHERE ${alerts} AND incident_id IS NOT NULL)`,
    given(query.cursor, (id) => sql`id < ${id}`),
  );
  return sql`${SELECT_INCIDENTS} ${conditions} ORDER BY id DESC LIMIT ${query.limit + 1}`;
}

function silencesPage({ kind, state, now, cursor, limit }: SilenceQuery): Sql {
  const conditions = where(
    given(kind, (word) => sql`kind = ${word}`),
    state && inState(state, now),
    given(cursor, (id) => sql`id < ${id}`),
  );
  return sql`${SELECT_SILENCES} ${conditions} ORDER BY id DESC LIMIT ${limit + 1}`;
}

function inState(state: NonNullable<SilenceQuery['state']>, now: number): Sql {
  switch (state) {
    case 'live':
      return sql`ends_at > ${now}`;
    case 'active':
      return sql`ends_at > ${now} AND starts_at <= ${now}`;
    case 'pending':
      return sql`ends_at > ${now} AND starts_at > ${now}`;
    case 'expired':
      return sql`ends_at <= ${now}`;
  }
}

function pageOf<T>(rows: readonly T[], limit: number, key: (item: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? key(last) : null };
}
