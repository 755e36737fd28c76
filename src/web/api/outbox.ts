import * as z from 'zod';
import { actorOf, signedBy } from '../../core/access/principal.ts';
import type { OutboxAction, OutboxRefusal } from '../../core/notice/outbox.ts';
import type { OutboxResult } from '../../pipeline/outbox.ts';
import { type AttemptQuery, NOTICE_STATES, type NoticeQuery } from '../../stores/contract/notices.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import { failure, type Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';
import type { Within } from './confined.ts';
import { fullId } from './ids.ts';
import type { NoticeId } from './notices.ts';
import { defined, NO_PARAMETERS, pageFields } from './queries.ts';
import { type Route, route } from './route.ts';
import { ANSWERS, pageOf, SCHEMAS } from './schemas.ts';

/** What the routes of the outbox need. */
export interface OutboxParts {
  readonly read: {
    (name: 'notices', query: NoticeQuery & { readonly confinement: Within }): Promise<TextParts | undefined>;
    (name: 'notice', query: NoticeId & { readonly confinement: Within }): Promise<TextParts | undefined>;
    (name: 'attempts', query: AttemptQuery & { readonly confinement: Within }): Promise<TextParts | undefined>;
  };
  readonly findIds: ReadStore['findIds'];
  readonly notices: {
    /** Asks for a message that failed to be sent again, or to be dropped. */
    readonly change: (action: OutboxAction) => Promise<OutboxResult>;
  };
}

const text = z.string('must be given once').max(255, 'is longer than 255 characters');
const words = <const W extends string>(list: readonly [W, ...W[]]) =>
  z.enum(list, `must be one of ${list.join(', ')}`).optional();
const NOTICES = z.strictObject({
  ...pageFields(/^[0-9a-f-]{36} .{1,200}$/),
  state: words(NOTICE_STATES),
  channel: text.optional(),
  incident_id: text.optional(),
});
const ATTEMPTS = z.strictObject({
  ...pageFields(/^[0-9a-f-]{36}$/),
  outcome: words(['ok', 'failed', 'unknown']),
  channel: text.optional(),
  incident_id: text.optional(),
});
const line = (what: string) =>
  z
    .string(`${what} must be a text`)
    .max(1000, 'is longer than 1000 characters')
    .regex(/^[^\p{Cc}]*$/u, 'must be one line')
    .default('');
const ASKED = z.strictObject({ by: line('by'), comment: line('comment') });
const DROPPED = ASKED.refine(({ comment }) => comment.trim() !== '', { path: ['comment'], message: 'must say why' });

function noticeQuery({ incident_id: incidentId, ...rest }: z.infer<typeof NOTICES>): NoticeQuery {
  return defined({ ...rest, incidentId });
}

function attemptQuery({ incident_id: incidentId, ...rest }: z.infer<typeof ATTEMPTS>): AttemptQuery {
  return defined({ ...rest, incidentId });
}

/** The routes of what is to be told: lists, one notice, and what can be done about one that failed. */
export function outboxRoutes(parts: OutboxParts): readonly Route[] {
  const { read } = parts;
  const none = failure(404, 'there is no such notice: its id is that of an incident, a colon, and a channel');
  const orNone = (found: TextParts | undefined) => found ?? none;
  const act = (kind: OutboxAction['kind'], summary: string): Route =>
    route({
      ...{ method: 'POST', path: `/api/v1/notices/:id/${kind}`, role: 'write', summary },
      body: kind === 'drop' ? DROPPED : ASKED,
      answers: { 200: ANSWERS.asked },
      answer: ({ params, body, principal }) =>
        change(parts, kind, params.id ?? '', { ...body, by: signedBy(principal, body.by), actor: actorOf(principal) }),
    });
  return [
    route({
      method: 'GET',
      path: '/api/v1/notices',
      role: 'read',
      summary: 'The outbox: what waits to be told, and what failed',
      query: NOTICES,
      answers: { 200: pageOf(SCHEMAS.Notice) },
      isConfinable: true,
      answer: async ({ query, confinement }) => orNone(await read('notices', { ...noticeQuery(query), confinement })),
    }),
    route({
      method: 'GET',
      path: '/api/v1/notices/:id',
      role: 'read',
      summary: 'One notice with its attempts',
      query: NO_PARAMETERS,
      answers: { 200: ANSWERS.notice },
      isConfinable: true,
      answer: async ({ params, confinement }) => {
        // Who is confined is not told which other ids begin so.
        const findIds: typeof parts.findIds = confinement === null ? parts.findIds : async () => [];
        const id = await noticeId({ findIds }, params.id ?? '');
        return orNone(id === undefined ? undefined : await read('notice', { ...id, confinement }));
      },
    }),
    act('retry', 'Send what failed again'),
    act('drop', 'Put away what failed'),
    route({
      method: 'GET',
      path: '/api/v1/deliveries',
      role: 'read',
      summary: 'Attempts with their answers, newest first',
      query: ATTEMPTS,
      answers: { 200: pageOf(SCHEMAS.Attempt) },
      isConfinable: true,
      answer: async ({ query, confinement }) => orNone(await read('attempts', { ...attemptQuery(query), confinement })),
    }),
  ];
}

/** What `<incident>:<channel>` names, the incident by as much of its id as no other has. */
async function noticeId({ findIds }: Pick<OutboxParts, 'findIds'>, given: string): Promise<NoticeId | undefined> {
  const at = given.indexOf(':');
  if (at < 1) return undefined;
  const found = await fullId(given.slice(0, at), (part, limit) => findIds('incidents', part, limit), 'incident');
  return found === undefined ? undefined : { incidentId: found, channel: given.slice(at + 1) };
}

const REFUSALS: Readonly<Record<OutboxRefusal, readonly [status: number, message: string]>> = {
  not_found: [404, 'there is no such notice: its id is that of an incident, a colon, and a channel'],
  under_way: [409, 'it is on its way: ask again when that attempt has ended'],
  nothing_failed: [409, 'nothing of it has failed: what waits is told at its time'],
  is_over: [409, 'it would be no news any more: the incident has gone on since'],
  already_dropped: [409, 'it has been dropped already'],
};

async function change(
  parts: OutboxParts,
  kind: OutboxAction['kind'],
  given: string,
  said: Pick<OutboxAction, 'actor' | 'by' | 'comment'>,
): Promise<Reply> {
  const id = await noticeId(parts, given);
  if (id === undefined) return failure(404, REFUSALS.not_found[1]);
  const result = await parts.notices.change({ kind, ...id, ...said });
  if (result.outcome === 'refused') return failure(...REFUSALS[result.reason]);
  const { incidentId, channel } = id;
  const head = { id: `${incidentId}:${channel}`, incident_id: incidentId, channel, title: result.incident.title };
  return { status: 200, body: { ...head, asked: kind } };
}
