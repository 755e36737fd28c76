import type { Sums } from './rollup.ts';
import type { Outage } from './uptime.ts';

/** How an endpoint did over a span. Times are milliseconds. */
export interface EndpointReport {
  /** Share of the time in which it was up, 0 to 1, of what is known; null where nothing is. */
  readonly uptime: number | null;
  readonly upMs: number;
  readonly downMs: number;
  /** Outages that touch the span. */
  readonly outages: number;
  /** Mean length of those that have ended; null for none. */
  readonly mttrMs: number | null;
  /** Time that it was up, for each outage; null for none. */
  readonly mtbfMs: number | null;
  /** Mean time of an answer; null where none came. */
  readonly responseMs: number | null;
}

// What was down for a moment is never shown as always up.
const UPTIME_STEPS = 1e6;

/** Share of the time in which it was up, 0 to 1, cut and not rounded; null where nothing is known. */
export function uptimeOf({ upMs, downMs }: Pick<Sums, 'upMs' | 'downMs'>): number | null {
  const known = upMs + downMs;
  return known === 0 ? null : Math.floor((upMs / known) * UPTIME_STEPS) / UPTIME_STEPS;
}

/** A share of the time in per cent, cut and never rounded up to 100: two decimals, three from 99.9 % on; "no data" for null. */
export function uptimeText(uptime: number | null): string {
  if (uptime === null) return 'no data';
  const parts = Math.floor(uptime * UPTIME_STEPS + 1e-3);
  if (parts >= UPTIME_STEPS) return '100 %';
  return parts >= 999_000
    ? `${(Math.floor(parts / 10) / 1000).toFixed(3)} %`
    : `${(Math.floor(parts / 100) / 100).toFixed(2)} %`;
}

/** Mean time of a good answer in whole milliseconds; null where none came. */
export function responseMs({ successes, durationMs }: Pick<Sums, 'successes' | 'durationMs'>): number | null {
  return successes === 0 ? null : Math.round(durationMs / successes);
}

/** The report of a span, by what is summed of it and the outages that touch it. */
export function endpointReport(sums: Sums, outages: readonly Outage[]): EndpointReport {
  const lengths = outages.flatMap(({ startedAt, endedAt }) => (endedAt === null ? [] : endedAt - startedAt));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return {
    ...{ uptime: uptimeOf(sums), upMs: sums.upMs, downMs: sums.downMs, outages: outages.length },
    mttrMs: lengths.length === 0 ? null : Math.round(total / lengths.length),
    mtbfMs: outages.length === 0 ? null : Math.round(sums.upMs / outages.length),
    responseMs: responseMs(sums),
  };
}
