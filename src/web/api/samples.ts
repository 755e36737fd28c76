import * as z from 'zod';
import { parseDuration } from '../../core/figures.ts';
import { chartPoints } from '../../core/sample/points.ts';
import type { SampleReads } from '../../stores/contract/samples.ts';
import { since, text } from './filters.ts';
import { QueryError } from './queries.ts';

/** Which points are asked for. */
export interface SampleQuery {
  readonly instanceId: string;
  readonly metric: string;
  /** UTC milliseconds; the end excluded. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

const TIME = /^(\d{1,6}[smhdw]|\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}[\w:.+-]{0,20})?)$/;
const WHEN = 'must be a span of time such as 30m, 2h or 7d, or a time such as 2026-03-29T14:00:00Z';
const STEP = 'must be a time such as 1m, from 1s to 31d';

/** Parameters of `GET /api/v1/samples`. */
export const SAMPLE_PARAMETERS = z.strictObject({
  instance_id: text.describe('The instance'),
  metric: text.describe('A series of it, such as `disk.used_percent{mount="/"}`'),
  from: z
    .string()
    .regex(TIME, WHEN)
    .pipe(since)
    .optional()
    .describe('Begin of the span; 24h before its end unless told'),
  to: z.string().regex(TIME, WHEN).pipe(since).optional().describe('Its end; now unless told'),
  step: z
    .string({ error: STEP })
    .regex(/^\d{1,6}[smhd]?$/, STEP)
    .transform((given, context) => {
      const ms = parseDuration(/^\d+$/.test(given) ? Number(given) : given);
      if (ms !== null && ms >= 1000 && ms <= 31 * DAY_MS) return ms;
      context.addIssue({ code: 'custom', message: STEP });
      return z.NEVER;
    })
    .optional()
    .describe('Time that one point stands for; left out, so long that there are some 300'),
});

/** What it answers. */
export const SAMPLES = z.object({
  metric: z.string(),
  points: z
    .array(z.tuple([z.int(), z.number(), z.number(), z.number()]))
    .describe('`[ms, avg, min, max]`, oldest first'),
});

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const POINTS = 300;
const MOST_POINTS = 11_000;
// Samples that are read at once.
const READ = 5000;

/** The points that are asked for at `now`. Throws QueryError. */
export function sampleQuery(given: z.infer<typeof SAMPLE_PARAMETERS>, now: number): SampleQuery {
  const to = given.to?.(now) ?? now + 1;
  const from = given.from?.(now) ?? to - DAY_MS;
  if (from >= to) throw new QueryError([{ path: 'from', message: 'must be before the end of the span' }]);
  const stepMs = given.step ?? Math.ceil(Math.max(1, (to - from) / POINTS / MINUTE_MS)) * MINUTE_MS;
  if ((to - from) / stepMs > MOST_POINTS)
    throw new QueryError([{ path: 'step', message: `must be longer: there would be more than ${MOST_POINTS} points` }]);
  return { instanceId: given.instance_id, metric: given.metric, from, to, stepMs };
}

/** The points as JSON text; of an instance or a metric that is not known there are none. */
export async function samplesText(store: Pick<SampleReads, 'samplesOf'>, query: SampleQuery): Promise<string> {
  const points = new Map<number, number>();
  let from = query.from;
  for (;;) {
    const page = await store.samplesOf(query.instanceId, from, query.to, READ);
    for (const { at, names, values } of page) {
      const value = values[names.indexOf(query.metric)];
      // Of two of one time the one that came later stands behind, and counts.
      if (value !== undefined) points.set(at, value);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < READ) break;
    // All of that time once more: a page may end between two.
    from = last.at > from ? last.at : last.at + 1;
  }
  return JSON.stringify({ metric: query.metric, points: chartPoints(points, query.stepMs) });
}
