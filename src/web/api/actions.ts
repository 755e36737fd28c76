import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { duration } from '../../config/kinds.ts';
import { ACTIONS, type Action, type ActionKind, type ActionResult } from '../../core/action/action.ts';
import { actionText } from '../../core/action/words.ts';
import { failure, type Reply } from '../reply.ts';
import type { Route, WriteRequest } from './route.ts';
import { incidentJson } from './views.ts';
import { commentField, nameField, readFields, timeField, WriteError } from './write.ts';

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
const SCHEMAS = {
  acknowledge: z
    .strictObject({ ...said, ...span })
    .refine((body) => body.until === undefined || body.for === undefined, {
      path: ['until'],
      message: 'and for say the same: one of the two',
    }),
  assign: z.strictObject({ ...said, assignee: nameField(200).nullable() }),
  note: z.strictObject({ ...said, comment: commentField.refine((text) => text.trim() !== '', 'must say something') }),
  shelve: z
    .strictObject({ ...said, ...span })
    .refine((body) => (body.until === undefined) !== (body.for === undefined), {
      path: ['until'],
      message: 'or for must say until when it is shelved, one of the two',
    }),
} as const;

/** `POST /api/v1/incidents/:id/<action>` for each action. */
export function actionRoutes(parts: ActionParts): readonly Route[] {
  return ACTIONS.map((kind) => ({
    path: `/api/v1/incidents/:id/${kind}`,
    authentication: 'api',
    writes: { POST: (request: WriteRequest) => perform(parts, kind, request) },
  }));
}

async function perform({ act, now }: ActionParts, kind: ActionKind, request: WriteRequest): Promise<Reply> {
  const key = request.idempotencyKey;
  const head = { id: key === null ? randomUUID() : `api ${key}`, incidentId: request.params.id ?? '', actor: 'api' };
  const action = actionOf(kind, head, request.body, now());
  return replyTo(action, await act(action));
}

/** Throws WriteError. */
function actionOf(
  kind: ActionKind,
  head: Pick<Action, 'id' | 'incidentId' | 'actor'>,
  body: unknown,
  now: number,
): Action {
  switch (kind) {
    case 'assign': {
      const { assignee, ...rest } = readFields(SCHEMAS.assign, body);
      return { ...head, ...rest, kind, assignee: assignee ?? '' };
    }
    case 'acknowledge': {
      const { until, for: forMs, ...rest } = readFields(SCHEMAS.acknowledge, body);
      return {
        ...head,
        ...rest,
        kind,
        ...(until === undefined && forMs === undefined ? {} : endOf(until, forMs, now)),
      };
    }
    case 'shelve': {
      const { until, for: forMs, ...rest } = readFields(SCHEMAS.shelve, body);
      return { ...head, ...rest, kind, ...endOf(until, forMs, now) };
    }
    case 'note':
      return { ...head, ...readFields(SCHEMAS.note, body), kind };
    default:
      return { ...head, ...readFields(PLAIN, body), kind };
  }
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
