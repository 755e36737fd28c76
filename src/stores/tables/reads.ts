import type { HistoryEvent } from '../../core/history.ts';
import { MUTE_REASONS, type Notice } from '../../core/notice/notice.ts';
import type { AccessReads } from '../contract/access.ts';
import type { EndpointReads } from '../contract/endpoints.ts';
import type { HousekeepingStore } from '../contract/housekeeping.ts';
import type { KeyStore } from '../contract/instance-keys.ts';
import type { LinkKeyReads } from '../contract/link-keys.ts';
import type { Hold, ReadStore } from '../contract/reads.ts';
import type { SampleReads } from '../contract/samples.ts';
import type { SilenceQuery, SilenceReads } from '../contract/silences.ts';
import type { SourceReportStore } from '../contract/source-reports.ts';
import type { StandingReads } from '../contract/standing.ts';
import { createAccessReads } from './access.ts';
import { type Row, readRow, type Table } from './columns.ts';
import type { Dialect } from './conditions.ts';
import { createEndpointReads } from './endpoints.ts';
import { createLists, pageOf } from './lists.ts';
import { createSampleReads } from './samples.ts';
import { given, listed, names, type Sql, sql, where } from './sql.ts';
import { createStandingReads } from './standing.ts';
import { EVENTS, INSTANCE_KEYS, INSTANCES, LINK_KEYS, SILENCES, SOURCES } from './tables.ts';

/** The reading half of a store: the same queries on every engine. */
export type Reads = ReadStore &
  StandingReads &
  SilenceReads &
  Pick<HousekeepingStore, 'staleInstances' | 'countSilent' | 'longSilent' | 'abandonedAlerts'> &
  LinkKeyReads &
  AccessReads &
  EndpointReads &
  SampleReads &
  Pick<KeyStore, 'findKey' | 'listKeys'> &
  Pick<SourceReportStore, 'listSources'>;

/**
 * Sends a statement that only reads. Under a name the engine keeps its plan, so the text must be the same each time and
 * the plan good for all values: a look-up by a key.
 */
export type Ask = (query: Sql, name?: string) => Promise<readonly Row[]>;

