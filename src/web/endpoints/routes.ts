import * as z from 'zod';
import type { EndpointEntry, EndpointsDocument } from '../../config/endpoints/document.ts';
import { type EndpointReport, endpointReport, responseMs } from '../../core/endpoint/report.ts';
import { addSums, NO_SUMS, ROLLUP_STEPS, type Rollup } from '../../core/endpoint/rollup.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import { iso } from '../../core/iso-time.ts';
import type { EndpointLook } from '../../endpoints/look.ts';
import { LOOKS_KEPT_MS } from '../../endpoints/watch.ts';
import type { EndpointReads, StoredPing } from '../../stores/contract/endpoints.ts';
import type { Within } from '../api/confined.ts';
import { NO_PARAMETERS, QueryError } from '../api/queries.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import type { LookCount } from '../metrics/looks.ts';
import { failure, later, type Reply } from '../reply.ts';
import { askedSpan, ENDPOINT_PARAMETERS, HISTORY_PARAMETERS, PING_PARAMETERS, REPORT_PARAMETERS } from './queries.ts';
import {
  endpointDetails,
  endpointRow,
  type FoundEndpoint,
  foundEndpoints,
  hasWords,
  isTheirEndpoint,
  triedJson,
} from './rows.ts';
import { ENDPOINTS, HISTORY, type PING, PINGS, REPORTS, TRIED, WHOLE_ENDPOINT } from './schemas.ts';

