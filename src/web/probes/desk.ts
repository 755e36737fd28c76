import type { EndpointEntry, EndpointsDocument, ProbeEntry } from '../../config/endpoints/document.ts';
import { askedProbes } from '../../core/endpoint/confirm.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import type { ProbeState } from '../../core/endpoint/probe.ts';
import type { EndpointState } from '../../core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import type { KeyedLook, ProbeReport } from '../../endpoints/commit.ts';
import { probesOf } from '../../endpoints/plan.ts';
import type { LookAsk } from '../../endpoints/runner.ts';
import { inNetworks } from '../../lib/net/guard.ts';
import type { EndpointReads } from '../../stores/contract/endpoints.ts';
import { createLimiter, type Limiter } from '../limits.ts';
import { failure, later, type Reply } from '../reply.ts';

/** What a probe says of one look, in whichever tongue. */
export interface ToldLook extends Omit<KeyedLook, 'probe' | 'at'> {
  /** When it looked, by its own clock, UTC milliseconds; null for now. */
  readonly toldAt: number | null;
}

/** What a probe says of itself with a request. */
export interface ToldProbe {
  readonly version?: string | undefined;
  readonly region?: string | undefined;
  readonly name?: string | undefined;
  /** Its clock when it sent the request, UTC milliseconds. */
  readonly sentAt?: number | undefined;
}

/** A probe as it is shown. Times are UTC milliseconds. */
export interface ShownProbe {
  readonly entry: Pick<ProbeEntry, 'id' | 'name' | 'region' | 'staleAfterMs'>;
  readonly state: ProbeState | undefined;
  readonly isStale: boolean;
  /** How many endpoints it looks at. */
  readonly assigned: number;
}

/** What the hub does for probes: one set of functions under all tongues. */
export interface ProbeDesk {
  /** The probe of that id, if what it shows is its token and it may come from there; else the answer. */
  prove(id: string, shown: string | null, address: string): ProbeEntry | { readonly refused: Reply };
  /** Whether this is the token of any probe. */
  knows(shown: string | null): boolean;
  /** What it is to look at. */
  assigned(id: string): readonly EndpointEntry[];
  /** Which of it it is to look at once, for another probe alone says that it fails; in the order of the keys. */
  asked(id: string): Promise<readonly LookAsk[]>;
  /** Notes that it is there, with what it says of itself. */
  sight(probe: ProbeEntry, told: ToldProbe): Promise<void>;
  /** Takes its looks; the answer where it must not, or may not now. */
  accept(probe: ProbeEntry, looks: readonly ToldLook[], told: ToldProbe): Promise<{ readonly refused: Reply } | null>;
  /** All probes but the hub itself, by their order in the configuration. */
  list(): Promise<readonly ShownProbe[]>;
}

/** What the desk needs. */
export interface DeskParts {
  readonly document: () => EndpointsDocument;
  readonly report: (report: ProbeReport) => Promise<void>;
  /** How an endpoint is judged; undefined for one that is not looked at. */
  readonly watched: (key: string) => WatchedEndpoint | undefined;
  readonly reads: Pick<EndpointReads, 'probeStates' | 'endpointStates'>;
  readonly now: () => number;
}

// A probe whose request was on its way for so long is not one whose clock is off.
const SLIGHT_MS = 2000;
// What a probe that has just come back may send at once, in seconds of its rate.
const BURST_S = 60;
// A probe that only fetches its assignments is written down no more often.
const SIGHTED_MS = 5000;

