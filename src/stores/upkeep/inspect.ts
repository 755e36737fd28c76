import type { Session, Upkeep } from './contract.ts';

/** What one look at a store came to. */
export interface Inspection {
  readonly check: string;
  /** What holds in a sound store. */
  readonly about: string;
  /** Rows of which that is not true. */
  readonly faults: number;
  /** Some of them, by their ids. */
  readonly examples: readonly string[];
}

/** Names the rows that are wrong. */
interface Check {
  readonly check: string;
  readonly about: string;
  readonly sql: string;
}

const EXAMPLES = 5;
// Stands for the time before which retention may have taken the one and not yet the other.
const BEFORE = ':before';

const FIRING = `SELECT incident_id, count(CASE WHEN severity = 'critical' THEN 1 END) AS critical,
    count(CASE WHEN severity = 'warning' THEN 1 END) AS warning, count(CASE WHEN severity = 'info' THEN 1 END) AS info
  FROM alerts WHERE status = 'firing' AND incident_id IS NOT NULL GROUP BY incident_id`;

const CHECKS: readonly Check[] = [
  {
    check: 'alert_states',
    about: 'every alert has its state',
    sql: 'SELECT id FROM alerts WHERE NOT EXISTS (SELECT 1 FROM alert_states s WHERE s.rid = alerts.rid)',
  },
  {
    check: 'states_of_alerts',
    about: 'every state has its alert',
    sql: 'SELECT rid FROM alert_states s WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.rid = s.rid)',
  },
  {
    check: 'identities',
    about: 'no two alerts have the same source, origin and fingerprint',
    sql: 'SELECT min(id) FROM alerts GROUP BY fingerprint, origin, source HAVING count(*) > 1',
  },
  {
    check: 'incidents_of_alerts',
    about: 'every alert that fires has an incident, and the incident of an alert exists',
    sql: `SELECT id FROM alerts WHERE CASE WHEN incident_id IS NULL THEN status = 'firing'
      ELSE NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = alerts.incident_id) END`,
  },
  {
    check: 'firing_counts',
    about: 'the counts of an incident match its firing alerts',
    sql: `SELECT i.id FROM incidents i LEFT JOIN (${FIRING}) f ON f.incident_id = i.id
      WHERE i.firing_critical <> coalesce(f.critical, 0) OR i.firing_warning <> coalesce(f.warning, 0)
        OR i.firing_info <> coalesce(f.info, 0)`,
  },
  {
    check: 'live_incidents',
    about: 'every open or acknowledged incident has a firing alert',
    sql: `SELECT id FROM incidents WHERE status IN ('open', 'acknowledged')
      AND firing_critical + firing_warning + firing_info = 0`,
  },
  {
    check: 'live_keys',
    about: 'a key has one live incident',
    sql: `SELECT min(id) FROM incidents WHERE status IN ('open', 'acknowledged') GROUP BY key HAVING count(*) > 1`,
  },
  {
    check: 'subjects',
    about: 'the alert or incident of every event exists, unless the event is old enough to be removed',
    sql: `SELECT seq FROM events e WHERE at >= ${BEFORE} AND CASE subject
      WHEN 'alert' THEN NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.id = e.subject_id)
      WHEN 'incident' THEN NOT EXISTS (SELECT 1 FROM incidents WHERE incidents.id = e.subject_id)
      ELSE FALSE END`,
  },
];

/**
 * Looks at the whole store at one moment: what the engine says of its files, and whether the rows agree with one
 * another. What is older than `before` (UTC milliseconds) may be on its way out.
 */
export async function inspect(upkeep: Upkeep, before: number): Promise<readonly Inspection[]> {
  const damage = await upkeep.faults();
  const files = {
    check: 'integrity',
    about: "the engine's own check of its files finds nothing",
    faults: damage.length,
    examples: damage.slice(0, EXAMPLES),
  };
  // Queries over damaged files may say anything.
  if (damage.length > 0) return [files];
  return upkeep.read(async (session) => {
    const found: Inspection[] = [files];
    for (const { check, about, sql } of CHECKS)
      found.push({ check, about, ...(await count(session, sql.replace(BEFORE, String(before)))) });
    return found;
  });
}

async function count(session: Session, sql: string): Promise<Pick<Inspection, 'faults' | 'examples'>> {
  const [row] = await session.rows(`SELECT count(*) FROM (${sql}) AS wrong`);
  const faults = Number(row?.[0]);
  if (faults === 0) return { faults, examples: [] };
  const rows = await session.rows(`${sql} LIMIT ${EXAMPLES}`);
  return { faults, examples: rows.map(([id]) => String(id)) };
}
