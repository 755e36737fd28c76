import type { Confinement, LabelBound } from '../../core/access/confinement.ts';
import { HOST_LABELS } from '../../core/alert/host.ts';
import type { AlertQuery, AlertState, IncidentQuery, LabelFilter, OneOrMore } from '../contract/reads.ts';
import type { Cell } from './columns.ts';
import { given, listed, type Sql, sql, where } from './sql.ts';

/** What the engines write differently. */
export interface Dialect {
  /** Where in `text` the value first stands, from 1; 0 where it does not. */
  position(text: Sql, value: Cell | Sql): Sql;
  /** Rows of `alerts` with, for each of the words, a word that begins with it: their numbers, as a query. */
  withWords(words: readonly string[]): Sql;
  /** Of `samples AS s`: their position as text, what stands behind one, and their order. */
  samplePosition(position: string): { readonly text: Sql; readonly behind: Sql; readonly order: Sql };
  /** How the samples of an instance in a span of time are found. */
  readonly samplesOf: {
    /** Longest span that is asked for at once, in milliseconds. */
    readonly longestMs: number;
    /** A query for the span in which there are samples, its end excluded; null where that need not be known. */
    readonly bounds: Sql | null;
    /** What goes before SELECT, and `samples AS s` by their instance and their times in [from, to). */
    within(
      instanceId: string,
      from: number,
      to: number,
    ): { readonly before: Sql; readonly from: Sql; readonly where: Sql };
  };
}

/** Only alerts of pushes go unknown with their instance: the hub's own word about it stays what it is. Of `alerts AS a`. */
export const IS_UNKNOWN = sql`(a.source = 'cluster' AND EXISTS
  (SELECT 1 FROM instances AS i WHERE i.instance_id = a.origin AND i.silent_since IS NOT NULL))`;

/** Whether somebody deals with it. Of `alerts AS a`. */
export const IS_ACKNOWLEDGED = sql`EXISTS
  (SELECT 1 FROM incidents AS n WHERE n.id = a.incident_id AND n.status = 'acknowledged')`;

/** Of `incidents AS n`: alerts of it fire that are unknown, and none that is known. */
export const NOTHING_IS_KNOWN = sql`(EXISTS
    (SELECT 1 FROM alerts AS a WHERE a.incident_id = n.id AND a.status = 'firing' AND ${IS_UNKNOWN})
  AND NOT EXISTS
    (SELECT 1 FROM alerts AS a WHERE a.incident_id = n.id AND a.status = 'firing' AND NOT ${IS_UNKNOWN}))`;
/** Of `incidents AS n`: all others. */
export const IS_KNOWN_TO_FIRE = sql`NOT ${NOTHING_IS_KNOWN}`;

/** Literals, not values: only then may the planner use the index of firing alerts. */
const HAS_STATUS: Readonly<Record<AlertState, Sql>> = {
  firing: sql`a.status = 'firing' AND NOT ${IS_UNKNOWN}`,
  resolved: sql`a.status = 'resolved' AND NOT ${IS_UNKNOWN}`,
  unknown: IS_UNKNOWN,
};

function all<T>(filter: OneOrMore<T>): readonly T[] {
  return Array.isArray(filter) ? (filter as readonly T[]) : [filter as T];
}

/** A filter of which one value must hold; none where there is no filter. */
function oneOf<T>(filter: OneOrMore<T> | undefined, condition: (value: T) => Sql): Sql | undefined {
  if (filter === undefined) return undefined;
  const conditions = all(filter).map(condition);
  if (conditions.length === 1) return conditions[0];
  return conditions.length === 0
    ? sql`1 = 0`
    : sql`(${conditions.reduce((left, right) => sql`${left} OR (${right})`)})`;
}

/** Conditions on `alerts AS a` and `alert_states AS s`. */
export function alertConditions(query: AlertQuery, dialect: Dialect): readonly (Sql | undefined)[] {
  return [
    idsAre(query.ids, sql`a.id`),
    oneOf(query.status, (status) => HAS_STATUS[status]),
    oneOf(query.severity, (severity) => sql`a.severity = ${severity}`),
    oneOf(query.source, (source) => sql`a.source = ${source}`),
    isOf(query, dialect),
    oneOf(query.name, nameIs),
    given(query.incidentId, (id) => sql`a.incident_id = ${id}`),
    ...(query.labels ?? []).map((filter) => labelIs(filter, dialect)),
    ...(query.confinement ?? []).map((bound) => isWithinBound(bound, dialect)),
    given(query.changedSince, (time) => sql`a.received_at >= ${time}`),
    query.words && sql`a.rid IN (${dialect.withWords(query.words)})`,
  ];
}

/** Whether these conditions ask for `alert_states AS s`. */
export function needsContent({
  labels,
  instanceId,
  confinement,
}: Pick<AlertQuery, 'labels' | 'instanceId' | 'confinement'>): boolean {
  return instanceId !== undefined || (labels ?? []).length > 0 || confinement !== undefined;
}

