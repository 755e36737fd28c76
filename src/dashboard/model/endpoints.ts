import type { Endpoint, EndpointDetail, EndpointHistory, Look, Phases, Witness } from '../wire/endpoints.ts';
import { spanText } from '../words/ages.ts';
import { countOf, countText } from '../words/numbers.ts';
import type { Badness } from '../words/severity.ts';
import { type Query, queryText, valueIn } from './address.ts';

/** Where the list is read. */
export const ENDPOINTS = '/api/v1/endpoints';
/** Where probes are read. */
export const PROBES = '/api/v1/probes';
/** How often pages of endpoints ask for what has changed: looks write no events that would tell. */
export const LOOKS_EVERY_MS = 10_000;

const PASSED = ['state', 'group', 'kind', 'probe', 'q'] as const;

/** The list as an address asks for it, what wants attention first. */
export function endpointsPath(query: Query): string {
  const passed = PASSED.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  return `${ENDPOINTS}${queryText({ ...Object.fromEntries(passed), sort: 'attention', limit: '200' })}`;
}

/** `group/name`, or the name alone. */
export function endpointTitle({ group, name }: Pick<Endpoint, 'group' | 'name'>): string {
  return group === '' ? name : `${group}/${name}`;
}

const DAY_MS = 86_400_000;
// A certificate that ends within so many days wants to be renewed; most tools renew it 30 days before.
const SOON_DAYS = 14;

/** Whole days for which a certificate holds, and how bad that is; null where there is none. */
export function certificateOf(endsAt: string | null, now: number): { days: number; badness: Badness } | null {
  if (endsAt === null) return null;
  const days = Math.floor((Date.parse(endsAt) - now) / DAY_MS);
  return { days, badness: days < 0 ? 'critical' : days < SOON_DAYS ? 'warning' : 'ok' };
}

/** How bad it is with an endpoint: what is up may yet be seen down by a probe, or have a certificate that ends soon. */
export function endpointBadness(endpoint: Endpoint, now: number): Badness {
  if (endpoint.state === 'down') return 'critical';
  if (endpoint.state === 'unknown') return 'unknown';
  const isDoubted = endpoint.probes.some(({ state }) => state === 'down');
  const certificate = certificateOf(endpoint.certificate_ends_at, now);
  return isDoubted || (certificate !== null && certificate.badness !== 'ok') ? 'warning' : 'ok';
}

/** Its state in a word. */
export function endpointWord({ state, kind }: Pick<Endpoint, 'state' | 'kind'>): string {
  if (state === 'unknown') return kind === 'push' ? 'Not called' : 'Unknown';
  return state === 'up' ? 'Up' : 'Down';
}

/** Who says what, and what makes the verdict: `2 of 3 probes see it down, 2 are enough`. */
export function verdictSentence({ kind, votes, state, probes, reason, interval_ms: every }: Endpoint): string {
  const { up, down, needed, of } = votes;
  if (kind === 'push') {
    if (state === 'unknown') return 'It has not called yet.';
    return state === 'up' ? 'Its last call told success.' : 'Its last call told a failure.';
  }
  const heard = up + down;
  if (heard === 0) {
    const isNew = probes.every((one) => one.state === 'waiting');
    const pace = every === null ? '' : ` It is looked at every ${spanText(every)}.`;
    return isNew ? `Nobody has looked at it yet.${pace}` : 'No probe has said anything of late, so nobody knows.';
  }
  if (reason === 'too_few_witnesses') return `Only ${heard} of ${countOf(of, 'probe')} can tell, which is too few.`;
  if (of === 1) return `${probes[0]?.name ?? 'Its probe'} sees it ${down > 0 ? 'down' : 'up'}.`;
  const enough = `${needed} ${needed === 1 ? 'is' : 'are'} enough`;
  const silent = of - heard;
  const rest = silent === 0 ? '' : ` ${countOf(silent, 'probe')} cannot tell.`;
  return down === 0
    ? `${up === of ? `All ${of}` : up} probes see it up.${rest}`
    : `${down} of ${heard} probes see it down, ${enough} for it to count as down.${rest}`;
}

/** A bar of a history. */
export interface HistoryBar {
  readonly kind: 'up' | 'down' | 'unknown' | 'none';
  /** Height from 0 to 1. */
  readonly height: number;
  /** What it says when it is pointed at. */
  readonly text: string;
}

const NO_DATA: HistoryBar = { kind: 'none', height: 0.1, text: 'no data' };
const UP = 0.45;

