import * as z from 'zod';
import type { EventQuery } from '../../stores/contract/history.ts';
import { several, since, text, wordsOf } from './filters.ts';
import { defined, pageFields } from './queries.ts';
import { type Route, route } from './route.ts';
import type { ReadDocument } from './routes.ts';
import { pageOf, SCHEMAS } from './schemas.ts';

/** What the history shows of; who may do what is shown to those alone who decide it. */
export const SHOWN_SUBJECTS = ['alert', 'incident', 'silence', 'instance'] as const;

const PARAMETERS = z.strictObject({
  ...pageFields(/^\d{1,15}$/),
  subject: wordsOf(SHOWN_SUBJECTS).optional(),
  subject_id: text.optional(),
  kind: several().optional(),
  actor: text.optional(),
  since: since.optional(),
});

/** What the route of the history needs. */
export interface EventParts {
  readonly read: ReadDocument;
  readonly now: () => number;
}

/** `GET /api/v1/events`: the history, newest first. */
export function eventRoute({ read, now }: EventParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/events',
    role: 'read',
    summary: 'The history, newest first',
    query: PARAMETERS,
    answers: { 200: pageOf(SCHEMAS.Event) },
    isConfinable: true,
    answer: async ({ query, confinement }) =>
      (await read('events', { ...eventQuery(query, now()), confinement })) ?? { status: 200, body: {} },
  });
}

function eventQuery(given: z.infer<typeof PARAMETERS>, now: number): EventQuery {
  const { subject, subject_id: subjectId, kind, since: sinceAt, ...rest } = given;
  const subjects = subject === undefined ? SHOWN_SUBJECTS : [subject].flat();
  return defined({ ...rest, subjects, subjectId, kinds: kind, since: sinceAt?.(now) });
}
