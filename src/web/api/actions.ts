import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { duration } from '../../config/kinds.ts';
import { actorOf, principalKey, signedBy } from '../../core/access/principal.ts';
import type { Action, ActionKind, ActionResult } from '../../core/action/action.ts';
import { actionText } from '../../core/action/words.ts';
import { failure, type Reply } from '../reply.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type ReadRequest, type Route, type RouteDefinition, route } from './route.ts';
import { ANSWERS } from './schemas.ts';
import { incidentJson } from './views.ts';
import { commentField, nameField, timeField, WriteError } from './write.ts';

/** What the routes of actions need. */
export interface ActionParts {
  /** Does an action; rejects when it could not be committed. */
  readonly act: (action: Action) => Promise<ActionResult>;
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

type Head = Pick<Action, 'id' | 'incidentId' | 'actor'>;

/** `POST /api/v1/incidents/:id/<action>` for each action. */
export function actionRoutes({ act, now }: ActionParts): readonly Route[] {
  const perform = async (action: Action) => replyTo(action, await act(action));
  const headOf = ({ idempotencyKey: key, params, principal }: ReadRequest<unknown, unknown>): Head => ({
    id: key === null ? randomUUID() : `${principalKey(principal)} ${key}`,
    incidentId: params.id ?? '',
    actor: actorOf(principal),
  });
  const doing = <Body extends { readonly by: string }>(
    kind: ActionKind,
    summary: string,
    body: z.ZodType<Body>,
    actionOf: (head: Head, body: Body) => Action,
  ) => {
    const answer: RouteDefinition<unknown, Body>['answer'] = (request) =>
      perform(actionOf(headOf(request), { ...request.body, by: signedBy(request.principal, request.body.by) }));
    const path = `/api/v1/incidents/:id/${kind}`;
    const answers = { 200: ANSWERS.acted };
    const head = { method: 'POST', path, role: 'write', isKeyed: true, summary } as const;
    return route({ ...head, query: NO_PARAMETERS, body, answers, answer });
  };
  const plain = (kind: Exclude<ActionKind, 'assign' | 'shelve'>, summary: string) =>
    doing(kind, summary, PLAIN, (head, body) => ({ ...head, ...body, kind }));
  return [
    doing('acknowledge', 'Say that somebody deals with it', ACKNOWLEDGED, (head, { until, for: forMs, ...rest }) => ({
      ...head,
      ...rest,
      kind: 'acknowledge',
      ...(until === undefined && forMs === undefined ? {} : endOf(until, forMs, now())),
    })),
    plain('unacknowledge', 'Take that back'),
    doing('assign', 'Say who works on it', ASSIGNED, (head, { assignee, ...rest }) => ({
      ...{ ...head, ...rest, kind: 'assign', assignee: assignee ?? '' },
    })),
    doing('note', 'Add a note', NOTED, (head, body) => ({ ...head, ...body, kind: 'note' })),
    doing('shelve', 'Put it aside for a time', SHELVED, (head, { until, for: forMs, ...rest }) => ({
      ...{ ...head, ...rest, kind: 'shelve' },
      ...endOf(until, forMs, now()),
    })),
    plain('unshelve', 'Bring it back'),
    plain('resolve', 'End it by hand, with the alerts that fire'),
    plain('close', 'Close it'),
    plain('reopen', 'Open it again'),
  ];
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
