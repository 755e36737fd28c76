import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { AlertQuery, IncidentQuery, Page } from '../contract/reads.ts';
import type { Store } from '../contract/store.ts';
import { alertOf, eventOf, incidentOf, instanceOf, keyOf, sourceOf } from './rows.ts';
import type { Tables } from './tables.ts';

/** The reading half of a store: the same queries on every engine. */
export type Reads = Pick<
  Store,
  | 'listAlerts'
  | 'findAlert'
  | 'history'
  | 'listIncidents'
  | 'findIncident'
  | 'listInstances'
  | 'staleInstances'
  | 'findKey'
  | 'listKeys'
  | 'listSources'
>;

/** Queries over a connection that only reads. */
export function createReads(db: Kysely<Tables>): Reads {
  return {
    listAlerts: async (query) => {
      const rows = await alertsPage(db, query).execute();
      return pageOf(rows, query.limit, (row) => row.id, alertOf);
    },
    findAlert: async (id) => {
      const row = await selectAlerts(db).where('alerts.id', '=', id).executeTakeFirst();
      return row && alertOf(row);
    },
    history: async (subjectIds, limit) => {
      if (subjectIds.length === 0) return [];
      const newest = db.selectFrom('events').selectAll().where('subject_id', 'in', subjectIds).orderBy('seq', 'desc');
      return (await newest.limit(limit).execute()).reverse().map(eventOf);
    },
    listIncidents: async (query) => {
      const rows = await incidentsPage(db, query).execute();
      return pageOf(rows, query.limit, (row) => row.id, incidentOf);
    },
    findIncident: async (id) => {
      const row = await db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
      return row && incidentOf(row);
    },
    listInstances: async (query) => {
      let select = db.selectFrom('instances').selectAll();
      if (query.cursor !== undefined) select = select.where('instance_id', '>', query.cursor);
      const rows = await select
        .orderBy('instance_id')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.instance_id, instanceOf);
    },
    staleInstances: async (now, limit) => {
      const stale = db
        .selectFrom('instances')
        .selectAll()
        .where('silent_since', 'is', null)
        .where('stale_at', '<=', now);
      return (await stale.orderBy('stale_at').limit(limit).execute()).map(instanceOf);
    },
    findKey: async (id) => {
      const row = await db.selectFrom('instance_keys').selectAll().where('id', '=', id).executeTakeFirst();
      return row && keyOf(row);
    },
    listKeys: async () => {
      const rows = await db
        .selectFrom('instance_keys')
        .selectAll()
        .orderBy('instance_id')
        .orderBy('created_at')
        .execute();
      return rows.map(keyOf);
    },
    listSources: async () => (await db.selectFrom('sources').selectAll().orderBy('source').execute()).map(sourceOf),
  };
}

/** Only alerts of pushes go unknown with their instance: the hub's own word about it stays what it is. */
function isUnknown(eb: ExpressionBuilder<Tables, 'alerts'>) {
  const silent = eb
    .selectFrom('instances')
    .select('instance_id')
    .whereRef('instances.instance_id', '=', 'alerts.origin')
    .where('silent_since', 'is not', null);
  return eb.and([eb('alerts.source', '=', 'cluster'), eb.exists(silent)]);
}

/** Alerts of an instance; those of the hub's own machine have no origin but a source of their own. */
function isOf(eb: ExpressionBuilder<Tables, 'alerts'>, instanceId: string, orLocal = false) {
  const pushed = eb('alerts.origin', '=', instanceId);
  return orLocal ? eb.or([pushed, eb('alerts.source', '=', 'local')]) : pushed;
}

function selectAlerts(db: Kysely<Tables>) {
  return db
    .selectFrom('alerts')
    .innerJoin('alert_states', 'alert_states.rid', 'alerts.rid')
    .selectAll()
    .select((eb) => eb.case().when(isUnknown(eb)).then(sql.lit(1)).else(sql.lit(0)).end().as('unknown'));
}

function alertsPage(db: Kysely<Tables>, query: AlertQuery) {
  const { status, severity, source, instanceId, name, incidentId, cursor } = query;
  let select = selectAlerts(db);
  if (status === 'unknown') select = select.where(isUnknown);
  else if (status !== undefined) {
    // A literal, not a parameter: only then may the planner use the index of firing alerts.
    select = select.where(sql<boolean>`alerts.status = ${sql.lit(status)}`).where((eb) => eb.not(isUnknown(eb)));
  }
  if (severity !== undefined) select = select.where('severity', '=', severity);
  if (source !== undefined) select = select.where('source', '=', source);
  if (instanceId !== undefined) select = select.where((eb) => isOf(eb, instanceId, query.orLocal));
  if (name !== undefined) select = select.where('name', '=', name);
  if (incidentId !== undefined) select = select.where('incident_id', '=', incidentId);
  if (cursor !== undefined) select = select.where('alerts.id', '<', cursor);
  return select.orderBy('alerts.id', 'desc').limit(query.limit + 1);
}

function incidentsPage(db: Kysely<Tables>, query: IncidentQuery) {
  const { status, severity, instanceId, cursor } = query;
  let select = db.selectFrom('incidents').selectAll();
  if (status !== undefined) select = select.where('status', '=', status);
  if (severity !== undefined) select = select.where('severity', '=', severity);
  if (instanceId !== undefined) {
    const joined = db
      .selectFrom('alerts')
      .select('incident_id')
      .where((eb) => isOf(eb, instanceId, query.orLocal));
    select = select.where('id', 'in', joined.where('incident_id', 'is not', null).$castTo<{ incident_id: string }>());
  }
  if (cursor !== undefined) select = select.where('id', '<', cursor);
  return select.orderBy('id', 'desc').limit(query.limit + 1);
}

function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => string,
  read: (row: Row) => T,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(read), nextCursor: rows.length > limit && last !== undefined ? key(last) : null };
}
