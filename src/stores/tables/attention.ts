import { SEVERITIES, type Severity } from '../../core/alert/alert.ts';
import type { IncidentStatus } from '../../core/incident/incident.ts';
import { type AttentionPlace, attentionPlace } from '../contract/cursors.ts';
import type { AlertQuery, AlertState, IncidentQuery, OneOrMore, Page, PageQuery } from '../contract/reads.ts';
import type { Cell } from './columns.ts';
import {
  alertConditions,
  type Dialect,
  IS_ACKNOWLEDGED,
  IS_KNOWN_TO_FIRE,
  IS_UNKNOWN,
  incidentConditions,
  NOTHING_IS_KNOWN,
} from './conditions.ts';
import { type Sql, sql, where } from './sql.ts';

/**
 * A list by attention is one list after another, each of rows that an index gives in their order: so a page costs what
 * it shows, however long the list is. null where the filters leave nothing of it.
 */
export type Segments = readonly (Sql | null)[];

/** A row of such a list, with what it is ordered by. */
export interface Placed<T> {
  readonly item: T;
  readonly changedAt: number;
  /** Tells rows apart that changed at the same time. */
  readonly tie: Cell;
}

/** How a segment is read: rows of that condition, in their order, at most so many. */
export type ReadSegment<T> = (conditions: readonly (Sql | undefined)[], limit: number) => Promise<readonly Placed<T>[]>;

/** What a list is ordered by, as its statement names it. */
export interface Order {
  readonly changedAt: Sql;
  readonly tie: Sql;
  /** Reads a tie from a cursor. */
  readonly tieOf: (text: string) => Cell;
}

/** How a list by attention is read. */
export interface AttentionReads<T> {
  readonly segment: ReadSegment<T>;
  /**
   * When any row that may be of the list last changed, UTC milliseconds. Later pages leave out what changed after that; and
   * not the time of reading stands in cursors, so that a page stays the same, with its tag, while nothing changes.
   */
  readonly lastChange: () => Promise<number>;
}

/** A page of a list by attention. */
export async function attentionPage<T>(
  segments: Segments,
  order: Order,
  { cursor, limit }: PageQuery,
  { segment: read, lastChange }: AttentionReads<T>,
): Promise<Page<T>> {
  const from = cursor === undefined ? undefined : attentionPlace(cursor);
  if (from === undefined && cursor !== undefined) return { items: [], nextCursor: null };
  // Before the rows are: what changes meanwhile is not shown twice.
  const at = from?.at ?? (await lastChange());
  const rows: (Placed<T> & { readonly segment: number })[] = [];
  for (let segment = from?.segment ?? 0; segment < segments.length && rows.length <= limit; segment += 1) {
    const condition = segments[segment];
    if (condition === null || condition === undefined) continue;
    const behind = from?.segment === segment ? behindSql(order, from) : undefined;
    // What has changed since stands in front of where the list is.
    const notLater = from === undefined ? undefined : sql`${order.changedAt} <= ${at}`;
    const found = await read([condition, behind, notLater], limit + 1 - rows.length);
    rows.push(...found.map((row) => ({ ...row, segment })));
  }
  const items = rows.slice(0, limit).map(({ item }) => item);
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null };
  return { items, nextCursor: [at, last.segment, last.changedAt, last.tie].join('.') };
}

function behindSql({ changedAt, tie, tieOf }: Order, from: AttentionPlace): Sql {
  return sql`(${changedAt}, ${tie}) < (${from.changedAt}, ${tieOf(from.tie)})`;
}

// Literals, not values: with them the planner knows which part of an index it needs.
const SEVERITY_IS: Readonly<Record<Severity, Sql>> = {
  critical: sql`severity = 'critical'`,
  warning: sql`severity = 'warning'`,
  info: sql`severity = 'info'`,
};

function wants<T>(filter: OneOrMore<T> | undefined, value: T): boolean {
  return filter === undefined || (Array.isArray(filter) ? filter.includes(value) : filter === value);
}

interface Filters<Status> {
  readonly status?: OneOrMore<Status>;
  readonly severity?: OneOrMore<Severity>;
}

