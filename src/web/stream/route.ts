import * as z from 'zod';
import type { Confinement } from '../../core/access/confinement.ts';
import { compileMatchers, MatchersError, parseMatchers } from '../../core/policy/matchers.ts';
import { anchoredRegex, RegexError } from '../../lib/regex.ts';
import { SHOWN_SUBJECTS } from '../api/events.ts';
import { several, text, wordsOf } from '../api/filters.ts';
import { QueryError } from '../api/queries.ts';
import { type Route, route } from '../api/route.ts';
import { later } from '../reply.ts';
import type { StreamFilter } from './event.ts';
import type { Feed } from './feed.ts';

/** What the route of live streams needs. */
export interface StreamParts {
  readonly streams: Pick<Feed, 'open'>;
}

// Who has access is told to admins, where they ask for it.
const SUBJECTS = [...SHOWN_SUBJECTS, 'access'] as const;

const PARAMETERS = z.strictObject({
  kind: several().optional(),
  subject: wordsOf(SUBJECTS).optional(),
  matcher: several().optional(),
  last_event_id: text.optional(),
});

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // nginx would keep events until it has some kilobytes of them.
  'X-Accel-Buffering': 'no',
};

/** `GET /api/v1/stream`: the history as Server-Sent Events. */
export function streamRoute({ streams }: StreamParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/stream',
    role: 'read',
    summary: 'The history as Server-Sent Events, from now on or behind Last-Event-ID',
    query: PARAMETERS,
    isStream: true,
    isConfinable: true,
    answer: async ({ query, lastEventId = query.last_event_id, confinement, principal, isGranted }) => {
      const request = {
        ...{ filter: filterOf(query, confinement, principal?.role === 'admin'), lastEventId },
        ...(isGranted !== undefined && { isGranted }),
      };
      return {
        status: 200,
        body: undefined,
        headers: HEADERS,
        stream: (target) => streams.open(request, target),
        refused: later(503, 'the hub has as many live streams as it can', 30),
      };
    },
  });
}

/** Throws QueryError. */
function filterOf(
  { kind = [], subject = [...SHOWN_SUBJECTS], matcher = [] }: z.infer<typeof PARAMETERS>,
  confinement: Confinement | null,
  seesAccess: boolean,
): StreamFilter {
  const subjects = [subject].flat();
  const key = JSON.stringify([kind, subjects, matcher, confinement, seesAccess]);
  return { kinds: kind, subjects, matches: matchesOf(matcher), confinement, seesAccess, key };
}

function matchesOf(given: readonly string[]): StreamFilter['matches'] {
  if (given.length === 0) return null;
  try {
    return compileMatchers(given.flatMap(parseMatchers), anchoredRegex);
  } catch (error) {
    if (!(error instanceof MatchersError || error instanceof RegexError)) throw error;
    throw new QueryError([{ path: 'matcher', message: error.message }]);
  }
}
