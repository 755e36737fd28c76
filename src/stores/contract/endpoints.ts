import type { ProbeState } from '../../core/endpoint/probe.ts';
import type { Ping } from '../../core/endpoint/push/ping.ts';
import type { LookResult } from '../../core/endpoint/result.ts';
import type { Rollup } from '../../core/endpoint/rollup.ts';
import type { EndpointState } from '../../core/endpoint/state.ts';
import type { Outage } from '../../core/endpoint/uptime.ts';

/** A look at an endpoint as it is kept. */
export interface StoredLook extends LookResult {
  readonly endpoint: string;
}

/** An outage of an endpoint. */
export interface StoredOutage extends Outage {
  readonly endpoint: string;
}

/** A call of a push endpoint as it is kept; `durationMs` is how long the run took that it ended, null where no start of it is known. */
export interface StoredPing extends Omit<Ping, 'error'> {
  readonly endpoint: string;
}

/** How many calls are kept of each push endpoint. */
export const PINGS_KEPT = 100;

/** All that is written of looks. */
export interface EndpointChanges {
  /** Whole rows, by key: inserted or replaced. */
  readonly states: readonly EndpointState[];
  /** A second one of the same probe at the same moment is passed over. */
  readonly looks: readonly StoredLook[];
  /** Added to what is there. */
  readonly rollups: readonly Rollup[];
  /** By endpoint and beginning: inserted or replaced. */
  readonly outages: readonly StoredOutage[];
  /** The last `PINGS_KEPT` of each endpoint are kept; the same call once. */
  readonly pings: readonly StoredPing[];
  /** Whole rows, by id: inserted or replaced. */
  readonly probes: readonly ProbeState[];
}

/** The part of a write transaction that is about endpoints. */
export interface EndpointTransaction {
  /** Those that are known, and new ones for those that are not; locked until the commit. */
  findEndpoints(keys: readonly string[]): Promise<readonly EndpointState[]>;
  findProbes(ids: readonly string[]): Promise<readonly ProbeState[]>;
  saveEndpoints(changes: EndpointChanges): Promise<void>;
  /** Forgets endpoints that are configured no more; what the looks came to stays for as long as it is kept. */
  forgetEndpoints(keys: readonly string[]): Promise<void>;
  /** When somebody was last known to watch over endpoints, UTC milliseconds; null for never. */
  findWatchedAt(): Promise<number | null>;
  saveWatchedAt(at: number): Promise<void>;
  /** Forgets looks, calls and sums older than these times, at most `limit` of each; gives how many. */
  pruneLooks(
    before: { readonly looks: number; readonly fine: number; readonly hourly: number; readonly daily: number },
    limit: number,
  ): Promise<number>;
}

/** What is read of endpoints. */
export interface EndpointReads {
  /** All of them, by key. */
  endpointStates(): Promise<readonly EndpointState[]>;
  /** All of them, by id. */
  probeStates(): Promise<readonly ProbeState[]>;
  /** The last looks at an endpoint, newest first. */
  endpointLooks(endpoint: string, limit: number, offset?: number): Promise<readonly StoredLook[]>;
  /** The last calls of a push endpoint, newest first. */
  endpointPings(endpoint: string, limit: number): Promise<readonly StoredPing[]>;
  /** Sums of an endpoint by a step, of spans that begin in [from, to), oldest first. */
  endpointRollups(endpoint: string, step: number, from: number, to: number): Promise<readonly Rollup[]>;
  /** The last looks at each of these endpoints, at most `each` of one, newest first. */
  latestLooks(endpoints: readonly string[], each: number): Promise<readonly StoredLook[]>;
  /** Sums by a step, of spans that begin in [from, to), as one for each of these endpoints; it begins at `from`. */
  endpointSums(endpoints: readonly string[], step: number, from: number, to: number): Promise<readonly Rollup[]>;
  /** Outages of these endpoints that touch [from, to), by endpoint, oldest first. */
  endpointOutages(endpoints: readonly string[], from: number, to: number): Promise<readonly StoredOutage[]>;
}
