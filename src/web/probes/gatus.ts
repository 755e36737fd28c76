import * as z from 'zod';
import type { EndpointEntry, EndpointsDocument } from '../../config/endpoints/document.ts';
import type { WatchedEndpoint } from '../../core/endpoint/watched.ts';
import { redactedText } from '../../endpoints/redacted.ts';
import type { EndpointReads, StoredLook } from '../../stores/contract/endpoints.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';

/** What Gatus's own lists are made of. */
export interface GatusParts {
  readonly endpoints: {
    readonly document: () => EndpointsDocument;
    readonly watched: () => readonly WatchedEndpoint[];
    readonly reads: EndpointReads;
  };
}

const MOST_RESULTS = 100;

const number = (most: number) => {
  const error = `must be a whole number from 1 to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(most, { error });
};
const page = z.strictObject({
  page: number(1_000_000).default(1),
  pageSize: number(MOST_RESULTS).default(50),
});

/** Gatus's own lists, as its clients ask for them. */
export function gatusRoutes(parts: GatusParts): readonly Route[] {
  const known = (asked: RouteRequest, work: (endpoint: WatchedEndpoint) => Promise<Reply>): Promise<Reply> => {
    const endpoint = parts.endpoints.watched().find(({ key }) => key === asked.params.key);
    return endpoint === undefined
      ? Promise.resolve(failure(404, 'there is no endpoint with this key'))
      : work(endpoint);
  };
  const statusOf = async ({ name, group, key }: WatchedEndpoint, { page: number, pageSize }: z.infer<typeof page>) => {
    const entry = parts.endpoints.document().endpoints.find((one) => one.key === key);
    const looks = await parts.endpoints.reads.endpointLooks(key, pageSize, (number - 1) * pageSize);
    return { name, group, key, results: looks.map((look) => resultJson(look, entry)).reverse() };
  };
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
  ];
}

/** A result as far as the `ui` of its endpoint lets it be seen. */
function resultJson({ at, success, durationMs, errors, conditions }: StoredLook, entry?: EndpointEntry): object {
  const { ui, url = '' } = entry ?? {};
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  const isHidden = ui?.hideUrl || ui?.hideHostname;
  const shownErrors = ui?.hideErrors
    ? []
    : errors.map((text) => (ui === undefined ? text : redactedText({ url, ui }, text)));
  return {
    ...{ success, timestamp: new Date(at).toISOString(), duration: durationMs * 1_000_000, status: 0 },
    hostname: isHidden ? '' : hostname,
    ...(shownErrors.length > 0 && { errors: shownErrors }),
    conditionResults: ui?.hideConditions ? [] : conditions,
  };
}
