import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { duration } from '../../config/kinds.ts';
import { actorOf, type Principal, principalKey, signedBy } from '../../core/access/principal.ts';
import { ACTIONS, type Action, type ActionKind, type ActionResult } from '../../core/action/action.ts';
import { actionText } from '../../core/action/words.ts';
import { failure, type Reply } from '../reply.ts';
import { isThere } from './confined.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';
import type { ReadDocument } from './routes.ts';
import { ANSWERS } from './schemas.ts';
import { incidentJson } from './views.ts';
import { commentField, nameField, readFields, timeField, WriteError } from './write.ts';

/** What the routes of actions need. */
export interface ActionParts {
  /** Does an action; rejects when it could not be committed. */
  readonly act: (action: Action) => Promise<ActionResult>;
  readonly read: ReadDocument;
  readonly now: () => number;
}

const YEAR_S = 366 * 86_400;

const said = { by: nameField(200).default(''), comment: commentField.default('') };

const span = { until: timeField.optional(), for: duration(1, YEAR_S).schema.optional() };

const PLAIN = z.strictObject(said);
const ACKNOWLEDGED = z
  .strictObject({ ...said, ...span })
  .refine((body) => body.until === undefined || body.for === undefined, {
    path: ['until'],
    message: 'and for say the same: one of the two',
  });
const ASSIGNED = z.strictObject({ ...said, assignee: nameField(200).nullable() });
const NOTED = z.strictObject({
  ...said,
  comment: commentField.refine((text) => text.trim() !== '', 'must say something'),
});
const SHELVED = z
  .strictObject({ ...said, ...span })
  .refine((body) => (body.until === undefined) !== (body.for === undefined), {
    path: ['until'],
    message: 'or for must say until when it is shelved, one of the two',
  });

type Said = Pick<Action, 'by' | 'comment'>;

/** One action as it is asked for: its body, and what an action has of that. */
interface Form {
  readonly summary: string;
  readonly body: z.ZodType<Said>;
  /** Throws WriteError. */
  fieldsOf(body: Said, now: number): object;
}

const form = <Body extends Said>(
  summary: string,
  body: z.ZodType<Body>,
  fieldsOf: (body: Body, now: number) => object = (given) => given,
): Form => ({ summary, body, fieldsOf: (given, now) => fieldsOf(given as Body, now) });

const FORMS: Readonly<Record<ActionKind, Form>> = {
  acknowledge: form('Say that somebody deals with it', ACKNOWLEDGED, ({ until, for: forMs, ...rest }, now) => ({
    ...rest,
    ...(until === undefined && forMs === undefined ? {} : endOf(until, forMs, now)),
  })),
  unacknowledge: form('Take that back', PLAIN),
  assign: form('Say who works on it', ASSIGNED, ({ assignee, ...rest }) => ({ ...rest, assignee: assignee ?? '' })),
  note: form('Add a note', NOTED),
  shelve: form('Put it aside for a time', SHELVED, ({ until, for: forMs, ...rest }, now) => ({
    ...rest,
    ...endOf(until, forMs, now),
  })),
  unshelve: form('Bring it back', PLAIN),
  resolve: form('End it by hand, with the alerts that fire', PLAIN),
  close: form('Close it', PLAIN),
  reopen: form('Open it again', PLAIN),
};

/** What a kind of action makes of what is said with it. Throws WriteError. */
export function actionFields(kind: ActionKind, given: unknown, now: number, principal: Principal | null) {
  const { body, fieldsOf } = FORMS[kind];
  const said = readFields(body, given);
  return { kind, ...fieldsOf({ ...said, by: signedBy(principal, said.by) }, now), actor: actorOf(principal) };
}

/** `POST /api/v1/incidents/:id/<action>` for each action. */
export function actionRoutes({ act, read, now }: ActionParts): readonly Route[] {
  return ACTIONS.map((kind) =>
    route({
      ...{ method: 'POST', path: `/api/v1/incidents/:id/${kind}`, role: 'write', isKeyed: true },
      summary: FORMS[kind].summary,
      query: NO_PARAMETERS,
      body: FORMS[kind].body,
      answers: { 200: ANSWERS.acted },
      isConfinable: true,
      answer: async ({ idempotencyKey: key, params, principal, body, confinement }) => {
        const said = { ...body, by: signedBy(principal, body.by) };
        const action = {
          ...{ kind, ...FORMS[kind].fieldsOf(said, now()), actor: actorOf(principal) },
          id: key === null ? randomUUID() : `${principalKey(principal)} ${key}`,
          incidentId: params.id ?? '',
        } as Action;
        const named = { of: 'incident', id: action.incidentId } as const;
        if (confinement !== null && !(await isThere(await read('theirs', { named, confinement }))))
          return replyTo(action, { outcome: 'refused', reason: 'not_found', incident: null });
        return replyTo(action, await act(action));
      },
    }),
  );
}

/** Throws WriteError. */
function endOf(until: string | undefined, forMs: number | undefined, now: number) {
  const end = until === undefined ? now + (forMs ?? 0) : Date.parse(until);
  if (end - now > YEAR_S * 1000) throw new WriteError([{ path: 'until', message: 'is more than a year away' }]);
  return { until: end, ...(forMs !== undefined && { forMs }) };
}

const STATUS = {
  ...{ not_found: 404, ambiguous_id: 409, id_reused: 422, is_over: 409, is_closed: 409, another_is_open: 409 },
  ...{ until_is_past: 422, note_is_empty: 422 },
} as const;

function replyTo({ id }: Action, result: ActionResult): Reply {
  const { outcome, reason } = result;
  const told = { id, outcome, reason, message: actionText(result) };
  if (outcome !== 'refused') return { status: 200, body: { ...incidentJson(result.incident), action: told } };
  const { status, body } = failure(STATUS[reason], actionText(result));
  const incident = result.incident === null ? null : incidentJson(result.incident);
  return { status, body: { ...(body as object), reason, incident } };
}
