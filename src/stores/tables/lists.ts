import { LIMITS } from '../../core/alert/alert.ts';
import { messageOf } from '../../core/alert/message.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { titleNow, type Worst } from '../../core/incident/title.ts';
import {
  type AlertQuery,
  type AlertView,
  COUNTED_MOST,
  type IncidentView,
  type Page,
  type ReadStore,
} from '../contract/reads.ts';
import {
  alertSegments,
  attentionPage,
  incidentSegments,
  lastAlertChange,
  lastIncidentChange,
  type Order,
} from './attention.ts';
import { type Row, readRow } from './columns.ts';
import { alertConditions, type Dialect, IS_UNKNOWN, incidentConditions, needsContent } from './conditions.ts';
import type { Ask } from './reads.ts';
import { given, listed, names, type Sql, sql, where } from './sql.ts';
import { ALERT, ALERT_STATES, ALERTS, INCIDENTS } from './tables.ts';

/** What lists alerts and incidents, and finds one of them. */
export type Lists = Pick<
  ReadStore,
  | 'listAlerts'
  | 'countAlerts'
  | 'firing'
  | 'findAlert'
  | 'listIncidents'
  | 'countIncidents'
  | 'findIncident'
  | 'findIds'
>;

/** Lists over a connection that only reads. */
export function createLists(ask: Ask, dialect: Dialect): Lists {
  const alertsPage = async <T extends Pick<AlertView, 'id' | 'receivedAt'>>(
    query: AlertQuery,
    select: Sql,
    itemOf: (row: Row) => T,
  ): Promise<Page<T>> => {
    const conditions = alertConditions(query, dialect);
    const read = async (condition: Sql, order: Sql, limit: number) =>
      ask(sql`${select} ${condition} ORDER BY ${order} LIMIT ${limit}`);
    if (query.sort === undefined) {
      const after = given(query.cursor, (id) => sql`a.id < ${id}`);
      const rows = await read(where(...conditions, after), sql`a.id DESC`, query.limit + 1);
      return pageOf(rows.map(itemOf), query.limit, ({ id }) => id);
    }
    return attentionPage(alertSegments(query), ALERT_ORDER, query, {
      lastChange: () => timeOf(ask, lastAlertChange(query, dialect)),
      segment: async (own, limit) => {
        const rows = await read(where(...own, ...conditions), sql`a.received_at DESC, a.rid DESC`, limit);
        return rows.map((row) => {
          const item = itemOf(row);
          return { item, changedAt: item.receivedAt, tie: row[1] ?? null };
        });
      },
    });
  };
  return {
    listAlerts: async (query) => {
      if (query.limit <= SURELY_FIT) return alertsPage(query, SELECT_ALERTS, alertOf);
      const sizes = await alertsPage(query, SELECT_SIZES, sizeOf);
      const limit = countFitting(sizes.items) ?? query.limit;
      return alertsPage({ ...query, limit }, SELECT_ALERTS, alertOf);
    },
    countAlerts: (query) => {
      const states = needsContent(query) ? sql`JOIN alert_states AS s ON s.rid = a.rid` : sql``;
      return count(ask, sql`alerts AS a ${states} ${where(...alertConditions(query, dialect))}`);
    },
    firing: async function* (limit) {
      // Numbers first, all at once: a page at a time, either engine may sort all that fire, with their content, for each.
      const all = await ask(sql`SELECT a.rid, OCTET_LENGTH(s.content)
        FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid WHERE a.status = 'firing'
        ORDER BY CASE WHEN ${IS_UNKNOWN} THEN 1 ELSE 0 END, a.id DESC LIMIT ${limit}`);
      for (let from = 0; from < all.length; ) {
        const next = all.slice(from, from + FIRING_STEP).map(([rid = null, size]) => ({ rid, size: Number(size) }));
        const rids = next.slice(0, countFitting(next) ?? next.length).map(({ rid }) => rid);
        from += rids.length;
        const rows = await ask(sql`${SELECT_ALERTS} WHERE a.rid IN (${listed(rids)}) AND a.status = 'firing'`);
        const place = new Map(rids.map((rid, index) => [String(rid), index]));
        const placeOf = (row: Row) => place.get(String(row[1])) ?? 0;
        yield rows.toSorted((a, b) => placeOf(a) - placeOf(b)).map(alertOf);
      }
    },
    findAlert: async (id) => (await ask(sql`${SELECT_ALERTS} WHERE a.id = ${id}`, 'find_alert')).map(alertOf)[0],
    listIncidents: async (query) => {
      const conditions = incidentConditions(query, dialect);
      const read = async (condition: Sql, order: Sql, limit: number) =>
        incidentViews(ask, await ask(sql`${SELECT_INCIDENTS} ${condition} ORDER BY ${order} LIMIT ${limit}`));
      if (query.sort === undefined) {
        const after = given(query.cursor, (id) => sql`n.id < ${id}`);
        const found = await read(where(...conditions, after), sql`n.id DESC`, query.limit + 1);
        return pageOf(found, query.limit, ({ id }) => id);
      }
      return attentionPage(incidentSegments(query), INCIDENT_ORDER, query, {
        lastChange: () => timeOf(ask, lastIncidentChange(query, dialect)),
        segment: async (own, limit) => {
          const found = await read(where(...own, ...conditions), sql`n.changed_at DESC, n.id DESC`, limit);
          return found.map((item) => ({ item, changedAt: item.changedAt, tie: item.id }));
        },
      });
    },
    countIncidents: (query) => count(ask, sql`incidents AS n ${where(...incidentConditions(query, dialect))}`),
    findIncident: async (id) =>
      (await incidentViews(ask, await ask(sql`${SELECT_INCIDENTS} WHERE n.id = ${id}`, 'find_incident')))[0],
    findIds: async (of, part, limit) => {
      const find = async (condition: Sql) =>
        (await ask(sql`SELECT id FROM ${BY_ID[of]} WHERE ${condition} ORDER BY id DESC LIMIT ${limit}`)).map(String);
      // `g` stands behind every character that an id has.
      const begun = await find(sql`id >= ${part} AND id < ${`${part}g`}`);
      return begun.length > 0 ? begun : find(sql`id LIKE ${`%${part}`}`);
    },
  };
}