/** The last looks as so many bars, the newest at the right. */
export function lookBars(looks: readonly Look[], most: number, timeOf: (at: number) => string): readonly HistoryBar[] {
  const bars = looks.slice(-most).map(({ at, probe, success, abstains, duration_ms: took, errors }): HistoryBar => {
    const when = `${timeOf(Date.parse(at))}, ${probe}`;
    if (abstains) return { kind: 'unknown', height: UP, text: `${when}: cannot tell` };
    if (success) return { kind: 'up', height: UP, text: `${when}: up, ${took} ms` };
    return { kind: 'down', height: 1, text: `${when}: down${errors[0] ? `, ${errors[0]}` : ''}` };
  });
  return [...Array.from({ length: most - bars.length }, () => NO_DATA), ...bars];
}

/** The last days as bars: the taller, the longer it was down; what was down for a moment is never rounded to none. */
export function dayBars(
  { points }: Pick<EndpointHistory, 'points'>,
  days: number,
  now: number,
  dayOf: (at: number) => string,
): readonly HistoryBar[] {
  const known = new Map(points.map((point) => [Date.parse(point.at), point]));
  const today = now - (now % DAY_MS);
  return Array.from({ length: days }, (_, index): HistoryBar => {
    const at = today - (days - 1 - index) * DAY_MS;
    const { up_ms: up, down_ms: down } = known.get(at) ?? { up_ms: 0, down_ms: 0 };
    if (up + down === 0) return { ...NO_DATA, text: `${dayOf(at)}: no data` };
    if (down === 0) return { kind: 'up', height: UP, text: `${dayOf(at)}: up all the time that is known` };
    const share = down / (up + down);
    return { kind: 'down', height: 0.6 + 0.4 * share, text: `${dayOf(at)}: down for ${spanText(down)}` };
  });
}

/** How many of the bars are of each kind, in words: what a screen reader says of them. */
export function barsText(bars: readonly HistoryBar[], what: string): string {
  const known = bars.filter(({ kind }) => kind !== 'none');
  const down = known.filter(({ kind }) => kind === 'down').length;
  if (known.length === 0) return 'No looks yet';
  return `${countOf(known.length, what)}, ${down === 0 ? 'none' : down} with a failure`;
}

/** Spans that a page of one endpoint shows. */
export const RANGES = ['6h', '24h', '7d', '30d', '90d'] as const;

/** Which span an address asks for, as the API takes it. */
export function rangeOf(query: Query): { readonly range: string | null; readonly asked: Record<string, string> } {
  const [from, to] = [valueIn(query, 'from'), valueIn(query, 'to')];
  if (from !== undefined) return { range: null, asked: { from, ...(to !== undefined && { to }) } };
  const range = RANGES.find((one) => one === valueIn(query, 'range')) ?? '24h';
  return { range, asked: { from: range } };
}

/** The first three letters of a probe, which stand on its badge. */
export function badgeText({ id, name }: Pick<Witness, 'id' | 'name'>): string {
  return id === 'local' ? 'Hub' : [...name].slice(0, 3).join('');
}

/** What a probe says, in words. */
export const WITNESS_WORDS: Readonly<Record<Witness['state'], string>> = {
  ...{ up: 'up', down: 'down', abstains: 'cannot tell, its own network fails', stale: 'has said nothing of late' },
  waiting: 'has not looked yet',
};

/** How the time of a look was spent, in words: `DNS 1 ms, connect 12 ms`; '' where nothing is known of it. */
export function phasesText({ dns_ms, connect_ms, tls_ms, first_byte_ms }: Phases): string {
  const parts: readonly (readonly [string, number | null])[] = [
    ...([
      ['DNS', dns_ms],
      ['connect', connect_ms],
      ['TLS', tls_ms],
      ['first byte', first_byte_ms],
    ] as const),
  ];
  return parts.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${phaseText(ms)}`])).join(', ');
}

function phaseText(ms: number): string {
  return ms < 10 ? `${Math.round(ms * 10) / 10} ms` : `${countText(Math.round(ms))} ms`;
}

/** The outages of a history, the newest first, each with its length. */
export function outagesOf({ outages }: Pick<EndpointHistory, 'outages'>, now: number) {
  return outages
    .map(({ started_at: from, ended_at: to }) => ({
      ...{ from, to, lengthMs: (to === null ? now : Date.parse(to)) - Date.parse(from) },
    }))
    .reverse();
}

/** How many looks in a row make an alert of it, in words; '' where it has none. */
export function alertText({ alerts }: Pick<EndpointDetail, 'alerts'>): string {
  return alerts
    .map(({ severity, failure_threshold: bad, success_threshold: good }) => {
      const fails = bad === 1 ? 'one failure' : `${bad} failures`;
      return `${severity} after ${fails}, over after ${good === 1 ? 'one success' : `${good} successes`}`;
    })
    .join('; ');
}
