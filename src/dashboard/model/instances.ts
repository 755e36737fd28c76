import type { Alert, Incident, Instance } from '../wire/documents.ts';
import { BADNESSES, type Badness } from '../words/severity.ts';
import { type Query, valueIn } from './address.ts';
import { badnessByInstance, instanceBadness } from './squares.ts';

/** An instance in the table. */
export interface InstanceRow {
  readonly instance: Instance;
  readonly badness: Badness;
  readonly isOld: boolean;
  readonly incident: Incident | undefined;
}

/** The tabs of the table, each with what it shows. */
export const INSTANCE_TABS = [
  { word: 'All', value: null },
  { word: 'Not ok', value: 'bad' },
  { word: 'Silent', value: 'stale' },
  { word: 'Old version', value: 'old' },
] as const;

const PREFIX = 'instance:';

/** Instances with how they stand: silent and critical ones first, then by name. */
export function instanceRows(instances: readonly Instance[], open: readonly Incident[]): InstanceRow[] {
  const badness = badnessByInstance(open);
  const incidents = new Map(open.map((incident) => [incident.key, incident]));
  const newest = newestVersion(instances);
  return instances
    .map((instance) => ({
      instance,
      badness: instanceBadness(instance, badness),
      isOld: isOlder(instance.version, newest),
      incident: incidents.get(`${PREFIX}${instance.instance_id}`),
    }))
    .sort(
      (a, b) =>
        place(a) - place(b) || a.instance.instance_id.localeCompare(b.instance.instance_id, 'en', { numeric: true }),
    );
}

// Silent ones say nothing, and nothing is worse to know.
function place({ badness }: InstanceRow): number {
  return badness === 'unknown' ? -1 : BADNESSES.indexOf(badness);
}

/** Rows that an address asks for. */
export function filterInstances(rows: readonly InstanceRow[], query: Query): InstanceRow[] {
  const state = valueIn(query, 'state');
  const version = valueIn(query, 'version');
  const text = (valueIn(query, 'q') ?? '').toLowerCase();
  return rows.filter(
    ({ instance, badness, isOld }) =>
      (state !== 'bad' || badness !== 'ok') &&
      (state !== 'stale' || instance.status === 'silent') &&
      (state !== 'old' || isOld) &&
      (!BADNESSES.includes(state as Badness) || badness === state) &&
      (version === undefined || instance.version === version) &&
      `${instance.instance_id} ${instance.hostname ?? ''}`.toLowerCase().includes(text),
  );
}

/** The newest version that any of them has; '' for none. */
export function newestVersion(instances: readonly Pick<Instance, 'version'>[]): string {
  return instances.reduce(
    (newest, { version }) => (newest === '' || isOlder(newest, version ?? '') ? (version ?? '') : newest),
    '',
  );
}

/** Whether a version is before another; one that is not known is not. */
export function isOlder(version: string | null, than: string): boolean {
  if (version === null || version === '' || than === '') return false;
  const [a, b] = [version, than].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** A figure of an instance with the check that it comes from. */
export interface Figure {
  readonly name: string;
  readonly value: unknown;
  readonly check: string;
  readonly at: string;
}

/** The newest figures that its alerts brought, by their names. */
export function figuresOf(alerts: readonly Alert[]): Figure[] {
  const newest = new Map<string, Figure>();
  for (const { metrics, name: check, observed_at: at } of alerts) {
    for (const [name, value] of Object.entries(metrics)) {
      const known = newest.get(name);
      if (known === undefined || known.at < at) newest.set(name, { name, value, check, at });
    }
  }
  return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name));
}