/** Conditions on `incidents AS n`. What is asked of alerts must hold of one and the same. */
export function incidentConditions(query: IncidentQuery, dialect: Dialect): readonly (Sql | undefined)[] {
  const { source, name, labels = [], words, ids, confinement } = query;
  const ofAlert = [
    oneOf(source, (one) => sql`a.source = ${one}`),
    isOf(query, dialect),
    oneOf(name, nameIs),
    ...labels.map((filter) => labelIs(filter, dialect)),
    words && sql`a.rid IN (${dialect.withWords(words)})`,
  ].filter((condition) => condition !== undefined);
  return [
    idsAre(ids, sql`n.id`),
    oneOf(query.status, (status) => sql`n.status = ${status}`),
    oneOf(query.severity, (severity) => sql`n.severity = ${severity}`),
    ofAlert.length === 0
      ? undefined
      : sql`n.id IN (SELECT a.incident_id FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
        ${where(...ofAlert, sql`a.incident_id IS NOT NULL`)})`,
    given(query.changedSince, (time) => sql`n.changed_at >= ${time}`),
    confinement && isTheirs(confinement, dialect),
  ];
}

function idsAre(ids: readonly string[] | undefined, id: Sql): Sql | undefined {
  if (ids === undefined) return undefined;
  return ids.length === 0 ? sql`1 = 0` : sql`${id} IN (${listed(ids)})`;
}

/** Of `alerts AS a` and `alert_states AS s`: all bounds hold. */
export function isWithinAll(confinement: Confinement, dialect: Dialect): Sql {
  return confinement
    .map((bound) => isWithinBound(bound, dialect))
    .reduce((left, right) => sql`${left} AND ${right}`, sql`1 = 1`);
}

/** Of `incidents AS n`: it has alerts, and all of them are within what somebody is confined to. */
export function isTheirs(confinement: Confinement, dialect: Dialect): Sql {
  const alerts = sql`SELECT 1 FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid WHERE a.incident_id = n.id`;
  return sql`(EXISTS (${alerts}) AND NOT EXISTS (${alerts} AND NOT (${isWithinAll(confinement, dialect)})))`;
}

/** Alerts of an instance; those of the hub's own machine have no origin but a source of their own. */
function isOf({ instanceId, orLocal }: Pick<AlertQuery, 'instanceId' | 'orLocal'>, dialect: Dialect): Sql | undefined {
  const named = (id: string) => sql`(a.origin = ${id} OR (a.origin = '' AND ${namesHost(id, dialect)}))`;
  const ids = oneOf(instanceId, named);
  return ids !== undefined && orLocal === true ? sql`(${ids} OR a.source = 'local')` : ids;
}

/** A name with `*` for any characters is compared in any case. */
function nameIs(name: string): Sql {
  if (!name.includes('*')) return sql`a.name = ${name}`;
  const pattern = name
    .toLowerCase()
    .replaceAll(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%');
  return sql`lower(a.name) LIKE ${pattern} ESCAPE '\\'`;
}

// Labels stand in front, as JSON text without blanks. A quotation mark inside a text is written with a backslash before
// it, so neither this text nor `,"name":"value"` is found anywhere but where it means that.
const LABELS_END = '},"annotations":';

/** Whether the JSON text of an alert's labels holds a part, of which each value must stand behind `{` or `,`. */
function holds(part: string, { position }: Dialect): Sql {
  const content = sql`s.content`;
  const end = position(content, LABELS_END);
  const first = position(content, `{${part}`);
  const later = position(content, `,${part}`);
  return sql`((${first} BETWEEN 1 AND ${end}) OR (${later} BETWEEN 1 AND ${end}))`;
}

function labelIs({ name, value, isNot }: LabelFilter, dialect: Dialect): Sql {
  const key = `${JSON.stringify(name)}:`;
  const is =
    value === ''
      ? sql`(NOT ${holds(key, dialect)} OR ${holds(`${key}""`, dialect)})`
      : holds(key + JSON.stringify(value), dialect);
  return isNot ? sql`NOT ${is}` : is;
}

/** What `matchLabels` adds below the labels of an alert. Of `alerts AS a`. */
const OWN_LABELS: Readonly<Record<string, Sql>> = {
  ...{ alertname: sql`a.name`, severity: sql`a.severity`, source: sql`a.source`, instance_id: sql`a.origin` },
};

/** Whether an alert is within a bound, by the labels that matchers see; the same as `isWithin` says. */
function isWithinBound({ name, values, isNot }: LabelBound, dialect: Dialect): Sql {
  const column = Object.hasOwn(OWN_LABELS, name) ? OWN_LABELS[name] : undefined;
  const key = `${JSON.stringify(name)}:`;
  const conditions = values.map((value) => {
    if (column === undefined) return labelIs({ name, value, isNot: false }, dialect);
    const isGiven = holds(key, dialect);
    return sql`((${isGiven} AND ${holds(key + JSON.stringify(value), dialect)}) OR (NOT ${isGiven} AND ${column} = ${value}))`;
  });
  const isOne = sql`(${conditions.reduce((left, right) => sql`${left} OR ${right}`)})`;
  return isNot ? sql`NOT ${isOne}` : isOne;
}

function namesHost(host: string, dialect: Dialect): Sql {
  const text = JSON.stringify(host);
  const labels = HOST_LABELS.map((label) => holds(`${JSON.stringify(label)}:${text}`, dialect));
  // The first condition holds of few alerts, and is the only one that is looked at of the others.
  return sql`(${dialect.position(sql`s.content`, text)} > 0 AND (${labels.reduce((left, right) => sql`${left} OR ${right}`)}))`;
}
