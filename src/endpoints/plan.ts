import type { EndpointEntry, EndpointsDocument, ProbeEntry, PushEndpointEntry } from '../config/endpoints/document.ts';
import { type EndpointMaintenance, LOCAL_PROBE } from '../core/endpoint/endpoint.ts';
import { outsideMaintenance } from '../core/endpoint/maintenance.ts';
import type { WatchedEndpoint } from '../core/endpoint/watched.ts';
import { createZone } from '../core/time/zone.ts';
import type { EndpointSetup } from './commit.ts';
import type { WatchedProbe } from './watch.ts';

/** The only witness of a push endpoint: whoever calls. */
export const PUSH_WITNESS = 'push';

/** What the configuration says of endpoints as the half that judges needs it: plain, without a secret. */
export interface EndpointPlan {
  readonly endpoints: readonly WatchedEndpoint[];
  /** By the key of the endpoint; those without one are left out. */
  readonly maintenance: Readonly<Record<string, readonly EndpointMaintenance[]>>;
  readonly probes: readonly WatchedProbe[];
}

/** Nothing is looked at. */
export const NO_ENDPOINTS: EndpointPlan = { endpoints: [], maintenance: {}, probes: [] };

/** The plan of a configuration. */
export function endpointPlan({ endpoints, pushEndpoints, probes }: EndpointsDocument): EndpointPlan {
  const looked = endpoints.filter(({ enabled }) => enabled).map((entry) => watchedEntry(entry, probes));
  const pushed = pushEndpoints.filter(({ enabled }) => enabled).map(watchedPush);
  const all = [...endpoints, ...pushEndpoints].filter(({ maintenance }) => maintenance.length > 0);
  return {
    endpoints: [...looked, ...pushed],
    maintenance: Object.fromEntries(all.map(({ key, maintenance }) => [key, maintenance])),
    probes: probes.map(({ id, name, staleAfterMs }) => ({ id, name, staleAfterMs })),
  };
}

/** Who looks at an endpoint: whom it names, and everybody in its regions; the hub itself where it names neither. */
export function probesOf(
  { monitoredBy, regions }: Pick<EndpointEntry, 'monitoredBy' | 'regions'>,
  probes: readonly Pick<ProbeEntry, 'id' | 'region'>[],
): readonly string[] {
  if (monitoredBy.length === 0 && regions.length === 0) return [LOCAL_PROBE];
  const near = probes.filter(({ region }) => region !== '' && regions.includes(region)).map(({ id }) => id);
  return [...new Set([...monitoredBy, ...near])];
}

function watchedEntry(entry: EndpointEntry, probes: readonly ProbeEntry[]): WatchedEndpoint {
  const { key, name, group, labels, url, intervalMs, alerts, strategy, quorum, ui } = entry;
  // One that is no longer there takes its word with it.
  const isThere = (id: string) => id === LOCAL_PROBE || probes.some((probe) => probe.id === id);
  return {
    ...{ key, name, group, labels, intervalMs, alerts },
    target: ui.hideUrl ? '' : url,
    probes: probesOf(entry, probes).filter(isThere),
    rule: quorum === null ? { kind: 'strategy', strategy } : { kind: 'quorum', down: quorum },
  };
}

function watchedPush({ key, name, group, labels, alerts }: PushEndpointEntry): WatchedEndpoint {
  return {
    ...{ key, name, group, labels, alerts, target: '', probes: [PUSH_WITNESS] },
    // What was told holds until something else is: its schedule says when silence is a failure.
    intervalMs: Number.MAX_SAFE_INTEGER / 4,
    rule: { kind: 'strategy', strategy: 'any-down' },
  };
}

/** What endpoints are judged by. */
export function endpointSetup({ endpoints, maintenance, probes }: EndpointPlan): EndpointSetup {
  const windows = new Map(
    Object.entries(maintenance).map(([key, all]) => [key, all.map((one) => ({ ...one, clock: createZone(one.zone) }))]),
  );
  return {
    watched: new Map(endpoints.map((endpoint) => [endpoint.key, endpoint])),
    probes: probes.map(({ id }) => id),
    chargeable: (key) => (span) => outsideMaintenance(windows.get(key) ?? [], span),
  };
}
