import * as z from 'zod';
import type { StatusField } from '../../config/status-page.ts';
import { responseMs, uptimeOf } from '../../core/endpoint/report.ts';
import { addSums, NO_SUMS, type Rollup } from '../../core/endpoint/rollup.ts';
import { newState, verdictAt } from '../../core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import type { EndpointReads } from '../../stores/contract/endpoints.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import { isShown, type StatusPageSettings } from '../status-page/shown.ts';
import { type Badge, badgeSvg, healthBadge, responseTimeBadge, uptimeBadge } from './badge.ts';
import { responseTimeChart } from './chart.ts';

/** What badges and figures of single endpoints are made of. */
export interface BadgeParts {
  readonly endpoints: {
    readonly watched: () => readonly WatchedEndpoint[];
    readonly reads: EndpointReads;
  };
  /** What is open to everybody. */
  readonly statusPage: () => StatusPageSettings;
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const SPANS: Readonly<Record<string, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
};
const CHART_SPANS = ['24h', '7d', '30d'];
const STEP_MS = 300_000;
const NOT_KNOWN = 'nothing is known of this span';

// Asked for anew each time, and shown by pages of other sites.
const HEADERS = {
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Expires: '0',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

interface Figure {
  readonly path: string;
  readonly summary: string;
  readonly field?: StatusField;
  readonly answers: Route['answers'];
  readonly spans?: readonly string[];
  readonly answer: (endpoint: WatchedEndpoint, span: string) => Promise<Reply>;
}

/** Badges and figures of one endpoint at Gatus's addresses: open to all for what the public status page shows. */
export function badgeRoutes({ endpoints, statusPage, now }: BadgeParts): readonly Route[] {
  const find = (key: string | undefined) => endpoints.watched().find((one) => one.key === key);
  const rollupsOf = (key: string, span: string, step: number): Promise<readonly Rollup[]> =>
    endpoints.reads.endpointRollups(key, step, now() - (SPANS[span] ?? 0), now());
  const sumsOf = async ({ key }: WatchedEndpoint, span: string) =>
    (await rollupsOf(key, span, span === '30d' ? HOUR_MS : STEP_MS)).reduce(addSums, NO_SUMS);
  const healthOf = async (endpoint: WatchedEndpoint) => {
    const found = (await endpoints.reads.endpointStates()).find(({ key }) => key === endpoint.key);
    return verdictAt(found ?? newState(endpoint.key), endpoint, now()).state;
  };
  const hourly = async ({ key }: WatchedEndpoint, span: string) =>
    (await rollupsOf(key, span, HOUR_MS)).map(({ start, ...sums }) => ({ at: start, ms: responseMs(sums) }));
  const figure = ({ path, summary, field, answers, spans = Object.keys(SPANS), answer }: Figure): Route =>
    route({
      ...{ method: 'GET', path: `/api/v1/endpoints/:key/${path}`, role: 'read', summary, answers },
      isOpen: ({ key }) => {
        const endpoint = find(key);
        return endpoint !== undefined && isShown(statusPage(), endpoint, field);
      },
      answer: async ({ params: { key, span = '' } }: Pick<RouteRequest, 'params'>) => {
        const endpoint = find(key);
        if (endpoint === undefined) return failure(404, 'there is no endpoint with this key');
        if (path.includes(':span') && !spans.includes(span))
          return failure(400, `the span must be one of ${spans.join(', ')}`);
        const reply = await answer(endpoint, span);
        return { ...reply, headers: { ...HEADERS, ...reply.headers } };
      },
    });
  return [
    figure({
      ...{ path: 'health/badge.svg', summary: 'Whether it is up, as an image', answers: IMAGE },
      answer: async (endpoint) => svg(healthBadge(await healthOf(endpoint))),
    }),
    figure({
      ...{ path: 'health/badge.shields', summary: 'Whether it is up, for shields.io', answers: { 200: z.unknown() } },
      answer: async (endpoint) => {
        const state = await healthOf(endpoint);
        const color = { up: 'brightgreen', down: 'red', unknown: 'yellow' }[state];
        const message = state === 'unknown' ? '?' : state;
        return { status: 200, body: { schemaVersion: 1, label: 'gatus', message, color } };
      },
    }),
    figure({
      ...{ path: 'uptimes/:span', field: 'uptime', answers: NUMBER },
      summary: 'The share of the time for which it was up, from 0 to 1; spans are 1h, 24h, 7d and 30d',
      answer: async (endpoint, span) => {
        const share = uptimeOf(await sumsOf(endpoint, span));
        return share === null ? failure(404, NOT_KNOWN) : plain(String(share));
      },
    }),
    figure({
      ...{ path: 'uptimes/:span/badge.svg', field: 'uptime', answers: IMAGE },
      summary: 'The same as an image',
      answer: async (endpoint, span) => svg(uptimeBadge(span, uptimeOf(await sumsOf(endpoint, span)))),
    }),
    figure({
      ...{ path: 'response-times/:span', field: 'response_time', answers: NUMBER },
      summary: 'The mean time of an answer in milliseconds; spans are 1h, 24h, 7d and 30d',
      answer: async (endpoint, span) => {
        const ms = responseMs(await sumsOf(endpoint, span));
        return ms === null ? failure(404, NOT_KNOWN) : plain(String(ms));
      },
    }),
    figure({
      ...{ path: 'response-times/:span/badge.svg', field: 'response_time', answers: IMAGE },
      summary: 'The same as an image',
      answer: async (endpoint, span) =>
        svg(responseTimeBadge(span, responseMs(await sumsOf(endpoint, span)), endpoint.badgeSteps)),
    }),
    figure({
      ...{ path: 'response-times/:span/chart.svg', field: 'response_time', answers: IMAGE, spans: CHART_SPANS },
      summary: 'The mean time of an answer of each hour as a chart; spans are 24h, 7d and 30d',
      answer: async (endpoint, span) => {
        const to = now();
        return image(responseTimeChart(await everyHour(endpoint, span, to), to - (SPANS[span] ?? 0), to));
      },
    }),
    figure({
      ...{ path: 'response-times/:span/history', field: 'response_time', spans: CHART_SPANS },
      summary: 'The same as two lists: times in milliseconds, and the means',
      answers: { 200: z.object({ timestamps: z.array(z.int()), values: z.array(z.int()) }) },
      answer: async (endpoint, span) => {
        const known = (await hourly(endpoint, span)).flatMap(({ at, ms }) => (ms === null ? [] : [{ at, ms }]));
        return { status: 200, body: { timestamps: known.map(({ at }) => at), values: known.map(({ ms }) => ms) } };
      },
    }),
  ];

  /** Of each hour one point, also where nothing is known: the line is broken there. */
  async function everyHour(endpoint: WatchedEndpoint, span: string, to: number) {
    const known = new Map((await hourly(endpoint, span)).map(({ at, ms }) => [at, ms]));
    const first = to - (to % HOUR_MS) - (SPANS[span] ?? 0) + HOUR_MS;
    const hours = Array.from({ length: (SPANS[span] ?? 0) / HOUR_MS }, (_, index) => first + index * HOUR_MS);
    return hours.map((at) => ({ at, ms: known.get(at) ?? null }));
  }
}

const IMAGE = { 200: z.string().meta({ contentMediaType: 'image/svg+xml' }) };
const NUMBER = { 200: z.number().meta({ contentMediaType: 'text/plain' }) };

function svg(badge: Badge): Reply {
  return image(badgeSvg(badge));
}

function image(page: string): Reply {
  return { status: 200, body: undefined, page, headers: { 'Content-Type': 'image/svg+xml; charset=utf-8' } };
}

function plain(page: string): Reply {
  return { status: 200, body: undefined, page, headers: { 'Content-Type': 'text/plain' } };
}
