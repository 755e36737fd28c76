import { counter, type Family, gauge, type Sample } from './exposition.ts';
import type { LookCount } from './looks.ts';

/** What the figures of endpoints are made of; an endpoint is named by its key. Times are UTC milliseconds. */
export interface EndpointFigures {
  readonly endpoints: readonly { readonly key: string; readonly state: 'up' | 'down' | 'unknown' }[];
  readonly looks: readonly LookCount[];
  readonly probes: readonly {
    readonly id: string;
    readonly isStale: boolean;
    readonly lastSeenAt: number | null;
    readonly clockOffsetMs: number | null;
  }[];
}

/** Endpoints that have figures of their own: a Prometheus pays for each name that it once saw. */
export const ENDPOINTS_NAMED = 1000;
const OTHERS = 'others';

/** The figures of endpoints and probes; none where nothing is looked at. */
export function endpointFamilies({ endpoints, looks, probes }: EndpointFigures): readonly Family[] {
  if (endpoints.length === 0 && probes.length === 0) return [];
  const named = endpoints.slice(0, ENDPOINTS_NAMED);
  const names = new Set(named.map(({ key }) => key));
  const ofNamed = (value: (state: string) => number | null): readonly Sample[] =>
    named.flatMap(({ key, state }) => {
      const found = value(state);
      return found === null ? [] : [{ labels: { endpoint: key }, value: found }];
    });
  return [
    gauge(
      'monitor_endpoints',
      'Endpoints by what is found of them.',
      (['up', 'down', 'unknown'] as const).map((state) => ({
        labels: { state },
        value: endpoints.filter((one) => one.state === state).length,
      })),
    ),
    gauge(
      'monitor_endpoint_up',
      `1 while the endpoint is up, 0 while it is down, none while that is unknown; of the first ${ENDPOINTS_NAMED} by key.`,
      ofNamed((state) => (state === 'unknown' ? null : Number(state === 'up'))),
    ),
    counter(
      'monitor_endpoint_looks_total',
      'Looks at the endpoint, or calls of it, since the start, by what they came to.',
      summed(looks, ({ endpoint, outcome }) => ({ endpoint: names.has(endpoint) ? endpoint : OTHERS, outcome })),
    ),
    counter(
      'monitor_probe_looks_total',
      'Looks of the probe since the start, by what they came to.',
      summed(
        looks.filter(({ probe }) => probe !== ''),
        ({ probe, outcome }) => ({ probe, outcome }),
      ),
    ),
    gauge(
      'monitor_probe_stale',
      '1 while the probe has not come for longer than its stale_after, else 0.',
      probes.map(({ id, isStale }) => ({ labels: { probe: id }, value: Number(isStale) })),
    ),
    gauge(
      'monitor_probe_last_seen_timestamp_seconds',
      'When the probe last came; 0 where it never has.',
      probes.map(({ id, lastSeenAt }) => ({ labels: { probe: id }, value: (lastSeenAt ?? 0) / 1000 })),
    ),
    gauge(
      'monitor_probe_clock_offset_seconds',
      'How far the clock of the probe is ahead of that of the hub.',
      probes.flatMap(({ id, clockOffsetMs }) =>
        clockOffsetMs === null ? [] : [{ labels: { probe: id }, value: clockOffsetMs / 1000 }],
      ),
    ),
  ];
}

function summed(
  looks: readonly LookCount[],
  labelsOf: (look: LookCount) => Readonly<Record<string, string>>,
): readonly Sample[] {
  const sums = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }>();
  for (const look of looks) {
    const labels = labelsOf(look);
    const key = JSON.stringify(labels);
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + look.count });
  }
  return [...sums.values()];
}