const BY_ID = { alerts: sql`alerts`, incidents: sql`incidents`, silences: sql`silences` } as const;
const SELECT_ALERTS = sql`SELECT CASE WHEN ${IS_UNKNOWN} THEN 1 ELSE 0 END, a.rid, ${names(ALERTS.columns, 'a')},
    ${names(ALERT_STATES.columns, 's')}
  FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;
const ALERT_ORDER: Order = { changedAt: sql`a.received_at`, tie: sql`a.rid`, tieOf: Number };

/**
 * Of a page of alerts the content has so many bytes, unless it is one alert: stores of former versions hold alerts of a
 * megabyte, and whoever reads must not be taken by them.
 */
const PAGE_BYTES = 1024 * 1024;
// Alerts of one piece of what fires, however small they are.
const FIRING_STEP = 250;
// As many of the largest that are stored now.
const SURELY_FIT = PAGE_BYTES / LIMITS.content.bytes;

// Neither engine reads a text for its length.
const SELECT_SIZES = sql`SELECT a.id, a.rid, a.received_at, OCTET_LENGTH(s.content)
  FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;

function sizeOf([id, , receivedAt, size]: Row) {
  return { id: String(id), receivedAt: Number(receivedAt), size: Number(size) };
}

/** How many of the first ones fit into a page, one at least; null when all do. */
function countFitting(items: readonly { readonly size: number }[]): number | null {
  let left = PAGE_BYTES;
  const end = items.findIndex(({ size }) => {
    left -= size;
    return left < 0;
  });
  return end === -1 ? null : Math.max(1, end);
}

function alertOf(row: Row): AlertView {
  const alert = readRow(ALERT, row, 2);
  return row[0] === 1 ? { ...alert, status: 'unknown' } : alert;
}

// Of each incident how many of its firing alerts are unknown, and the alert that gives it its title.
const SELECT_INCIDENTS = sql`SELECT
    CASE WHEN n.status IN ('open', 'acknowledged') THEN
      (SELECT COUNT(*) FROM alerts AS a WHERE a.incident_id = n.id AND a.status = 'firing' AND ${IS_UNKNOWN})
    ELSE 0 END,
    (SELECT a.rid FROM alerts AS a WHERE a.incident_id = n.id
      ORDER BY CASE a.status WHEN 'firing' THEN 0 ELSE 1 END,
        CASE a.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, a.rid LIMIT 1),
    ${names(INCIDENTS.columns, 'n')}
  FROM incidents AS n`;
const INCIDENT_ORDER: Order = { changedAt: sql`n.changed_at`, tie: sql`n.id`, tieOf: (id) => id };

/** Incidents with their titles of now. */
async function incidentViews(ask: Ask, rows: readonly Row[]): Promise<readonly IncidentView[]> {
  const rids = rows.flatMap(([, rid]) => rid ?? []);
  const worst = new Map<unknown, Worst & Pick<IncidentView, 'source' | 'summary'>>();
  for (let from = 0; from < rids.length; from += SURELY_FIT) {
    const found = await ask(sql`SELECT a.rid, a.name, a.origin, a.source, s.content
      FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid WHERE a.rid IN (${listed(rids.slice(from, from + SURELY_FIT))})`);
    for (const [rid, name, origin, source, content] of found) {
      const { labels, annotations } = JSON.parse(String(content)) as Pick<AlertView, 'labels' | 'annotations'>;
      const of = { name: String(name), origin: String(origin), source: String(source) };
      worst.set(String(rid), { ...of, labels, summary: messageOf(annotations) });
    }
  }
  return rows.map((row) => {
    const incident = readRow<Incident>(INCIDENTS.columns, row, 2);
    const of = worst.get(String(row[1]));
    const { summary = '', source = '' } = of ?? {};
    return { ...incident, unknownCount: Number(row[0]), titleNow: titleNow(incident, of), summary, source };
  });
}

/** The time that a statement gives; 0 where there is none. */
async function timeOf(ask: Ask, query: Sql): Promise<number> {
  return Number((await ask(query))[0]?.[0] ?? 0);
}

async function count(ask: Ask, from: Sql): Promise<number> {
  const rows = await ask(sql`SELECT COUNT(*) FROM (SELECT 1 FROM ${from} LIMIT ${COUNTED_MOST + 1}) AS counted`);
  return Number(rows[0]?.[0] ?? 0);
}

/** A page of rows of which there may be one more. */
export function pageOf<T>(rows: readonly T[], limit: number, key: (item: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? key(last) : null };
}
