import type { Confinement } from '../../core/access/confinement.ts';
import type { Opened, OpenedQuery, StandingReads } from '../contract/standing.ts';
import { type Dialect, isTheirs, isWithinAll } from './conditions.ts';
import type { Ask } from './reads.ts';
import { type Sql, sql } from './sql.ts';

// Events of the history that are looked through; a day of most hubs has a tenth of it.
const MOST_EVENTS = 100_000;
// Where several hubs write, a number may be older than the one before it by as long as a commit takes.
const SLACK_MS = 60_000;

// Of `events`: the alert, or the incident, is one that somebody may see.
const OF_THEIRS: Readonly<Record<OpenedQuery['subject'], (confinement: Confinement, dialect: Dialect) => Sql>> = {
  alert: (confinement, dialect) => sql`EXISTS (SELECT 1 FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
    WHERE a.id = subject_id AND ${isWithinAll(confinement, dialect)})`,
  incident: (confinement, dialect) => sql`EXISTS (SELECT 1 FROM incidents AS n
    WHERE n.id = subject_id AND ${isTheirs(confinement, dialect)})`,
};

/**
 * What opened over time. The history has an index by its numbers alone, and they grow with the time: so the first number of
 * a span is looked for by halves, and ingest pays for no further index.
 */
export function createOpenedReads(ask: Ask, dialect: Dialect): Pick<StandingReads, 'openedBySeverity'> {
  /** The first number from which on no event is older; one behind all of them where there is none. */
  const firstFrom = async (time: number): Promise<{ readonly first: number; readonly head: number }> => {
    const [ends] = await ask(sql`SELECT min(seq), max(seq) FROM events`);
    const [least, head] = [Number(ends?.[0] ?? 1), Number(ends?.[1] ?? 0)];
    let [low, high] = [least, head + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [row] = await ask(sql`SELECT seq, at FROM events WHERE seq >= ${middle} ORDER BY seq LIMIT 1`);
      if (row === undefined || Number(row[1]) >= time) high = middle;
      else low = Number(row[0]) + 1;
    }
    return { first: low, head };
  };
  const has = (severity: string): Sql => sql`${dialect.position(sql`data`, `"severity":"${severity}"`)} > 0`;
  return {
    openedBySeverity: async ({ subject, from, to, stepMs, confinement }: OpenedQuery) => {
      const { first, head } = await firstFrom(from - SLACK_MS);
      const start = Math.max(first, head - MOST_EVENTS + 1);
      const theirs = confinement === undefined ? sql`` : sql`AND ${OF_THEIRS[subject](confinement, dialect)}`;
      const rows = await ask(sql`SELECT place, severity, COUNT(*) FROM (
          SELECT (at - CAST(${from} AS bigint)) / CAST(${stepMs} AS bigint) AS place,
            CASE WHEN ${has('critical')} THEN 'critical' WHEN ${has('warning')} THEN 'warning' ELSE 'info' END AS severity
          FROM events WHERE seq >= ${start} AND subject = ${subject} AND kind IN ('opened', 'reopened')
            AND at >= ${from} AND at < ${to} ${theirs}
        ) AS opened GROUP BY place, severity ORDER BY place`);
      const points = new Map<number, { critical: number; warning: number; info: number }>();
      for (const [place, severity, count] of rows) {
        const at = from + Number(place) * stepMs;
        const sums = points.get(at) ?? { critical: 0, warning: 0, info: 0 };
        points.set(at, { ...sums, [String(severity)]: Number(count) });
      }
      const isCut = start > first;
      return { points: [...points].map(([at, sums]): Opened => ({ at, ...sums })), isCut };
    },
  };
}
