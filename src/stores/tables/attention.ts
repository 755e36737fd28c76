import { SEVERITIES, type Severity } from '../../core/alert/alert.ts';
import type { IncidentStatus } from '../../core/incident/incident.ts';
import { type AttentionPlace, attentionPlace } from '../contract/cursors.ts';
import type { AlertState, OneOrMore, Page, PageQuery, Sorted } from '../contract/reads.ts';
import type { Cell } from './columns.ts';
import { IS_ACKNOWLEDGED, IS_KNOWN_TO_FIRE, IS_UNKNOWN, NOTHING_IS_KNOWN } from './conditions.ts';
import { type Sql, sql } from './sql.ts';

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

/** A page of a list by attention. */
export async function attentionPage<T>(
  segments: Segments,
  order: Order,
  { cursor, limit, asOf = Number.MAX_SAFE_INTEGER }: PageQuery & Sorted,
  read: ReadSegment<T>,
): Promise<Page<T>> {
  const from = cursor === undefined ? undefined : attentionPlace(cursor);
  if (from === undefined && cursor !== undefined) return { items: [], nextCursor: null };
  const at = from?.at ?? asOf;
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
