import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import type { StoredAlert, StoredEvent } from './model.ts';

/** Everything that a check of a hub's store looks at. */
export interface Facts {
  /** By source, origin and fingerprint, NUL between them. */
  readonly alerts: ReadonlyMap<string, StoredAlert>;
  /** By id of the alert, in the order of the history. */
  readonly events: ReadonlyMap<string, readonly StoredEvent[]>;
  /** What is wrong with the store by itself: a damaged file, doubled events, incidents that do not fit their alerts. */
  readonly problems: readonly string[];
}

/** Reads the store of a hub that has ended (by whatever means). */
export function readFacts(file: string): Facts {
  const Database = loadDriver();
  const db = new Database(file, { fileMustExist: true });
  try {
    const facts = factsOf(rowsOf((query) => db.prepare(query).all()));
    const integrity = (db.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check);
    const damage = integrity.filter((line) => line !== 'ok').map((line) => `integrity_check: ${line}`);
    return { ...facts, problems: [...damage, ...facts.problems] };
  } finally {
    db.close();
  }
}

/** What a store holds, as rows; columns are named alike in every engine. */
export interface Rows {
  readonly alerts: readonly AlertRow[];
  /** In the order of the history. */
  readonly events: readonly EventRow[];
  readonly incidents: readonly IncidentRow[];
}

/** The queries that give `Rows`. */
export const QUERIES = {
  alerts: 'SELECT * FROM alerts JOIN alert_states USING (rid)',
  events: 'SELECT * FROM events ORDER BY seq',
  incidents: 'SELECT * FROM incidents',
} as const;

/** Reads all of them from an open store. */
export function rowsOf(all: (query: string) => unknown[]): Rows {
  const [alerts, events, incidents] = [all(QUERIES.alerts), all(QUERIES.events), all(QUERIES.incidents)];
  return { alerts, events, incidents } as unknown as Rows;
}

/** What follows from the rows of a store. */
export function factsOf({ alerts, events, incidents }: Rows): Facts {
  const problems = [...doubled(events), ...incidentProblems(alerts, events, incidents)];
  return { alerts: new Map(alerts.map((row) => [keyOf(row), alertOf(row)])), events: byAlert(events), problems };
}

/** A row of `alerts` with that of `alert_states`; more columns are there. */
export interface AlertRow {
  readonly id: string;
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  readonly status: string;
  readonly severity: string;
  readonly observed_at: number;
  readonly occurrences: number;
  readonly incident_id: string | null;
}

/** A row of `events`. */
export interface EventRow {
  readonly seq: number;
  readonly subject: string;
  readonly subject_id: string;
  readonly kind: string;
  readonly data: string;
}

/** A row of `incidents`. */
export interface IncidentRow {
  readonly id: string;
  readonly key: string;
  readonly status: string;
  readonly severity: string;
  readonly alert_count: number;
  readonly firing_critical: number;
  readonly firing_warning: number;
  readonly firing_info: number;
}

function keyOf(row: AlertRow): string {
  return `${row.source}\0${row.origin}\0${row.fingerprint}`;
}

function alertOf({ id, status, severity, observed_at: observedAt, occurrences }: AlertRow): StoredAlert {
  return { id, status, severity, observedAt, occurrences };
}

function byAlert(rows: readonly EventRow[]): Map<string, StoredEvent[]> {
  const events = new Map<string, StoredEvent[]>();
  for (const row of rows) {
    if (row.subject !== 'alert') continue;
    const { severity, observed_at: observed } = JSON.parse(row.data) as { severity: string; observed_at: string };
    const list = events.get(row.subject_id) ?? [];
    events.set(row.subject_id, list);
    list.push({ kind: row.kind, severity, observedAt: Date.parse(observed) });
  }
  return events;
}

/** Two events of one alert that say the same of the same moment. */
function doubled(rows: readonly EventRow[]): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const { subject, subject_id: id, kind, data } of rows) {
    if (subject !== 'alert') continue;
    const { observed_at: at, severity } = JSON.parse(data) as { observed_at: string; severity: string };
    const key = [id, kind, severity, at].join(' ');
    if (seen.has(key)) problems.push(`doubled: ${key}`);
    seen.add(key);
  }
  return problems;
}

const RANK = ['critical', 'warning', 'info'];

function incidentProblems(alerts: readonly AlertRow[], events: readonly EventRow[], incidents: readonly IncidentRow[]) {
  const problems: string[] = [];
  const joined = new Map<string, Set<string>>();
  for (const { subject, subject_id: id, data } of events) {
    const { incident_id: incident } = JSON.parse(data) as { incident_id?: string };
    if (subject === 'alert' && incident) joined.set(incident, (joined.get(incident) ?? new Set()).add(id));
  }
  const liveKeys = new Set<string>();
  const known = new Set(incidents.map((incident) => incident.id));
  for (const incident of incidents) {
    const { id, key, status, severity } = incident;
    const isLive = status === 'open' || status === 'acknowledged';
    const firing = alerts.filter((alert) => alert.incident_id === id && alert.status === 'firing');
    const counted = RANK.map((rank) => firing.filter((alert) => alert.severity === rank).length);
    const kept = [incident.firing_critical, incident.firing_warning, incident.firing_info];
    if (String(counted) !== String(kept))
      problems.push(`incident ${key} counts ${kept} firing, its alerts are ${counted}`);
    if (isLive !== firing.length > 0) problems.push(`incident ${key} is ${status} with ${firing.length} alerts firing`);
    const highest = RANK.find((_, rank) => (counted[rank] ?? 0) > 0);
    if (isLive && severity !== highest) problems.push(`incident ${key} is ${severity}, its alerts are ${highest}`);
    if (isLive && liveKeys.has(key)) problems.push(`two live incidents of ${key}`);
    if (isLive) liveKeys.add(key);
    const members = joined.get(id)?.size ?? 0;
    if (incident.alert_count !== members)
      problems.push(`incident ${key} counts ${incident.alert_count} alerts of ${members}`);
    problems.push(
      ...turnProblems(
        incident,
        events.filter((event) => event.subject_id === id).map((event) => event.kind),
      ),
    );
  }
  for (const { id, status, incident_id: incident } of alerts) {
    if (status === 'firing' && (incident === null || !known.has(incident)))
      problems.push(`alert ${id} fires without an incident`);
  }
  return problems;
}

/** The history of an incident: opened once, then resolved and reopened by turns. */
function turnProblems({ key, status }: IncidentRow, kinds: readonly string[]): string[] {
  const turns = kinds.filter((kind) => kind !== 'severity_changed');
  const expected = turns.map((_, at) => (at === 0 ? 'opened' : at % 2 === 1 ? 'resolved' : 'reopened'));
  if (String(turns) !== String(expected)) return [`incident ${key} has the history ${turns}`];
  const last = turns.at(-1) === 'resolved' ? 'resolved' : 'open';
  return last === status ? [] : [`incident ${key} is ${status}, its history ends with ${turns.at(-1)}`];
}
