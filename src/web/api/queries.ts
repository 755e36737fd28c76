import * as z from 'zod';
import { SEVERITIES } from '../../core/alert/alert.ts';
import type { FieldError } from '../../core/reading/read.ts';
import type { AlertQuery, IncidentQuery, PageQuery } from '../../stores/contract/reads.ts';

const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` }).optional();
const WHOLE = 'must be a whole number from 1 to 500';
const text = z.string('must be given once').max(1024, 'is longer than 1024 characters');
const page = {
  limit: z.coerce.number(WHOLE).int(WHOLE).min(1, WHOLE).max(500, WHOLE).default(50),
  cursor: text
    .regex(/^[A-Za-z0-9_-]+$/, 'is not a cursor of this hub')
    .transform((cursor) => Buffer.from(cursor, 'base64url').toString('utf8'))
    .optional(),
};

const alerts = z.strictObject({
  ...page,
  status: oneOf(['firing', 'resolved', 'unknown']),
  severity: oneOf(SEVERITIES),
  source: text.optional(),
  instance_id: text.optional(),
  name: text.optional(),
  incident_id: text.optional(),
});
const incidents = z.strictObject({
  ...page,
  status: oneOf(['open', 'acknowledged', 'resolved', 'closed']),
  severity: oneOf(SEVERITIES),
  instance_id: text.optional(),
});
const instances = z.strictObject(page);
// There are only as many as drivers and named sources.
const sources = z.strictObject({});

/** A query string that is wrong; the errors name its parameters. */
export class QueryError extends Error {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(`wrong query: ${errors.map((error) => `${error.path} ${error.message}`).join('; ')}`);
    this.errors = errors;
  }
}

/** Filters of `GET /api/v1/alerts`; throws QueryError. */
export function alertQuery(query: unknown): AlertQuery {
  const { instance_id: instanceId, incident_id: incidentId, ...rest } = read(alerts, query);
  return defined({ ...rest, instanceId, incidentId });
}

/** Filters of `GET /api/v1/incidents`; throws QueryError. */
export function incidentQuery(query: unknown): IncidentQuery {
  const { instance_id: instanceId, ...rest } = read(incidents, query);
  return defined({ ...rest, instanceId });
}

/** Page of `GET /api/v1/instances`; throws QueryError. */
export function instanceQuery(query: unknown): PageQuery {
  return defined(read(instances, query));
}

/** `GET /api/v1/sources` has no parameters; throws QueryError. */
export function sourceQuery(query: unknown): void {
  read(sources, query);
}

function read<T>(schema: z.ZodType<T>, query: unknown): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  throw new QueryError(
    result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: key, message: 'is not a parameter of this list' }))
        : [{ path: issue.path.join('.'), message: issue.message }],
    ),
  );
}

/** Leaves out what is undefined: a filter that is not given is not there. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
