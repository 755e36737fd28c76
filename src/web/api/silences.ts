import * as z from 'zod';
import { duration } from '../../config/kinds.ts';
import { MatchersError, parseMatchers } from '../../core/policy/matchers.ts';
import { type MatcherSpec, SILENCE_ORIGINS, type SilenceKind } from '../../core/policy/silence.ts';
import type { SilenceAction } from '../../core/policy/silence-change.ts';
import { RegexError } from '../../lib/regex.ts';
import type { SilenceResult } from '../../pipeline/silences.ts';
import { actionId } from '../alertmanager/routes.ts';
import { failure, type Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';
import { matcherTest } from './muting.ts';
import { QueryError, silenceQuery } from './queries.ts';
import type { Route, WriteRequest } from './route.ts';
import type { ReadDocument } from './routes.ts';
import { silenceJson } from './silence-views.ts';
import { commentField, nameField, readFields, timeField, WriteError } from './write.ts';

/** What the routes of silences and windows need. */
export interface SilenceParts {
  readonly read: ReadDocument;
  /** Does something to silences; rejects when it could not be committed. */
  readonly changeSilence: (action: SilenceAction) => Promise<SilenceResult>;
  readonly now: () => number;
}

const YEAR_S = 366 * 86_400;

const matcherText = z.string('must be a text such as severity="critical"').transform((text, context) => {
  try {
    return parseMatchers(text);
  } catch (error) {
    if (!(error instanceof MatchersError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});
const matcherParts = z
  .object({
    name: z.string('must be a text'),
    value: z.string('must be a text'),
    is_regex: z.boolean('must be true or false').default(false),
    is_equal: z.boolean('must be true or false').default(true),
  })
  .transform((given): readonly MatcherSpec[] => [
    { name: given.name, value: given.value, isRegex: given.is_regex, isEqual: given.is_equal },
  ]);
const matchers = z
  .array(z.union([matcherText, matcherParts]), 'must be a list of matchers')
  .transform((list) => list.flat());
const said = {
  matchers: matchers.optional(),
  starts_at: timeField.optional(),
  ends_at: timeField.optional(),
  for: duration(1, YEAR_S).schema.optional(),
  by: nameField(200).optional(),
  comment: commentField.optional(),
  origin: z.enum(SILENCE_ORIGINS, `must be one of ${SILENCE_ORIGINS.join(', ')}`).default('api'),
};
const SCHEMAS = {
  silence: z.strictObject(said),
  maintenance: z.strictObject({ ...said, instance: nameField(255).optional() }),
} as const;

const ENDING = z.strictObject({ by: said.by });

const NOUNS = { silence: 'silence', maintenance: 'maintenance window' } as const;

/** `/api/v1/silences` and `/api/v1/maintenance`: the same, but that a window may be for an instance. */
export function silenceRoutes(parts: SilenceParts): readonly Route[] {
  return [
    {
      path: '/api/v1/silences/preview',
      authentication: 'api',
      answer: async ({ query }) => orNothing(await parts.read('silencePreview', { matchers: previewed(query) }), ''),
    },
    ...routesOf('silence', '/api/v1/silences', parts),
    ...routesOf('maintenance', '/api/v1/maintenance', parts),
  ];
}

function routesOf(kind: SilenceKind, path: string, { read, changeSilence, now }: SilenceParts): readonly Route[] {
  const perform = async (action: SilenceAction): Promise<Reply> => replyTo(await changeSilence(action), kind, now());
  const head = ({ idempotencyKey }: WriteRequest) => ({ id: actionId(idempotencyKey, now()), actor: 'api' });
  const silenceId = ({ params: { id = '' } }: WriteRequest) => id.toLowerCase();
  const end = (request: WriteRequest) => {
    const { by = '' } = readFields(ENDING, request.body);
    const actor = by === '' ? 'api' : by;
    return perform({ ...head(request), actor, type: 'end_silence', silenceId: silenceId(request), kind });
  };
  return [
    {
      path,
      authentication: 'api',
      answer: async ({ query }) => orNothing(await read('silences', { ...silenceQuery(query), kind }), kind),
      writes: {
        POST: (request) => {
          const { origin, ...given } = fieldsOf(kind, request.body, now());
          const { matchers: wanted = [], startsAt = now(), endsAt, createdBy = '', comment: why = '' } = given;
          if (endsAt === undefined) throw new WriteError([{ path: 'ends_at', message: 'or for must say until when' }]);
          const span = { startsAt, endsAt };
          const made = { id: null, kind, matchers: wanted, ...span, createdBy, comment: why };
          return perform({ ...head(request), type: 'set_silence', origin, request: made });
        },
      },
    },
    {
      path: `${path}/:id`,
      authentication: 'api',
      answer: async ({ params: { id = '' } }) => orNothing(await read('silence', { id, kind }), kind),
      writes: {
        PATCH: (request) => {
          const { origin, ...changes } = fieldsOf(kind, request.body, now());
          return perform({
            ...head(request),
            type: 'change_silence',
            origin,
            silenceId: silenceId(request),
            kind,
            changes,
          });
        },
        DELETE: end,
      },
    },
    { path: `${path}/:id/${kind === 'silence' ? 'expire' : 'end'}`, authentication: 'api', writes: { POST: end } },
  ];
}

/** The fields of a body that were given, as an action has them. Throws WriteError. */
function fieldsOf(kind: SilenceKind, body: unknown, now: number) {
  const given: z.infer<(typeof SCHEMAS)['maintenance']> = readFields(SCHEMAS[kind], body);
  const { origin, starts_at: from, ends_at: to, for: span, by, instance } = given;
  if (to !== undefined && span !== undefined)
    throw new WriteError([{ path: 'for', message: 'cannot be given together with ends_at' }]);
  const startsAt = from === undefined ? undefined : Date.parse(from);
  const endsAt = span === undefined ? (to === undefined ? undefined : Date.parse(to)) : (startsAt ?? now) + span;
  const own = instance === undefined ? [] : [{ name: 'instance_id', value: instance, isRegex: false, isEqual: true }];
  const wanted = instance === undefined ? given.matchers : [...own, ...(given.matchers ?? [])];
  return {
    origin,
    ...(wanted !== undefined && { matchers: wanted }),
    ...(startsAt !== undefined && { startsAt }),
    ...(endsAt !== undefined && { endsAt }),
    ...(by !== undefined && { createdBy: by }),
    ...(given.comment !== undefined && { comment: given.comment }),
  };
}

function replyTo(result: SilenceResult, kind: SilenceKind, now: number): Reply {
  switch (result.outcome) {
    case 'ambiguous':
      return failure(409, 'several have ids that begin so: give more of it');
    case 'not_found':
      return failure(404, `there is no ${NOUNS[kind]} with this id`);
    case 'invalid': {
      const errors = result.problems.map(({ path, message }) => ({ path, message }));
      throw new WriteError(errors);
    }
    default: {
      const isNew = result.outcome === 'created' || result.outcome === 'replaced';
      return { status: isNew ? 201 : 200, body: { ...silenceJson(result.silence, now), outcome: result.outcome } };
    }
  }
}

/** The matchers of `?matcher=…`, one or more. Throws QueryError. */
function previewed(query: unknown): readonly MatcherSpec[] {
  const { matcher, ...others } = query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const wrong = Object.keys(others).map((path) => ({ path, message: 'is not a parameter of this page' }));
  if (matcher === undefined) wrong.push({ path: 'matcher', message: 'must be given, once or more' });
  if (wrong.length > 0) throw new QueryError(wrong);
  try {
    const specs = [matcher ?? []].flat().flatMap(parseMatchers);
    // Tried here, for what is wrong with them is the answer.
    matcherTest(specs);
    return specs;
  } catch (error) {
    if (!(error instanceof MatchersError || error instanceof RegexError)) throw error;
    throw new QueryError([{ path: 'matcher', message: error.message }]);
  }
}

function orNothing(text: TextParts | undefined, kind: SilenceKind | ''): TextParts | Reply {
  return text ?? failure(404, `there is no ${kind === '' ? 'such page' : NOUNS[kind]} with this id`);
}
