import * as z from 'zod';
import { SEVERITIES } from '../../core/alert/alert.ts';
import type { FieldError } from '../../core/reading/read.ts';
import { attentionPlace, isId } from '../../stores/contract/cursors.ts';
import type { AlertQuery, IncidentQuery, PageQuery } from '../../stores/contract/reads.ts';
import type { SilenceQuery } from '../../stores/contract/silences.ts';
import { anyOf, labels, sinceAt, text, wordsOf } from './filters.ts';

const WHOLE = 'must be a whole number from 1 to 500';
const CURSOR = 'is not a cursor of this list';
const page = {
  limit: z.coerce.number(WHOLE).int(WHOLE).min(1, WHOLE).max(500, WHOLE).default(50),
  cursor: text
    .regex(/^[A-Za-z0-9_-]+$/, CURSOR)
    .transform((cursor) => Buffer.from(cursor, 'base64url').toString('utf8'))
    // PostgreSQL has no text with such a character, and no id holds one.
    .refine((cursor) => !/[\0\ufffd]/.test(cursor), CURSOR)
    .optional(),
};
const list = (now: number) => ({
  ...page,
  sort: z.enum(['id', 'attention'], 'must be id or attention').optional(),
  count: z.enum(['true', 'false'], 'must be true or false').optional(),
  severity: wordsOf(SEVERITIES).optional(),
  instance_id: anyOf.optional(),
  since: sinceAt(now).optional(),
});

const alerts = (now: number) =>
  z.strictObject({
    ...list(now),
    status: wordsOf(['firing', 'resolved', 'unknown']).optional(),
    source: anyOf.optional(),
    name: anyOf.optional(),
    incident_id: text.optional(),
    label: labels.optional(),
  });
const incidents = (now: number) =>
  z.strictObject({ ...list(now), status: wordsOf(['open', 'acknowledged', 'resolved', 'closed']).optional() });
const instances = z.strictObject(page);
const SILENCE_STATUSES = ['live', 'active', 'pending', 'expired', 'all'] as const;
const silences = z.strictObject({
  ...pageFields(/^\d{1,15} [\w-]{1,64}$/),
  status: z.enum(SILENCE_STATUSES, { error: `must be one of ${SILENCE_STATUSES.join(', ')}` }).optional(),
});
// There are only as many as drivers and named sources.
const sources = z.strictObject({});

/** A list that is asked for: which page, and whether all of its rows are to be counted. */
export type Listing<Query> = Query & { readonly isCounted?: true };

/** A query string that is wrong; the errors name its parameters. */
export class QueryError extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(`wrong query: ${errors.map((error) => `${error.path} ${error.message}`).join('; ')}`);
    this.errors = errors;
  }
}

/** Filters of `GET /api/v1/alerts` asked at `now`; throws QueryError. */
export function alertQuery(query: unknown, now: number): Listing<AlertQuery> {
  const { incident_id: incidentId, label, ...rest } = read(alerts(now), query);
  return defined({ ...common(rest, now), incidentId, labels: label });
}

/** Filters of `GET /api/v1/incidents` asked at `now`; throws QueryError. */
export function incidentQuery(query: unknown, now: number): Listing<IncidentQuery> {
  return defined(common(read(incidents(now), query), now));
}

interface Given {
  readonly sort?: 'id' | 'attention' | undefined;
  readonly count?: string | undefined;
  readonly cursor?: string | undefined;
  readonly instance_id?: AlertQuery['instanceId'] | undefined;
  readonly since?: number | undefined;
}

function common<T extends Given>(
  { sort, count, instance_id: instanceId, since: changedSince, ...rest }: T,
  now: number,
) {
  const byAttention = sort === 'attention';
  const { cursor } = rest;
  if (cursor !== undefined && !(byAttention ? attentionPlace(cursor) !== undefined : isId(cursor)))
    throw new QueryError([{ path: 'cursor', message: CURSOR }]);
  return {
    ...rest,
    ...(byAttention && { sort: 'attention' as const, asOf: now }),
    ...(count === 'true' && { isCounted: true as const }),
    instanceId,
    changedSince,
  };
}

/** Page of `GET /api/v1/instances`; throws QueryError. */
export function instanceQuery(query: unknown): PageQuery {
  return defined(read(instances, query));
}

/** Page of `GET /api/v1/silences` and `/api/v1/maintenance`: those that have not expired, unless told otherwise; throws QueryError. */
export function silenceQuery(query: unknown): PageQuery & Pick<SilenceQuery, 'state'> {
  const { status, ...rest } = read(silences, query);
  return defined({ ...rest, state: status === 'all' ? undefined : (status ?? 'live') });
}

/** `GET /api/v1/sources` has no parameters; throws QueryError. */
export function sourceQuery(query: unknown): void {
  read(sources, query);
}

/** Parameters of a list without an order, whose cursors look like `cursor`. */
export function pageFields(cursor: RegExp) {
  return { ...page, cursor: page.cursor.refine((given) => given === undefined || cursor.test(given), CURSOR) };
}

/** Filters of a list, without those that are not given; throws QueryError. */
export function readQuery<T extends object>(schema: z.ZodType<T>, query: unknown) {
  return defined(read(schema, query));
}

function read<T>(schema: z.ZodType<T>, query: unknown): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  throw new QueryError(
    result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: key, message: 'is not a parameter of this list' }))
        : [{ path: String(issue.path[0] ?? ''), message: issue.message }],
    ),
  );
}

/** Leaves out what is undefined: a filter that is not given is not there. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