/** Makes it. */
export function createProbeDesk({ document, watched, report, reads, now }: DeskParts): ProbeDesk {
  const limiters = new Map<string, { readonly perSecond: number; readonly limit: Limiter }>();
  const limiterOf = ({ id, ratePerSecond }: ProbeEntry): Limiter => {
    const known = limiters.get(id);
    if (known?.perSecond === ratePerSecond) return known.limit;
    const limit = createLimiter({ perSecond: ratePerSecond, burst: ratePerSecond * BURST_S });
    limiters.set(id, { perSecond: ratePerSecond, limit });
    return limit;
  };
  const sightedAt = new Map<string, number>();
  const offsets = new Map<string, number>();
  const offsetOf = (id: string, { sentAt }: ToldProbe, looks: readonly ToldLook[], at: number): number | null => {
    const newest = Math.max(...looks.map(({ toldAt }) => toldAt ?? Number.NEGATIVE_INFINITY));
    // Nobody looks in the future: a look from there says how far the clock is ahead at least.
    const measured = sentAt ?? (newest > at + SLIGHT_MS ? newest : null);
    if (measured !== null) offsets.set(id, Math.abs(measured - at) > SLIGHT_MS ? measured - at : 0);
    return offsets.get(id) ?? null;
  };
  const sighting = (id: string, { version, region, name }: ToldProbe, clockOffsetMs: number | null) => ({
    ...{ id, clockOffsetMs, version: version ?? null, region: region ?? null, name: name ?? null },
  });
  const assigned = (id: string) => {
    const { endpoints, probes } = document();
    return endpoints.filter((entry) => entry.enabled && probesOf(entry, probes).includes(id));
  };
  const isTokenOf = ({ token, previousToken }: ProbeEntry, shown: string) =>
    token.equals(shown) || previousToken?.equals(shown) === true;
  return {
    assigned,
    asked: async (id) => {
      // Where nothing asks for confirmation, nothing is read.
      if (!assigned(id).some(({ key }) => watched(key)?.confirm === true)) return [];
      return asksFor(id, await reads.endpointStates(), watched, now());
    },
    knows: (shown) => shown !== null && document().probes.some((probe) => isTokenOf(probe, shown)),
    prove: (id, shown, address) => {
      const probe = document().probes.find((one) => one.id === id);
      if (probe === undefined || shown === null || !isTokenOf(probe, shown))
        return { refused: { ...failure(401, WRONG), headers: { 'WWW-Authenticate': 'Bearer' } } };
      if (probe.allowFrom.length > 0 && !inNetworks(probe.allowFrom)(address))
        return { refused: failure(403, `probe ${id} may not come from ${address}: see allow_from of the probe`) };
      return probe;
    },
    sight: async ({ id, staleAfterMs }, told) => {
      const at = now();
      const offset = offsetOf(id, told, [], at);
      const isNews = Object.values(told).some((value) => value !== undefined);
      if (!isNews && at - (sightedAt.get(id) ?? 0) < Math.min(SIGHTED_MS, staleAfterMs / 4)) return;
      await report({ sighting: sighting(id, told, offset), looks: [], receivedAt: at });
      sightedAt.set(id, at);
    },
    accept: async (probe, looks, told) => {
      const at = now();
      const waitS = limiterOf(probe)(probe.id, at, looks.length);
      if (waitS > 0)
        return { refused: later(429, `probe ${probe.id} sends more than its rate_per_second allows`, waitS) };
      const offset = offsetOf(probe.id, told, looks, at);
      const known = looks.map(({ toldAt, ...look }) => ({
        ...look,
        probe: probe.id,
        at: Math.min(at, toldAt === null ? at : toldAt - (offset ?? 0)),
      }));
      await report({ sighting: sighting(probe.id, told, offset), looks: known, receivedAt: at });
      sightedAt.set(probe.id, at);
      return null;
    },
    list: async () => {
      const states = new Map((await reads.probeStates()).map((state) => [state.id, state]));
      return document()
        .probes.filter(({ id }) => id !== LOCAL_PROBE)
        .map((entry) => {
          const state = states.get(entry.id);
          const seen = state?.lastSeenAt ?? null;
          const isStale = seen === null || now() - seen > entry.staleAfterMs;
          return { entry, state, isStale, assigned: assigned(entry.id).length };
        });
    },
  };
}

/** What a probe is asked to look at once. */
export function asksFor(
  probe: string,
  states: readonly EndpointState[],
  watched: DeskParts['watched'],
  now: number,
): readonly LookAsk[] {
  return states
    .flatMap((state): LookAsk[] => {
      const endpoint = watched(state.key);
      const at = endpoint === undefined ? undefined : askedProbes(state, endpoint, now).get(probe);
      return at === undefined ? [] : [{ key: state.key, at }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

const WRONG = 'there is no probe of this id with this token';