/** Queries over a connection that only reads. */
export function createReads(ask: Ask, dialect: Dialect): Reads {
  const list = async <T>({ columns }: Table<T>, query: Sql, name?: string): Promise<T[]> =>
    (await ask(query, name)).map((row) => readRow(columns, row));
  return {
    ...createLists(ask, dialect),
    ...createStandingReads(ask, dialect),
    ...createAccessReads(ask),
    ...createEndpointReads(ask),
    ...createSampleReads(ask, dialect),
    history: async (subjectIds, limit) => {
      if (subjectIds.length === 0) return [];
      const rows = await ask(sql`SELECT seq, ${names(EVENTS.columns)} FROM events
        WHERE subject_id IN (${listed(subjectIds)})
        ORDER BY seq DESC LIMIT ${limit}`);
      return rows.map((row) => ({ seq: Number(row[0]), ...readRow(EVENTS.columns, row, 1) })).reverse();
    },
    listEvents: async ({ cursor, limit, subjects, subjectId, kinds, actor, since }) => {
      const conditions = where(
        given(cursor, (seq) => sql`seq < ${Number(seq)}`),
        sql`subject IN (${listed(subjects)})`,
        given(subjectId, (id) => sql`subject_id = ${id}`),
        kinds && sql`kind IN (${listed(kinds)})`,
        given(actor, (name) => sql`actor = ${name}`),
        given(since, (time) => sql`at >= ${time}`),
      );
      const rows = await ask(
        sql`SELECT seq, ${names(EVENTS.columns)} FROM events ${conditions} ORDER BY seq DESC LIMIT ${limit + 1}`,
      );
      const events = rows.map((row): HistoryEvent => ({ seq: Number(row[0]), ...readRow(EVENTS.columns, row, 1) }));
      return pageOf(events, limit, ({ seq }) => String(seq));
    },
    findHolds: async (incidentIds) => {
      if (incidentIds.length === 0) return [];
      // By the reason, for one whose last attempt failed is in the state of that.
      const rows = await ask(sql`SELECT incident_id, data FROM notices WHERE incident_id IN (${listed(incidentIds)})
        AND reason IN (${listed(MUTE_REASONS)}) ORDER BY incident_id, channel`);
      return rows.flatMap(([incidentId, data]) => holdOf(String(incidentId), JSON.parse(String(data)) as Notice));
    },
    listInstances: async ({ cursor, limit, status }) => {
      const after = where(
        given(cursor, (id) => sql`instance_id > ${id}`),
        status && (status === 'silent' ? sql`silent_since IS NOT NULL` : sql`silent_since IS NULL`),
      );
      const query = sql`${SELECT_INSTANCES} ${after} ORDER BY instance_id LIMIT ${limit + 1}`;
      return pageOf(await list(INSTANCES, query), limit, ({ instanceId }) => instanceId);
    },
    staleInstances: (now, limit) =>
      list(
        INSTANCES,
        sql`${SELECT_INSTANCES} WHERE silent_since IS NULL AND stale_at <= ${now} ORDER BY stale_at LIMIT ${limit}`,
      ),
    longSilent: async (before, limit) =>
      (
        await ask(sql`SELECT instance_id FROM instances WHERE silent_since < ${before} AND last_seen_at < ${before}
          ORDER BY instance_id LIMIT ${limit}`)
      ).map(([id]) => String(id)),
    abandonedAlerts: async (before, limit) =>
      (
        await ask(sql`SELECT a.id FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
          WHERE a.status = 'firing' AND s.last_seen_at < ${before} ORDER BY a.id LIMIT ${limit}`)
      ).map(([id]) => String(id)),
    countSilent: async (limit) => {
      const [row] = await ask(sql`SELECT count(*) FROM
        (SELECT 1 FROM instances WHERE silent_since IS NOT NULL LIMIT ${limit}) AS silent`);
      return Number(row?.[0] ?? 0);
    },
    findKey: async (id) => (await list(INSTANCE_KEYS, sql`${SELECT_KEYS} WHERE id = ${id}`, 'find_key'))[0],
    findLinkKey: async (id) => (await list(LINK_KEYS, sql`${SELECT_LINK_KEYS} WHERE id = ${id}`, 'find_link_key'))[0],
    listLinkKeys: () => list(LINK_KEYS, sql`${SELECT_LINK_KEYS} ORDER BY created_at DESC, id`),
    listKeys: () => list(INSTANCE_KEYS, sql`${SELECT_KEYS} ORDER BY instance_id, created_at`),
    liveSilences: (now) => list(SILENCES, sql`${SELECT_SILENCES} WHERE ends_at > ${now} ORDER BY ends_at, id`),
    listSilences: async (query) =>
      pageOf(await list(SILENCES, silencesPage(query)), query.limit, ({ createdAt, id }) => `${createdAt} ${id}`),
    findSilence: async (id) => (await list(SILENCES, sql`${SELECT_SILENCES} WHERE id = ${id}`, 'find_silence'))[0],
    listSources: () => list(SOURCES, sql`SELECT ${names(SOURCES.columns)} FROM sources ORDER BY source`),
  };
}

const SELECT_INSTANCES = sql`SELECT ${names(INSTANCES.columns)} FROM instances`;
const SELECT_SILENCES = sql`SELECT ${names(SILENCES.columns)} FROM silences`;
const SELECT_LINK_KEYS = sql`SELECT ${names(LINK_KEYS.columns)} FROM link_keys`;
const SELECT_KEYS = sql`SELECT ${names(INSTANCE_KEYS.columns)} FROM instance_keys`;

function holdOf(incidentId: string, { decision }: Notice): Hold | [] {
  if (decision.action !== 'hold') return [];
  const { reason, by, until } = decision;
  return { incidentId, reason, by, until };
}

function silencesPage({ kind, state, now, cursor, limit }: SilenceQuery): Sql {
  const conditions = where(
    given(kind, (word) => sql`kind = ${word}`),
    state && inState(state, now),
    given(cursor, (place) => behind(String(place))),
  );
  return sql`${SELECT_SILENCES} ${conditions} ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
}

/** A cursor is `<created_at> <id>`: ids that come from elsewhere do not sort by time. */
function behind(place: string): Sql {
  const [createdAt = '', id = ''] = place.split(' ');
  const time = Number(createdAt);
  return sql`(created_at, id) < (${Number.isSafeInteger(time) ? time : 0}, ${id})`;
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
