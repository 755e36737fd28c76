import type { EndpointsDocument } from '../../config/endpoints/document.ts';
import { responseMs, uptimeOf } from '../../core/endpoint/report.ts';
import { addSums, NO_SUMS, ROLLUP_STEPS, type Rollup } from '../../core/endpoint/rollup.ts';
import type { EndpointState } from '../../core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import { iso } from '../../core/iso-time.ts';
import type { EndpointReads, StoredOutage } from '../../stores/contract/endpoints.ts';
import { type FoundEndpoint, foundEndpoints } from '../endpoints/rows.ts';
import type { ShownEndpoint, StatusPageDocument } from './schemas.ts';
import { isShown, type StatusPageSettings } from './shown.ts';

/** Where it is read. */
export interface StatusPageSource {
  readonly document: () => EndpointsDocument;
  readonly watched: () => readonly WatchedEndpoint[];
  readonly isMaintained: (key: string, at: number) => boolean;
  readonly reads: EndpointReads;
}

/** What is read of the past, by key: it changes slowly. */
export interface ShownPast {
  readonly days: ReadonlyMap<string, readonly Rollup[]>;
  readonly hours: Readonly<Record<'24h' | '7d', ReadonlyMap<string, Rollup>>>;
  readonly outages: readonly StoredOutage[];
}

const [, HOUR_MS, DAY_MS] = ROLLUP_STEPS;
/** Days of which the page has a bar. */
export const SHOWN_DAYS = 90;
const INCIDENT_DAYS = 7;

/** The endpoints that everybody may know of. */
export function shownEndpoints(
  settings: StatusPageSettings,
  { watched }: Pick<StatusPageSource, 'watched'>,
): readonly WatchedEndpoint[] {
  return watched().filter((one) => isShown(settings, one));
}

/** Reads what became of these endpoints, as far as the page tells it. */
export async function readPast(
  { fields }: StatusPageSettings,
  { reads }: Pick<StatusPageSource, 'reads'>,
  keys: readonly string[],
  now: number,
): Promise<ShownPast> {
  const hasDays = fields.includes('history') || fields.includes('uptime');
  const hasHours = fields.includes('uptime') || fields.includes('response_time');
  const today = now - (now % DAY_MS);
  const sums = async (days: number) =>
    byKey(hasHours ? await reads.endpointSums(keys, HOUR_MS, now - days * DAY_MS, now + 1) : []);
  const days = new Map<string, readonly Rollup[]>();
  // One after the other: who waits for the page waits, and not everybody who reads something else.
  for (const key of hasDays ? keys : [])
    days.set(key, await reads.endpointRollups(key, DAY_MS, today - (SHOWN_DAYS - 1) * DAY_MS, now + 1));
  return {
    days,
    hours: { '24h': await sums(1), '7d': await sums(7) },
    outages: fields.includes('incidents')
      ? await reads.endpointOutages(keys, now - INCIDENT_DAYS * DAY_MS, now + 1)
      : [],
  };
}

/** What everybody may know, at `now`. */
export function statusPageDocument(
  settings: StatusPageSettings,
  { document, watched, isMaintained }: Omit<StatusPageSource, 'reads'>,
  { states, past, now }: { readonly states: readonly EndpointState[]; readonly past: ShownPast; readonly now: number },
): StatusPageDocument {
  const { fields, title } = settings;
  const shown = foundEndpoints(document(), shownEndpoints(settings, { watched }), states, now).map((found) => ({
    found,
    state: isMaintained(found.watched.key, now) ? ('maintenance' as const) : found.verdict.state,
  }));
  const groups = [...new Set(shown.map(({ found }) => found.watched.group))].sort();
  const looks = shown.flatMap(
    ({
      found: {
        state,
        watched: { probes },
      },
    }) => Object.entries(state.runs).flatMap(([id, { at }]) => (probes.includes(id) ? [at] : [])),
  );
  return {
    ...{ title, verdict: verdictOf(shown.map(({ state }) => state)) },
    checked_at: looks.length === 0 ? null : iso(looks.reduce((a, b) => Math.max(a, b))),
    announcements: document()
      .announcements.filter(({ at, until }) => at <= now && (until === null || now < until))
      .toSorted((a, b) => Number(a.isArchived) - Number(b.isArchived) || b.at - a.at)
      .map(({ type, message, at, isArchived: archived }) => ({ type, message, at: iso(at), archived })),
    ...(fields.includes('incidents') && {
      incidents: incidentsOf(
        shown.map(({ found }) => found),
        past.outages,
      ),
    }),
    groups: groups.map((name) => ({
      name,
      endpoints: shown
        .filter(({ found }) => found.watched.group === name)
        .map(({ found, state }) => ({
          ...{ key: found.watched.key, name: found.watched.name, state },
          ...pastOf(found.watched.key, settings, past, now),
        })),
    })),
  };
}

function pastOf(
  key: string,
  { fields }: StatusPageSettings,
  { days, hours }: ShownPast,
  now: number,
): Pick<ShownEndpoint, 'uptime' | 'response_ms' | 'days'> {
  const own = days.get(key) ?? [];
  const today = now - (now % DAY_MS);
  const since = (count: number) => own.filter(({ start }) => start > today - count * DAY_MS).reduce(addSums, NO_SUMS);
  const byStart = new Map(own.map((one) => [one.start, one]));
  return {
    ...(fields.includes('uptime') && {
      uptime: {
        '24h': uptimeOf(hours['24h'].get(key) ?? NO_SUMS),
        '7d': uptimeOf(hours['7d'].get(key) ?? NO_SUMS),
        '30d': uptimeOf(since(30)),
        '90d': uptimeOf(since(SHOWN_DAYS)),
      },
    }),
    ...(fields.includes('response_time') && { response_ms: responseMs(hours['24h'].get(key) ?? NO_SUMS) }),
    ...(fields.includes('history') && {
      days: Array.from({ length: SHOWN_DAYS }, (_, index) => {
        const start = today - (SHOWN_DAYS - 1 - index) * DAY_MS;
        const sums = byStart.get(start) ?? NO_SUMS;
        return { day: iso(start).slice(0, 10), uptime: uptimeOf(sums), down_ms: sums.downMs };
      }),
    }),
  };
}

function incidentsOf(shown: readonly FoundEndpoint[], outages: readonly StoredOutage[]) {
  const names = new Map(shown.map(({ watched: { key, name, group } }) => [key, { name, group }]));
  return outages
    .flatMap(({ endpoint, startedAt, endedAt }) => {
      const named = names.get(endpoint);
      return named === undefined ? [] : [{ ...named, startedAt, endedAt }];
    })
    .sort((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.startedAt - a.startedAt)
    .map(({ name, group, startedAt, endedAt }) => ({
      ...{ name, group, started_at: iso(startedAt), ended_at: iso(endedAt) },
    }));
}

function verdictOf(states: readonly ShownEndpoint['state'][]): StatusPageDocument['verdict'] {
  const down = states.filter((state) => state === 'down').length;
  if (states.length === 0) return 'unknown';
  if (down > 0) return down === states.length ? 'down' : 'partly_down';
  if (states.includes('maintenance')) return 'maintenance';
  return states.every((state) => state === 'up') ? 'up' : 'unknown';
}

function byKey(sums: readonly Rollup[]): ReadonlyMap<string, Rollup> {
  return new Map(sums.map((one) => [one.endpoint, one]));
}
