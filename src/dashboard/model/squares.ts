import type { Incident, Instance } from '../wire/documents.ts';
import { type Badness, incidentBadness, worst } from '../words/severity.ts';

/** An instance on the map. */
export interface Square {
  readonly id: string;
  readonly badness: Badness;
}

/** Squares that stand together. */
export interface SquareGroup {
  readonly name: string;
  readonly squares: readonly Square[];
  readonly ok: number;
}

const PREFIX = 'instance:';

/** How an instance stands: unknown while it is silent, else as bad as the worst incident of it. */
export function instanceBadness(
  { instance_id: id, status }: Instance,
  open: ReadonlyMap<string, readonly Badness[]>,
): Badness {
  return status === 'silent' ? 'unknown' : worst(open.get(id) ?? []);
}

/** Badness of the open incidents of each instance. */
export function badnessByInstance(open: readonly Incident[]): Map<string, Badness[]> {
  const found = new Map<string, Badness[]>();
  for (const incident of open) {
    if (!incident.key.startsWith(PREFIX)) continue;
    const id = incident.key.slice(PREFIX.length);
    found.set(id, [...(found.get(id) ?? []), incidentBadness(incident)]);
  }
  return found;
}

/** Instances in groups by what their names begin with, as long as that makes groups; one group otherwise. */
export function squaresOf(instances: readonly Instance[], open: readonly Incident[]): SquareGroup[] {
  const badness = badnessByInstance(open);
  const groups = new Map<string, Square[]>();
  for (const instance of instances) {
    const { instance_id: id } = instance;
    const name = groupOf(id);
    const square = { id, badness: instanceBadness(instance, badness) };
    groups.set(name, [...(groups.get(name) ?? []), square]);
  }
  const isScattered = groups.size > Math.max(1, Math.min(12, instances.length / 3));
  const all = isScattered ? new Map([['all', [...groups.values()].flat()]]) : groups;
  return [...all].map(([name, squares]) => ({
    name,
    squares,
    ok: squares.filter((square) => square.badness === 'ok').length,
  }));
}

/** What a name begins with before its number: `web-server-03` is of `web-server`. */
function groupOf(id: string): string {
  return /^(.*?[a-z])[-_.]?\d/i.exec(id)?.[1] ?? id;
}
