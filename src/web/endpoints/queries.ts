import * as z from 'zod';
import { ROLLUP_STEPS } from '../../core/endpoint/rollup.ts';
import { anyOf, searched, since, text, wordsOf } from '../api/filters.ts';
import { pageFields, QueryError } from '../api/queries.ts';
import { ENDPOINT_KINDS, ENDPOINT_STATES } from './schemas.ts';

const filters = {
  state: wordsOf(ENDPOINT_STATES).optional(),
  group: anyOf.optional(),
  kind: wordsOf(ENDPOINT_KINDS).optional(),
  probe: anyOf.optional().describe('Ids of probes, one of which looks at it'),
  q: searched.optional(),
};

/** Parameters of `GET /api/v1/endpoints`. */
export const ENDPOINT_PARAMETERS = z.strictObject({
  // The key of the last one; by attention its place in front.
  ...pageFields(/^(\d )?[\s\S]*_[\s\S]*$/),
  sort: z.enum(['key', 'attention'], 'must be key or attention').optional(),
  ...filters,
});

const span = {
  from: since.optional(),
  to: text.pipe(since).optional(),
};

/** Parameters of the history of one. */
export const HISTORY_PARAMETERS = z.strictObject(span);

const LIMIT = 'must be a whole number from 1 to 100';

/** Parameters of `GET /api/v1/endpoints/:key/pings`. */
export const PING_PARAMETERS = z.strictObject({
  limit: z.coerce
    .number({ error: LIMIT })
    .int({ error: LIMIT })
    .min(1, { error: LIMIT })
    .max(100, { error: LIMIT })
    .default(20),
});

/** Parameters of `GET /api/v1/endpoints/report`. */
export const REPORT_PARAMETERS = z.strictObject({ ...span, ...filters });

const DAY_MS = 86_400_000;
const LONGEST_MS = 730 * DAY_MS;
// Steps that one answer has, at most.
const MOST_POINTS = 1000;

/** A span that is asked for, and the step by which it is answered. */
export interface AskedSpan {
  readonly from: number;
  readonly to: number;
  readonly step: (typeof ROLLUP_STEPS)[number];
}

/**
 * The span that is asked for at `now`, 24 hours unless told otherwise, and the finest step of which it has few enough and
 * which is kept for as long. Throws QueryError.
 */
export function askedSpan(
  given: z.infer<typeof HISTORY_PARAMETERS>,
  now: number,
  kept: Readonly<Record<'fine' | 'hourly' | 'daily', number>>,
): AskedSpan {
  const to = Math.min(given.to?.(now) ?? now, now);
  const from = given.from?.(now) ?? to - DAY_MS;
  if (from >= to) throw new QueryError([{ path: 'from', message: 'must be before the end of the span' }]);
  if (to - from > LONGEST_MS)
    throw new QueryError([{ path: 'from', message: 'must be at most 730 days before the end of the span' }]);
  const [fine, hour, day] = ROLLUP_STEPS;
  const fits = (step: number, keptMs: number) => (to - from) / step <= MOST_POINTS && now - from <= keptMs;
  const step = fits(fine, kept.fine) ? fine : fits(hour, kept.hourly) ? hour : day;
  return { from: from - (from % step), to, step };
}
