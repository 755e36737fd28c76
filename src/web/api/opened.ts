import * as z from 'zod';
import { iso } from '../../core/iso-time.ts';
import type { Opened, OpenedQuery } from '../../stores/contract/standing.ts';
import { since, text } from './filters.ts';
import { QueryError } from './queries.ts';
import { type Route, route } from './route.ts';
import type { ReadDocument } from './routes.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Lengths of steps, in milliseconds. */
const STEPS = [1, 5, 10, 30, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
const LONGEST_MS = 31 * DAY;
const WANTED_STEPS = 48;

const PARAMETERS = z.strictObject({
  subject: z.enum(['alert', 'incident'], 'must be alert or incident').default('alert'),
  from: since.optional(),
  to: text.pipe(since).optional(),
});
const count = z.int().min(0);
const time = z.iso.datetime();
const ANSWER = z.object({
  from: time,
  to: time,
  step_ms: count,
  points: z
    .array(z.object({ at: time, critical: count, warning: count, info: count }))
    .describe('Steps in which something opened, oldest first'),
  is_cut: z.boolean().describe('Whether so much happened that the oldest of it is not counted'),
});

/** What the route needs. */
export interface OpenedParts {
  readonly read: ReadDocument;
  readonly now: () => number;
}

/** `GET /api/v1/events/opened`: how many alerts, or incidents, opened step by step. */
export function openedRoute({ read, now }: OpenedParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/events/opened',
    role: 'read',
    summary: 'How many alerts, or incidents, opened over a span of at most 31 days, step by step',
    query: PARAMETERS,
    answers: { 200: ANSWER },
    isConfinable: true,
    answer: async ({ query, confinement }) => {
      const within = confinement === null ? {} : { confinement };
      return (await read('opened', { ...openedQuery(query, now()), ...within })) ?? { status: 200, body: {} };
    },
  });
}

/** The span that is asked for at `now`, 24 hours unless told otherwise, in about 48 steps. Throws QueryError. */
export function openedQuery({ subject, ...given }: z.infer<typeof PARAMETERS>, now: number): OpenedQuery {
  const to = Math.min(given.to?.(now) ?? now, now);
  const from = given.from?.(now) ?? to - DAY;
  if (from >= to) throw new QueryError([{ path: 'from', message: 'must be before the end of the span' }]);
  if (to - from > LONGEST_MS)
    throw new QueryError([{ path: 'from', message: 'must be at most 31 days before the end of the span' }]);
  const stepMs = STEPS.find((step) => (to - from) / step <= WANTED_STEPS) ?? DAY;
  // Whole steps: the same are counted whenever it is asked within one.
  return { subject, from: from - (from % stepMs), to, stepMs };
}

/** What opened, as the API shows it. */
export function openedJson(
  { from, to, stepMs }: OpenedQuery,
  { points, isCut }: { readonly points: readonly Opened[]; readonly isCut: boolean },
) {
  return {
    ...{ from: iso(from), to: iso(to), step_ms: stepMs, is_cut: isCut },
    points: points.map(({ at, ...sums }) => ({ at: iso(at), ...sums })),
  };
}
