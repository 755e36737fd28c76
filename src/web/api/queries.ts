import * as z from 'zod';
import { SEVERITIES } from '../../core/alert/alert.ts';
import type { FieldError } from '../../core/reading/read.ts';
import { attentionPlace, isId } from '../../stores/contract/cursors.ts';
import type { AlertQuery, IncidentQuery, InstanceQuery, PageQuery } from '../../stores/contract/reads.ts';
import type { SilenceQuery } from '../../stores/contract/silences.ts';
import { anyOf, labels, searched, since, text, wordsOf } from './filters.ts';

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
const list = {
  ...page,
  sort: z.enum(['id', 'attention'], 'must be id or attention').optional(),
  count: z.enum(['true', 'false'], 'must be true or false').optional(),
  counts: z.enum(['severity'], 'must be severity').optional(),
  severity: wordsOf(SEVERITIES).optional(),
  instance_id: anyOf.optional(),
  since: since.optional(),
  q: searched.optional(),
};

/** Parameters of `GET /api/v1/alerts`. */
export const ALERT_PARAMETERS = z.strictObject({
  ...list,
  status: wordsOf(['firing', 'resolved', 'unknown']).optional(),
  source: anyOf.optional(),
  name: anyOf.optional(),
  incident_id: text.optional(),
  label: labels.optional(),
});

/** Parameters of `GET /api/v1/incidents`. */
export const INCIDENT_PARAMETERS = z.strictObject({
  ...list,
  status: wordsOf(['open', 'acknowledged', 'resolved', 'closed']).optional(),
  source: anyOf.optional(),
  name: anyOf.optional(),
  label: labels.optional(),
});

/** Parameters of `GET /api/v1/instances`. */
export const INSTANCE_PARAMETERS = z.strictObject({
  ...page,
  status: z.enum(['heard', 'silent'], 'must be heard or silent').optional(),
});

const SILENCE_STATUSES = ['live', 'active', 'pending', 'expired', 'all'] as const;

/** Parameters of `GET /api/v1/silences` and `/api/v1/maintenance`. */
export const SILENCE_PARAMETERS = z.strictObject({
  ...pageFields(/^\d{1,15} [\w-]{1,64}$/),
  status: z.enum(SILENCE_STATUSES, { error: `must be one of ${SILENCE_STATUSES.join(', ')}` }).optional(),
});

/** What takes no parameters: of sources, for example, there are only as many as drivers and named sources. */
export const NO_PARAMETERS = z.strictObject({});

/** A list that is asked for: which page, and whether all of its rows are to be counted, or those of each severity. */
export type Listing<Query> = Query & { readonly isCounted?: true; readonly hasCounts?: true };

/** A query string that is wrong; the errors name its parameters. */
export class QueryError extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(`wrong query: ${errors.map((error) => `${error.path} ${error.message}`).join('; ')}`);
    this.errors = errors;
  }
}

/** Filters of `GET /api/v1/alerts` asked at `now`; throws QueryError. */
export function alertQuery(given: z.infer<typeof ALERT_PARAMETERS>, now: number): Listing<AlertQuery> {
  const { incident_id: incidentId, label, ...rest } = given;
  return defined({ ...common(rest, now), incidentId, labels: label });
}

/** Filters of `GET /api/v1/incidents` asked at `now`; throws QueryError. */
export function incidentQuery(given: z.infer<typeof INCIDENT_PARAMETERS>, now: number): Listing<IncidentQuery> {
  const { label, ...rest } = given;
  return defined({ ...common(rest, now), labels: label });
}

interface Given {
  readonly sort?: 'id' | 'attention' | undefined;
  readonly count?: string | undefined;
  readonly counts?: 'severity' | undefined;
  readonly cursor?: string | undefined;
  readonly instance_id?: AlertQuery['instanceId'] | undefined;
  readonly since?: ((now: number) => number) | undefined;
  readonly q?: readonly string[] | undefined;
}

function common<T extends Given>(
  { sort, count, counts, instance_id: instanceId, since: sinceAt, q: words, ...rest }: T,
  now: number,
) {
  const byAttention = sort === 'attention';
  const { cursor } = rest;
  if (cursor !== undefined && !(byAttention ? attentionPlace(cursor) !== undefined : isId(cursor)))
    throw new QueryError([{ path: 'cursor', message: CURSOR }]);
  return {
    ...rest,
    ...(byAttention && { sort: 'attention' as const }),
    ...(count === 'true' && { isCounted: true as const }),
    ...(counts === 'severity' && { hasCounts: true as const }),
    ...{ instanceId, words },
    changedSince: sinceAt?.(now),
  };
}

/** Page of `GET /api/v1/instances`. */
export function instanceQuery(given: z.infer<typeof INSTANCE_PARAMETERS>): InstanceQuery {
  return defined(given);
}

/** Page of `GET /api/v1/silences` and `/api/v1/maintenance`: those that have not expired, unless told otherwise. */
export function silenceQuery(given: z.infer<typeof SILENCE_PARAMETERS>): PageQuery & Pick<SilenceQuery, 'state'> {
  const { status, ...rest } = given;
  return defined({ ...rest, state: status === 'all' ? undefined : (status ?? 'live') });
}

/** Parameters of a list without an order, whose cursors look like `cursor`. */
export function pageFields(cursor: RegExp) {
  return { ...page, cursor: page.cursor.refine((given) => given === undefined || cursor.test(given), CURSOR) };
}

/** A query string as a schema reads it; throws QueryError. */
export function readQuery<T>(schema: z.ZodType<T>, query: unknown): T {
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
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
