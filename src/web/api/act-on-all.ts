import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { principalKey } from '../../core/access/principal.ts';
import { ACTIONS, type ActionKind } from '../../core/action/action.ts';
import { actionText } from '../../core/action/words.ts';
import { SEVERITIES } from '../../core/alert/alert.ts';
import type { IncidentStatus } from '../../core/incident/incident.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { ActedOn, ActedOnAll, ActionOnAll } from '../../pipeline/act-on-all.ts';
import { isId } from '../../stores/contract/cursors.ts';
import { COUNTED_MOST, type IncidentQuery } from '../../stores/contract/reads.ts';
import { failure, type Reply } from '../reply.ts';
import { actionFields } from './actions.ts';
import { anyOf, labels, searched, since, text, wordsOf } from './filters.ts';
import { defined, NO_PARAMETERS } from './queries.ts';
import { type ReadRequest, type Route, route } from './route.ts';
import { ANSWERS } from './schemas.ts';
import { WriteError } from './write.ts';

/** What the route needs. */
export interface ActOnAllParts {
  /** Does an action to all that filters find; rejects when one could not be committed. */
  readonly actOnAll: (action: ActionOnAll) => Promise<ActedOnAll>;
  readonly now: () => number;
}

// Each is a transaction of its own.
const MOST = 500;
const STATUSES = ['open', 'acknowledged', 'resolved', 'closed'] as const;
/** What it is done to where the filter says nothing of the status: those where it changes something. */
const ACTED_ON: Readonly<Record<ActionKind, readonly IncidentStatus[]>> = {
  ...{ acknowledge: ['open'], unacknowledge: ['acknowledged'], reopen: ['resolved', 'closed'] },
  ...{ assign: ['open', 'acknowledged'], note: ['open', 'acknowledged'], shelve: ['open', 'acknowledged'] },
  ...{ unshelve: ['open', 'acknowledged'], resolve: ['open', 'acknowledged'], close: ['open', 'acknowledged'] },
};

const FILTER = z
  .strictObject({
    ...{ status: wordsOf(STATUSES).optional(), severity: wordsOf(SEVERITIES).optional() },
    ...{ source: anyOf.optional(), name: anyOf.optional(), instance_id: anyOf.optional(), label: labels.optional() },
    // Kept as it was said: a span means another time when it is sent again.
    since: text
      .refine((given) => since.safeParse(given).success, 'must be a span of time such as 2h, or a time')
      .optional(),
    q: searched.optional(),
  })
  .refine(
    (filter) => Object.values(filter).some((value) => value !== undefined),
    'must name something: to act on all that is live, ask for status open,acknowledged',
  );

const BODY = z
  .strictObject({
    action: z.enum(ACTIONS, `must be one of ${ACTIONS.join(', ')}`),
    filter: FILTER.optional(),
    ids: z
      .array(z.string('must be a text').refine(isId, 'must be a whole id'), 'must be ids')
      .min(1, 'must have an id')
      .max(MOST, `must have at most ${MOST} ids`)
      .optional(),
    dry_run: z.boolean('must be true or false').default(false),
    limit: z.int('must be a whole number').min(1).max(MOST, `must be at most ${MOST}`).default(MOST),
    cursor: z.string('must be a text').max(100).optional(),
    ...{ by: z.string().optional(), comment: z.string().optional(), assignee: z.string().nullable().optional() },
    ...{ for: z.string().optional(), until: z.string().optional() },
  })
  .refine(({ filter, ids }) => (filter === undefined) !== (ids === undefined), {
    path: ['filter'],
    message: 'or ids must say which incidents, one of the two',
  });

type Body = z.infer<typeof BODY>;

/** `POST /api/v1/incidents/actions`: an action on all incidents that a filter finds. */
export function actOnAllRoute({ actOnAll, now }: ActOnAllParts): Route {
  return route({
    method: 'POST',
    path: '/api/v1/incidents/actions',
    role: 'write',
    summary: 'An action on all incidents that a filter finds, or that are named',
    isKeyed: true,
    isConfinable: true,
    query: NO_PARAMETERS,
    body: BODY,
    answers: { 200: ANSWERS.actedOnAll },
    answer: async (request) => replyTo(await actOnAll(asked(request, now())), request.body),
  });
}

/** Throws WriteError. */
function asked({ body, principal, confinement, idempotencyKey }: ReadRequest<unknown, Body>, now: number): ActionOnAll {
  const { action: kind, filter, ids, dry_run: isDryRun, limit, cursor, ...said } = body;
  const query: IncidentQuery = {
    ...{ limit, ...(ids === undefined ? queryOf(filter, kind, now) : { ids: [...new Set(ids)], limit: MOST }) },
    ...(cursor !== undefined && { cursor: cursorOf(cursor) }),
    ...(confinement !== null && { confinement }),
  };
  const digest = sha256(JSON.stringify([body, confinement]));
  const key = idempotencyKey ?? randomUUID();
  return {
    id: `all ${principalKey(principal)} ${key}`,
    ...{ digest, query, isDryRun },
    action: actionFields(kind, defined(said), now, principal) as ActionOnAll['action'],
  };
}

function queryOf(filter: Body['filter'], kind: ActionKind, now: number) {
  const { instance_id: instanceId, label, q: words, since: sinceText, ...rest } = filter ?? {};
  const changedSince = sinceText === undefined ? undefined : since.parse(sinceText)(now);
  return defined({ status: ACTED_ON[kind], ...defined(rest), instanceId, labels: label, words, changedSince });
}

function cursorOf(given: string): string {
  const cursor = Buffer.from(given, 'base64url').toString('utf8');
  if (isId(cursor)) return cursor;
  throw new WriteError([{ path: 'cursor', message: 'is not a cursor of this answer' }]);
}

function replyTo(acted: ActedOnAll, { action, ids, dry_run: isDryRun }: Body): Reply {
  if (acted.outcome === 'refused') {
    return failure(422, 'this Idempotency-Key was used for something else: give each action its own');
  }
  // What is named and is not there, or is not theirs, is told as one and the same.
  const found = new Set(acted.items.map(({ incidentId }) => incidentId));
  const missing = [...new Set(ids ?? [])]
    .filter((id) => !found.has(id))
    .map(
      (id): ActedOn => ({
        incidentId: id,
        title: '',
        result: { outcome: 'refused', reason: 'not_found', incident: null },
      }),
    );
  const items = [...acted.items, ...missing];
  const count = (outcome: string) => items.filter(({ result }) => result?.outcome === outcome).length;
  return {
    status: 200,
    body: {
      ...{ action, dry_run: isDryRun },
      ...{ matched: Math.min(acted.matched, COUNTED_MOST), matched_is_more: acted.matched > COUNTED_MOST },
      ...{ done: count('done'), unchanged: count('unchanged'), refused: count('refused') },
      items: items.map(itemJson),
      next_cursor: acted.nextCursor === null ? null : Buffer.from(acted.nextCursor).toString('base64url'),
    },
  };
}

function itemJson({ incidentId, title, result }: ActedOn) {
  const told =
    result === null
      ? { outcome: 'planned', reason: 'dry_run', message: 'nothing was done' }
      : { outcome: result.outcome, reason: result.reason, message: actionText(result) };
  return { id: incidentId, title, ...told };
}