/** What our own API of endpoints is made of. */
export interface EndpointParts {
  readonly endpoints: {
    readonly document: () => EndpointsDocument;
    readonly watched: () => readonly WatchedEndpoint[];
    /** Whether a window of the endpoint of this key holds its alerts back at that time. */
    readonly isMaintained: (key: string, at: number) => boolean;
    readonly reads: EndpointReads;
    /** Looks that were kept since the start. */
    readonly looks: () => readonly LookCount[];
    /** Looks once, for nobody's count; null where too many do so already. Never rejects. */
    readonly tryNow: (entry: EndpointEntry) => Promise<EndpointLook | null>;
  };
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
// Looks that a row shows, and those that one endpoint's own page tells in full.
const SHOWN = 45;
const TOLD = 20;
const ATTENTION = { down: 0, unknown: 1, up: 2 } as const;
const NOTHING = 'there is no endpoint with this key';

type Filters = Omit<z.infer<typeof REPORT_PARAMETERS>, 'from' | 'to'>;

/** Endpoints as our own pages and commands show them. */
export function endpointRoutes(parts: EndpointParts): readonly Route[] {
  const { now } = parts;
  const all = async (confinement: Within): Promise<readonly FoundEndpoint[]> => {
    const { reads, document, watched } = parts.endpoints;
    const [states, probes] = await Promise.all([reads.endpointStates(), reads.probeStates()]);
    const silent = new Set(probes.filter(({ staleSince }) => staleSince !== null).map(({ id }) => id));
    const judged = watched().map((one) => ({ ...one, silent }));
    return foundEndpoints(document(), judged, states, now()).filter((one) => isTheirEndpoint(one, confinement));
  };
  const one = async (
    { params, confinement }: Pick<RouteRequest, 'params' | 'confinement'>,
    work: (found: FoundEndpoint) => Promise<object>,
  ): Promise<Reply> => {
    const found = (await all(confinement)).find(({ watched: { key } }) => key === params.key);
    return found === undefined ? failure(404, NOTHING) : { status: 200, body: await work(found) };
  };
  /** What the rows of a page show, read for all of them at once. */
  const rowsOf = async (page: readonly FoundEndpoint[]) => {
    const { reads, document, isMaintained } = parts.endpoints;
    const [keys, at] = [page.map(({ watched: { key } }) => key), now()];
    const [, hour, day] = ROLLUP_STEPS;
    const since = (step: number, days: number) =>
      reads.endpointSums(keys, step, at - days * DAY_MS, at + 1).then(byKey);
    const [looks, lastDay, week, month] = await Promise.all([
      ...[reads.latestLooks(keys, SHOWN), since(hour, 1), since(hour, 7), since(day, 30)],
    ] as const);
    const looksOf = grouped(looks);
    return page.map((found) => {
      const { key } = found.watched;
      const sums = { '24h': lastDay.get(key), '7d': week.get(key), '30d': month.get(key) };
      return endpointRow(found, {
        ...{ looks: looksOf.get(key) ?? [], probes: document().probes, isMaintained: isMaintained(key, at), now: at },
        sums: Object.fromEntries(Object.entries(sums).filter(([, one]) => one !== undefined)),
      });
    });
  };
  return [
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints', role: 'read', summary: 'A list of endpoints' },
      ...{ query: ENDPOINT_PARAMETERS, answers: { 200: ENDPOINTS }, isConfinable: true },
      answer: async ({ query: { limit, cursor, sort, state, ...rest }, confinement }) => {
        const theirs = await all(confinement);
        const found = theirs.filter((endpoint) => isAsked(endpoint, rest));
        const shown = found.filter(({ verdict }) => isAmong(verdict.state, state));
        const placeOf = ({ verdict, watched: { key } }: FoundEndpoint) =>
          sort === 'attention' ? `${ATTENTION[verdict.state]} ${key}` : key;
        const placed = shown.map((endpoint) => ({ endpoint, place: placeOf(endpoint) }));
        const left = placed
          .filter(({ place }) => cursor === undefined || place > cursor)
          .sort((a, b) => (a.place < b.place ? -1 : 1));
        const page = left.slice(0, limit);
        const counts = { up: 0, down: 0, unknown: 0 };
        for (const { verdict } of found) counts[verdict.state] += 1;
        const last = left.length > page.length ? page.at(-1)?.place : undefined;
        return {
          status: 200,
          body: {
            items: await rowsOf(page.map(({ endpoint }) => endpoint)),
            next_cursor: last === undefined ? null : Buffer.from(last, 'utf8').toString('base64url'),
            ...{ total: shown.length, counts },
            groups: [...new Set(theirs.map(({ watched: { group } }) => group))].sort(),
          },
        };
      },
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/report', role: 'read' },
      summary: 'How each endpoint did over a span: uptime, outages, mean times between and to recovery',
      ...{ query: REPORT_PARAMETERS, answers: { 200: REPORTS }, isConfinable: true },
      answer: async ({ query: { from: _, to: __, ...rest }, query, confinement }) => {
        const span = askedSpan(query, now(), LOOKS_KEPT_MS);
        const found = (await all(confinement)).filter(
          (endpoint) => isAsked(endpoint, rest) && isAmong(endpoint.verdict.state, rest.state),
        );
        if (found.length > MOST_REPORTED)
          throw new QueryError([{ path: 'q', message: `must leave at most ${MOST_REPORTED} endpoints` }]);
        const keys = found.map(({ watched: { key } }) => key);
        const [sums, outages] = await Promise.all([
          parts.endpoints.reads.endpointSums(keys, span.step, span.from, span.to).then(byKey),
          parts.endpoints.reads.endpointOutages(keys, span.from, span.to),
        ]);
        const outagesOf = grouped(outages);
        const items = found.map(({ watched: { key, name, group }, verdict: { state } }) => ({
          ...{ key, name, group, state },
          ...reportJson(endpointReport(sums.get(key) ?? NO_SUMS, outagesOf.get(key) ?? [])),
        }));
        return { status: 200, body: { from: iso(span.from), to: iso(span.to), items } };
      },
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key', role: 'read', query: NO_PARAMETERS },
      summary: 'One endpoint with its last looks',
      ...{ answers: { 200: WHOLE_ENDPOINT }, isConfinable: true },
      answer: (asked) =>
        one(asked, async (found) => {
          const [[row], looks] = await Promise.all([
            rowsOf([found]),
            parts.endpoints.reads.endpointLooks(found.watched.key, TOLD),
          ]);
          return { ...row, ...endpointDetails(found, looks) };
        }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key/history', role: 'read', query: HISTORY_PARAMETERS },
      summary:
        'What one endpoint was over a span, 24 hours unless told otherwise: uptime and time of answers step by step, and outages',
      ...{ answers: { 200: HISTORY }, isConfinable: true },
      answer: (asked) =>
        one(asked, async ({ watched: { key } }) => {
          const { from, to, step } = askedSpan(asked.query, now(), LOOKS_KEPT_MS);
          const [points, outages] = await Promise.all([
            parts.endpoints.reads.endpointRollups(key, step, from, to),
            parts.endpoints.reads.endpointOutages([key], from, to),
          ]);
          return {
            ...{ key, from: iso(from), to: iso(to), step_ms: step, points: points.map(pointJson) },
            outages: outages.map(({ startedAt, endedAt }) => ({ started_at: iso(startedAt), ended_at: iso(endedAt) })),
            report: reportJson(endpointReport(points.reduce(addSums, NO_SUMS), outages)),
          };
        }),
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/endpoints/:key/try', role: 'write', isConfinable: true },
      summary: 'Look at one endpoint from this hub, once and now; it counts for nothing',
      body: z.strictObject({}),
      answers: { 200: TRIED },
      answer: async ({ params, confinement }) => {
        const found = (await all(confinement)).find(({ watched: { key } }) => key === params.key);
        if (found === undefined) return failure(404, NOTHING);
        if (!('url' in found.entry)) return failure(422, 'this endpoint is not looked at: it calls');
        const tried = await parts.endpoints.tryNow(found.entry);
        if (tried === null) return later(503, 'too many looks are under way', 5);
        return { status: 200, body: triedJson(found.entry, tried) };
      },
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key/pings', role: 'read', query: PING_PARAMETERS },
      summary: 'The last calls of a push endpoint, with what was sent along',
      ...{ answers: { 200: PINGS }, isConfinable: true },
      answer: (asked) =>
        one(asked, async ({ watched: { key } }) => ({
          items: (await parts.endpoints.reads.endpointPings(key, asked.query.limit)).map(pingJson),
        })),
    }),
  ];
}

