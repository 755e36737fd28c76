import * as z from 'zod';
import { duration } from '../../config/kinds.ts';
import { type Confinement, confinementText, ensuresConfinement } from '../../core/access/confinement.ts';
import { actorOf, signedBy } from '../../core/access/principal.ts';
import { MatchersError, parseMatchers } from '../../core/policy/matchers.ts';
import { type MatcherSpec, SILENCE_ORIGINS, type SilenceKind } from '../../core/policy/silence.ts';
import type { SilenceAction } from '../../core/policy/silence-change.ts';
import { RegexError } from '../../lib/regex.ts';
import type { SilenceResult } from '../../pipeline/silences.ts';
import { isId } from '../../stores/contract/cursors.ts';
import { actionId } from '../alertmanager/routes.ts';
import { failure, type Reply } from '../reply.ts';
import type { TextParts } from '../text.ts';
import { isThere } from './confined.ts';
import { several } from './filters.ts';
import { matcherTest } from './muting.ts';
import { NO_PARAMETERS, QueryError, SILENCE_PARAMETERS, silenceQuery } from './queries.ts';
import { type Route, type RouteRequest, route } from './route.ts';
import type { ReadDocument } from './routes.ts';
import { ANSWERS, pageOf, SCHEMAS } from './schemas.ts';
import { silenceJson } from './silence-views.ts';
import { commentField, nameField, timeField, WriteError } from './write.ts';

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
const BODIES = {
  silence: z.strictObject(said),
  maintenance: z.strictObject({ ...said, instance: nameField(255).optional() }),
} as const;

type Given = z.infer<(typeof BODIES)['maintenance']>;

const ENDING = z.strictObject({ by: said.by });

const PREVIEW = z.strictObject({ matcher: several('must be given, once or more') });

const NOUNS = { silence: 'silence', maintenance: 'maintenance window' } as const;

/** `/api/v1/silences` and `/api/v1/maintenance`: the same, but that a window may be for an instance. */
export function silenceRoutes(parts: SilenceParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/silences/preview',
      role: 'read',
      summary: 'What matchers would hold back now',
      query: PREVIEW,
      answers: { 200: ANSWERS.preview },
      isConfinable: true,
      answer: async ({ query: { matcher }, confinement }) =>
        orNothing(await parts.read('silencePreview', { matchers: previewed(matcher), confinement }), ''),
    }),
    ...routesOf('silence', '/api/v1/silences', parts),
    ...routesOf('maintenance', '/api/v1/maintenance', parts),
  ];
}

function routesOf(kind: SilenceKind, path: string, { read, changeSilence, now }: SilenceParts): readonly Route[] {
  const noun = NOUNS[kind];
  const perform = async (action: SilenceAction): Promise<Reply> => replyTo(await changeSilence(action), kind, now());
  const head = ({ idempotencyKey, principal }: RouteRequest) => ({
    ...{ id: actionId(idempotencyKey, principal, now()), actor: actorOf(principal) },
  });
  const isOwn = async ({ confinement, params: { id = '' } }: RouteRequest) =>
    confinement === null || isThere(await read('theirs', { named: { of: 'silence', id, kind }, confinement }));
  const silenceId = ({ params: { id = '' } }: RouteRequest) => id.toLowerCase();
  const ending = (method: 'POST' | 'DELETE', at: string) =>
    route({
      method,
      path: at,
      role: 'write',
      isKeyed: true,
      summary: `End a ${noun}`,
      body: ENDING,
      answers: { 200: ANSWERS.silenceSet },
      isConfinable: true,
      answer: async (request) => {
        if (!(await isOwn(request))) return orNothing(undefined, kind) as Reply;
        const by = signedBy(request.principal, request.body.by ?? '');
        const actor = by === '' ? actorOf(request.principal) : by;
        return perform({ ...head(request), actor, type: 'end_silence', silenceId: silenceId(request), kind });
      },
    });
  return [
    route({
      method: 'GET',
      path,
      role: 'read',
      summary: `A list of ${noun}s`,
      query: SILENCE_PARAMETERS,
      answers: { 200: pageOf(SCHEMAS.Silence) },
      isConfinable: true,
      answer: async ({ query, confinement }) =>
        orNothing(await read('silences', { ...silenceQuery(query), kind, confinement }), kind),
    }),
    route({
      method: 'POST',
      path,
      role: 'write',
      isKeyed: true,
      summary: `Create a ${noun}`,
      body: BODIES[kind] as z.ZodType<Given>,
      answers: { 200: ANSWERS.silenceSet, 201: ANSWERS.silenceSet },
      isConfinable: true,
      answer: (request) => {
        const { origin, ...given } = fieldsOf(request.body, now());
        const { matchers: wanted = [], startsAt = now(), endsAt, comment: why = '' } = given;
        const createdBy = signedBy(request.principal, given.createdBy ?? '');
        refuseBeyond(wanted, request.confinement);
        if (endsAt === undefined) throw new WriteError([{ path: 'ends_at', message: 'or for must say until when' }]);
        const times = { startsAt, endsAt };
        const made = { id: null, kind, matchers: wanted, ...times, createdBy, comment: why };
        return perform({ ...head(request), type: 'set_silence', origin, request: made });
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:id`,
      role: 'read',
      summary: `One ${noun} with its history, and what it holds back`,
      query: NO_PARAMETERS,
      answers: { 200: ANSWERS.silence },
      isConfinable: true,
      answer: async ({ params: { id = '' }, confinement }) => {
        // Who is confined is not told which other ids begin so.
        if (confinement !== null && !isId(id.toLowerCase())) return orNothing(undefined, kind);
        return orNothing(await read('silence', { id, kind, confinement }), kind);
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      role: 'write',
      isKeyed: true,
      summary: `Change what is given of a ${noun}`,
      body: BODIES[kind] as z.ZodType<Given>,
      answers: { 200: ANSWERS.silenceSet, 201: ANSWERS.silenceSet },
      isConfinable: true,
      answer: async (request) => {
        const { origin, createdBy, ...rest } = fieldsOf(request.body, now());
        if (!(await isOwn(request))) return orNothing(undefined, kind) as Reply;
        if (rest.matchers !== undefined) refuseBeyond(rest.matchers, request.confinement);
        const changes = createdBy === undefined ? rest : { ...rest, createdBy: signedBy(request.principal, createdBy) };
        const action = { ...head(request), origin, silenceId: silenceId(request), kind, changes };
        return perform({ ...action, type: 'change_silence' });
      },
    }),
    ending('DELETE', `${path}/:id`),
    ending('POST', `${path}/:id/${kind === 'silence' ? 'expire' : 'end'}`),
  ];
}

/** What somebody who is confined holds back must be theirs, whatever comes. Throws WriteError. */
function refuseBeyond(wanted: readonly MatcherSpec[], confinement: Confinement | null): void {
  if (ensuresConfinement(wanted, confinement)) return;
  const text = confinementText(confinement);
  throw new WriteError([{ path: 'matchers', message: `must keep to what you are confined to: add ${text}` }]);
}

/** The fields of a body that were given, as an action has them. Throws WriteError. */
function fieldsOf(given: Given, now: number) {
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
      return failure(409, `several have this in their ids, give more of it: ${result.candidates.join(', ')}`);
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
function previewed(given: readonly string[]): readonly MatcherSpec[] {
  try {
    const specs = given.flatMap(parseMatchers);
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