/** Critical alerts that fire, those that are unknown, warnings and the rest, each acknowledged ones last; then what has ended. */
export function alertSegments({ status, severity }: Filters<AlertState>): Segments {
  const bySeverity = (condition: Sql, mayBe: boolean) => (one: Severity) =>
    mayBe && wants(severity, one) ? sql`${condition} AND a.${SEVERITY_IS[one]}` : null;
  const acknowledgedLast = (condition: Sql, severities: readonly Severity[], mayBe: boolean) =>
    [sql`${condition} AND NOT ${IS_ACKNOWLEDGED}`, sql`${condition} AND ${IS_ACKNOWLEDGED}`].flatMap((half) =>
      severities.map(bySeverity(half, mayBe)),
    );
  const known = sql`a.status = 'firing' AND NOT ${IS_UNKNOWN}`;
  const unknown = sql`a.status = 'firing' AND ${IS_UNKNOWN}`;
  const fires = wants(status, 'firing');
  return [
    ...acknowledgedLast(known, ['critical'], fires),
    ...acknowledgedLast(unknown, SEVERITIES, wants(status, 'unknown')),
    ...acknowledgedLast(known, ['warning'], fires),
    ...acknowledgedLast(known, ['info'], fires),
    ...SEVERITIES.map(bySeverity(sql`a.status = 'resolved'`, wants(status, 'resolved') || wants(status, 'unknown'))),
  ];
}

/** The same of incidents: unknown are those of which nothing is known but what is unknown. */
export function incidentSegments({ status, severity }: Filters<IncidentStatus>): Segments {
  const of = (one: IncidentStatus, condition: Sql | null) => (level: Severity) => {
    if (!wants(status, one) || !wants(severity, level)) return null;
    const base = sql`${STATUS_IS[one]} AND n.${SEVERITY_IS[level]}`;
    return condition === null ? base : sql`${base} AND ${condition}`;
  };
  const live = (condition: Sql, severities: readonly Severity[]) =>
    (['open', 'acknowledged'] as const).flatMap((one) => severities.map(of(one, condition)));
  return [
    ...live(IS_KNOWN_TO_FIRE, ['critical']),
    ...live(NOTHING_IS_KNOWN, SEVERITIES),
    ...live(IS_KNOWN_TO_FIRE, ['warning']),
    ...live(IS_KNOWN_TO_FIRE, ['info']),
    ...SEVERITIES.map(of('resolved', null)),
    ...SEVERITIES.map(of('closed', null)),
  ];
}

const STATUS_IS: Readonly<Record<IncidentStatus, Sql>> = {
  open: sql`n.status = 'open'`,
  acknowledged: sql`n.status = 'acknowledged'`,
  resolved: sql`n.status = 'resolved'`,
  closed: sql`n.status = 'closed'`,
};

/**
 * When any alert last changed that may be of a list: of those severities and states that its filters leave, by an index. Who
 * is confined is not told when others' alerts change, so of theirs all are looked at.
 */
export function lastAlertChange(query: AlertQuery, dialect: Dialect): Sql {
  if (query.confinement !== undefined)
    return sql`SELECT MAX(a.received_at) FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
      ${where(...alertConditions(query, dialect))}`;
  const isUnknown = query.status !== undefined && wants(query.status, 'unknown');
  const statuses = (['firing', 'resolved'] as const).filter((status) => isUnknown || wants(query.status, status));
  return newest(
    query.severity,
    statuses,
    (status) => sql`SELECT MAX(received_at) AS at FROM alerts
    WHERE status = ${status}`,
  );
}

/** The same of incidents. */
export function lastIncidentChange(query: IncidentQuery, dialect: Dialect): Sql {
  if (query.confinement !== undefined)
    return sql`SELECT MAX(n.changed_at) FROM incidents AS n ${where(...incidentConditions(query, dialect))}`;
  const statuses = (Object.keys(STATUS_IS) as IncidentStatus[]).filter((status) => wants(query.status, status));
  return newest(
    query.severity,
    statuses,
    (status) => sql`SELECT MAX(changed_at) AS at FROM incidents
    WHERE status = ${status}`,
  );
}

function newest<Status>(
  filter: OneOrMore<Severity> | undefined,
  statuses: readonly Status[],
  of: (status: Status) => Sql,
): Sql {
  const severities = SEVERITIES.filter((severity) => wants(filter, severity));
  const looks = statuses.flatMap((status) =>
    severities.map((severity) => sql`${of(status)} AND ${SEVERITY_IS[severity]}`),
  );
  return sql`SELECT MAX(at) FROM (${looks.reduce((left, right) => sql`${left} UNION ALL ${right}`, sql`SELECT 0 AS at`)}) AS looks`;
}