// Endpoints in one report: each is a value of its statement.
const MOST_REPORTED = 10_000;

function isAsked(found: FoundEndpoint, { group, kind, probe, q }: Filters): boolean {
  const { watched, entry } = found;
  return (
    isAmong(watched.group, group) &&
    isAmong('url' in entry ? 'active' : 'push', kind) &&
    (probe === undefined || watched.probes.some((id) => isAmong(id, probe))) &&
    (q === undefined || hasWords(found, q))
  );
}

function isAmong(value: string, wanted: string | readonly string[] | undefined): boolean {
  return wanted === undefined || [wanted].flat().includes(value);
}

function grouped<T extends { readonly endpoint: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.endpoint);
    if (group === undefined) groups.set(item.endpoint, [item]);
    else group.push(item);
  }
  return groups;
}

function byKey(sums: readonly Rollup[]): ReadonlyMap<string, Rollup> {
  return new Map(sums.map((one) => [one.endpoint, one]));
}

function pingJson({ at, kind, run, exitCode, durationMs, body, isBinary }: StoredPing): z.infer<typeof PING> {
  const run_id = run === '' ? null : run;
  return { at: iso(at), kind, run_id, exit_code: exitCode, duration_ms: durationMs, body, is_binary: isBinary };
}

function pointJson({ start, upMs, downMs, looks, successes, durationMs }: Rollup) {
  const response_ms = responseMs({ successes, durationMs });
  return { at: iso(start), up_ms: upMs, down_ms: downMs, looks, successes, response_ms };
}

function reportJson({ uptime, upMs, downMs, outages, mttrMs, mtbfMs, responseMs: response_ms }: EndpointReport) {
  return { uptime, up_ms: upMs, down_ms: downMs, outages, mttr_ms: mttrMs, mtbf_ms: mtbfMs, response_ms };
}
