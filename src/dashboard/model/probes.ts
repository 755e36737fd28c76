import type { Probe } from '../wire/endpoints.ts';
import { type Query, valueIn } from './address.ts';

/** What probes are called to be: `never` has not come yet. */
export type ProbeHealth = 'healthy' | 'stale' | 'never';

/** How a probe does. */
export function probeHealth({ is_stale: isStale, last_seen_at: seen }: Probe): ProbeHealth {
  if (seen === null) return 'never';
  return isStale ? 'stale' : 'healthy';
}

const PLACES: Readonly<Record<ProbeHealth, number>> = { stale: 0, never: 1, healthy: 2 };

/** Probes that an address asks for: those first that want attention. */
export function probeRows(probes: readonly Probe[], query: Query): readonly Probe[] {
  const state = valueIn(query, 'state');
  return probes
    .filter((probe) => state === undefined || probeHealth(probe) === state)
    .toSorted((a, b) => PLACES[probeHealth(a)] - PLACES[probeHealth(b)] || a.id.localeCompare(b.id));
}

/** How many probes of each region are healthy; '' for those of none. */
export function regionsOf(probes: readonly Probe[]): readonly { region: string; healthy: number; all: number }[] {
  const regions = new Map<string, { healthy: number; all: number }>();
  for (const probe of probes) {
    const { healthy, all } = regions.get(probe.region) ?? { healthy: 0, all: 0 };
    regions.set(probe.region, { healthy: healthy + Number(probeHealth(probe) === 'healthy'), all: all + 1 });
  }
  return [...regions].map(([region, sums]) => ({ region, ...sums })).sort((a, b) => a.region.localeCompare(b.region));
}
