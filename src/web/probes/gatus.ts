import * as z from 'zod';
import { addSums, NO_SUMS } from '../../core/endpoint/rollup.ts';
import type { EndpointState } from '../../core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import type { EndpointReads, StoredLook } from '../../stores/contract/endpoints.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';

/** What Gatus's own API is made of. */
export interface GatusParts {
  readonly endpoints: {
    readonly watched: () => readonly WatchedEndpoint[];
    readonly reads: EndpointReads;
  };
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const SPANS: Readonly<Record<string, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
};
const STEP_MS = 300_000;
const MOST_RESULTS = 100;

const number = (most: number) => {
  const error = `must be a whole number from 1 to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(most, { error });
};
const page = z.strictObject({
  page: number(1_000_000).default(1),
  pageSize: number(MOST_RESULTS).default(50),
});

/** Gatus's own API, as its clients ask for it. */
export function gatusRoutes(parts: GatusParts): readonly Route[] {
  const { now } = parts;
  const known = (asked: RouteRequest, work: (endpoint: WatchedEndpoint) => Promise<Reply>): Promise<Reply> => {
    const endpoint = parts.endpoints.watched().find(({ key }) => key === asked.params.key);
    return endpoint === undefined
      ? Promise.resolve(failure(404, 'there is no endpoint with this key'))
      : work(endpoint);
  };
  const statusOf = async (endpoint: WatchedEndpoint, { page: number, pageSize }: z.infer<typeof page>) => ({
    ...{ name: endpoint.name, group: endpoint.group, key: endpoint.key },
    results: (await parts.endpoints.reads.endpointLooks(endpoint.key, pageSize, (number - 1) * pageSize))
      .map(resultJson)
      .reverse(),
  });
  const stateOf = async ({ key }: WatchedEndpoint): Promise<EndpointState | undefined> =>
    (await parts.endpoints.reads.endpointStates()).find((one) => one.key === key);
  return [
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/statuses', role: 'read', query: page },
      summary: 'Endpoints with their last results, as Gatus lists them',
      answers: { 200: z.array(z.unknown()) },
      answer: async ({ query }) => ({
        status: 200,
        body: await Promise.all(parts.endpoints.watched().map((endpoint) => statusOf(endpoint, query))),
      }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key/statuses', role: 'read', query: page },
      summary: 'One of them',
      answers: { 200: z.unknown() },
      answer: (asked) =>
        known(asked, async (endpoint) => ({ status: 200, body: await statusOf(endpoint, asked.query) })),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key/health/badge.shields', role: 'read' },
      summary: 'Whether it is up, for shields.io',
      answers: { 200: z.unknown() },
      answer: (asked) =>
        known(asked, async (endpoint) => {
          const verdict = (await stateOf(endpoint))?.verdict ?? 'unknown';
          const [message, color] = { up: ['up', 'brightgreen'], down: ['down', 'red'], unknown: ['?', 'yellow'] }[
            verdict
          ];
          return { status: 200, body: { schemaVersion: 1, label: 'gatus', message, color }, headers: UNCACHED };
        }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/endpoints/:key/uptimes/:span', role: 'read' },
      summary: 'The share of the time for which it was up, from 0 to 1; spans are 1h, 24h, 7d and 30d',
      answers: { 200: z.number() },
      answer: (asked) =>
        known(asked, async ({ key }) => {
          const spanMs = SPANS[asked.params.span ?? ''];
          if (spanMs === undefined) return failure(400, 'the span must be one of 1h, 24h, 7d, 30d');
          const step = spanMs > 168 * HOUR_MS ? HOUR_MS : STEP_MS;
          const found = await parts.endpoints.reads.endpointRollups(key, step, now() - spanMs, now());
          const { upMs, downMs } = found.reduce(addSums, NO_SUMS);
          if (upMs + downMs === 0) return failure(404, 'nothing is known of this span');
          // What was down for a moment is never shown as always up.
          const ratio = Math.floor((upMs / (upMs + downMs)) * 1e6) / 1e6;
          return {
            status: 200,
            body: undefined,
            page: String(ratio),
            headers: { ...UNCACHED, 'Content-Type': 'text/plain' },
          };
        }),
    }),
  ];
}

const UNCACHED = { 'Cache-Control': 'no-cache, no-store, must-revalidate', Expires: '0' };

function resultJson({ at, success, durationMs, errors, conditions }: StoredLook): object {
  return {
    ...{ success, timestamp: new Date(at).toISOString(), duration: durationMs * 1_000_000, status: 0, hostname: '' },
    ...(errors.length > 0 && { errors }),
    conditionResults: conditions,
  };
}
