import type { Severity } from '../../core/alert/alert.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { BadnessCounts } from '../../core/status.ts';
import { COUNTED_MOST } from '../contract/reads.ts';
import type { StandingReads } from '../contract/standing.ts';
import {
  alertConditions,
  type Dialect,
  IS_UNKNOWN,
  incidentConditions,
  isWithinAll,
  NOTHING_IS_KNOWN,
  needsContent,
} from './conditions.ts';
import { createOpenedReads } from './opened.ts';
import type { Ask } from './reads.ts';
import { listed, type Sql, sql, where } from './sql.ts';

/** What lists show beside their rows, over a connection that only reads. */
export function createStandingReads(ask: Ask, dialect: Dialect): StandingReads {
  const counts = async (word: Sql, from: Sql): Promise<BadnessCounts> => {
    const rows = await ask(sql`SELECT word, COUNT(*) FROM (SELECT ${word} AS word FROM ${from} LIMIT ${COUNTED_MOST})
      AS counted GROUP BY word`);
    const of = (name: string) => Number(rows.find(([found]) => found === name)?.[1] ?? 0);
    return { critical: of('critical'), warning: of('warning'), info: of('info'), unknown: of('unknown') };
  };
  return {
    ...createOpenedReads(ask, dialect),
    incidentStates: async (incidentIds) => {
      if (incidentIds.length === 0) return [];
      const rows = await ask(sql`SELECT n.id, CASE WHEN n.status = 'acknowledged' THEN n.acknowledged_by END,
          CASE WHEN EXISTS (SELECT 1 FROM notices AS m WHERE m.incident_id = n.id AND m.reason = 'flapping')
            THEN 1 ELSE 0 END
        FROM incidents AS n WHERE n.id IN (${listed(incidentIds)})`);
      return rows.map(([id, by, flapping]) => ({
        ...{
          incidentId: String(id),
          acknowledgedBy: by === null ? null : String(by),
          isFlapping: Number(flapping) === 1,
        },
      }));
    },
    noticesFor: async (incidentIds) => {
      if (incidentIds.length === 0) return [];
      const rows = await ask(sql`SELECT data FROM notices WHERE incident_id IN (${listed(incidentIds)})
        AND channel <> '' ORDER BY incident_id, channel`);
      return rows.map(([data]) => JSON.parse(String(data)) as Notice);
    },
    instanceCounts: async (instanceIds) => {
      if (instanceIds.length === 0) return [];
      const rows = await ask(sql`SELECT origin, severity, COUNT(*) FROM alerts
        WHERE source = 'cluster' AND origin IN (${listed(instanceIds)}) AND status = 'firing' GROUP BY origin, severity`);
      const of = (id: string, severity: Severity) =>
        Number(rows.find(([origin, found]) => origin === id && found === severity)?.[2] ?? 0);
      const ids = [...new Set(rows.map(([origin]) => String(origin)))];
      return ids.map((instanceId) => ({
        ...{ instanceId, critical: of(instanceId, 'critical'), warning: of(instanceId, 'warning') },
        info: of(instanceId, 'info'),
      }));
    },
    instancesWithin: async (instanceIds, confinement) => {
      if (instanceIds.length === 0) return [];
      const isWithin = isWithinAll(confinement, dialect);
      const rows = await ask(sql`SELECT a.origin FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
        WHERE a.origin IN (${listed(instanceIds)}) GROUP BY a.origin
        HAVING SUM(CASE WHEN ${isWithin} THEN 0 ELSE 1 END) = 0`);
      return rows.map(([origin]) => String(origin));
    },
    alertsBySeverity: (query) => {
      const states = needsContent(query) ? sql`JOIN alert_states AS s ON s.rid = a.rid` : sql``;
      const from = sql`alerts AS a ${states} ${where(...alertConditions(query, dialect))}`;
      return counts(sql`CASE WHEN a.status = 'firing' AND ${IS_UNKNOWN} THEN 'unknown' ELSE a.severity END`, from);
    },
    incidentsBySeverity: (query) => {
      const from = sql`incidents AS n ${where(...incidentConditions(query, dialect))}`;
      const isUnknown = sql`n.status IN ('open', 'acknowledged') AND ${NOTHING_IS_KNOWN}`;
      return counts(sql`CASE WHEN ${isUnknown} THEN 'unknown' ELSE n.severity END`, from);
    },
    fleet: async () => {
      const [row] =
        await ask(sql`SELECT COUNT(*), SUM(CASE WHEN silent_since IS NULL THEN 0 ELSE 1 END), MAX(last_seen_at)
        FROM instances`);
      const [instances = 0, silent = 0, lastSeenAt = null] = row ?? [];
      return {
        ...{ instances: Number(instances), silent: Number(silent ?? 0) },
        lastSeenAt: lastSeenAt === null ? null : Number(lastSeenAt),
      };
    },
  };
}
