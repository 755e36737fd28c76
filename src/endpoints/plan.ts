import type { EndpointEntry, EndpointsDocument, ProbeEntry, PushEndpointEntry } from '../config/endpoints/document.ts';
import { type EndpointMaintenance, LOCAL_PROBE } from '../core/endpoint/endpoint.ts';
import { outsideMaintenance } from '../core/endpoint/maintenance.ts';
import { heartbeatRule, type PushRule } from '../core/endpoint/push/schedule.ts';
import type { WatchedEndpoint } from '../core/endpoint/watched.ts';
import { createZone } from '../core/time/zone.ts';
import { cronRecurrence } from '../lib/recurrence.ts';
import type { EndpointSetup } from './commit.ts';
import { PUSH_WITNESS } from './pings.ts';
import { shownUrl } from './redacted.ts';
import type { WatchedProbe } from './watch.ts';

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
  const { key, name, group, labels, url, intervalMs, alerts, strategy, quorum, ui, dependsOn, confirm } = entry;
  // One that is no longer there takes its word with it.
  const isThere = (id: string) => id === LOCAL_PROBE || probes.some((probe) => probe.id === id);
  return {
    ...{ key, name, group, labels, intervalMs, alerts, dependsOn, confirm },
    target: shownUrl({ url, ui }),
    ...(ui.badgeSteps !== null && { badgeSteps: ui.badgeSteps }),
    probes: probesOf(entry, probes).filter(isThere),
    rule: quorum === null ? { kind: 'strategy', strategy } : { kind: 'quorum', down: quorum },
  };
}

function watchedPush(entry: PushEndpointEntry): WatchedEndpoint {
  const { key, name, group, labels, alerts, schedule, graceMs, maxRunMs, dependsOn } = entry;
  return {
    push: { schedule, graceMs, maxRunMs: maxRunMs ?? Math.max(graceMs, SHORTEST_RUN_MS) },
    ...{ key, name, group, labels, alerts, dependsOn, target: '', probes: [PUSH_WITNESS] },
    // What was told holds until something else is: its schedule says when silence is a failure.
    intervalMs: Number.MAX_SAFE_INTEGER / 4,
    rule: { kind: 'strategy', strategy: 'any-down' },
  };
}

// Where the grace is nothing, a run has a minute.
const SHORTEST_RUN_MS = 60_000;

function ruleOf(push: PushRule) {
  const { schedule } = push;
  if (schedule?.kind !== 'cron') return heartbeatRule(push, () => null);
  return heartbeatRule(push, cronRecurrence(schedule.cron, createZone(schedule.zone)).next);
}

/** What endpoints are judged by. */
export function endpointSetup({ endpoints, maintenance, probes }: EndpointPlan): EndpointSetup {
  const windows = new Map(
    Object.entries(maintenance).map(([key, all]) => [key, all.map((one) => ({ ...one, clock: createZone(one.zone) }))]),
  );
  return {
    watched: new Map(endpoints.map((endpoint) => [endpoint.key, endpoint])),
    probes: probes.map(({ id }) => id),
    heartbeats: new Map(endpoints.flatMap(({ key, push }) => (push === undefined ? [] : [[key, ruleOf(push)]]))),
    chargeable: (key) => (span) => outsideMaintenance(windows.get(key) ?? [], span),
  };
}
