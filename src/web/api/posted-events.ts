import * as z from 'zod';
import { type Principal, principalKey } from '../../core/access/principal.ts';
import { SEVERITIES } from '../../core/alert/alert.ts';
import { seriesText } from '../../core/rule/series.ts';
import { AHEAD_MS, type EventFigure, JUDGED_AFTER_MS } from '../../core/sample/event.ts';
import type { Answer, Submission } from '../../core/submission.ts';
import { createRecent } from '../../lib/recent.ts';
import { failure, later, type Reply } from '../reply.ts';
import { UnreadableLine } from './lines.ts';
import { type Route, route } from './route.ts';
import { isUnstorable } from './unstorable.ts';
import { commentField } from './write.ts';

/** What the route of events needs. */
export interface PostedEventParts {
  /** Resolves once it is on disk. */
  readonly submit: (submission: Submission) => Promise<Answer>;
  readonly now: () => number;
  /** How many series a source may have, and for how long figures are kept, in milliseconds (0: for ever); null where none are. */
  readonly samples: { readonly figures: number; readonly keepMs: number } | null;
}

/** Bytes that a request may have, and events in it. */
const BODY_BYTES = 1024 * 1024;
const MOST = 5000;
const TAGS = 20;
// Sources whose series are remembered.
const SOURCES = 1000;

const word = (max: number) =>
  z
    .string('must be a text')
    .min(1, 'must not be empty')
    .max(max, `is longer than ${max} characters`)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line');
const figure = z.number('must be a number');
const WHEN = 'must be a time such as 2026-11-28T14:30:00Z, or milliseconds since 1970';
const SEVERITY = `must be one of ${SEVERITIES.join(', ')}`;

/** An event of an application. */
const EVENT = z.strictObject({
  id: word(200).optional().describe('Name of the event: of one source each is kept once'),
  timestamp: z
    .union([z.iso.datetime({ offset: true, error: WHEN }), z.int(WHEN).min(0, WHEN)], WHEN)
    .optional()
    .describe('When it was so; now unless told'),
  source: word(200).optional().describe('Who tells it: the `instance_id` of its figures'),
  service: word(200).optional().describe('The same by another name; beside `source` a label'),
  environment: word(200).optional().describe('A label'),
  severity: z.enum(SEVERITIES, SEVERITY).optional().describe('What its sender thinks of it; not kept'),
  metric: z
    .string('must be a text')
    .regex(/^[A-Za-z_:][\w.:/-]{0,199}$/, 'must be a name such as queue.length, of at most 200 characters')
    .describe('What was measured'),
  value: figure.describe('How much it was'),
  threshold: figure.optional().describe('A bound of its sender; not kept'),
  message: commentField.optional().describe('What its sender says of it; not kept'),
  tags: z
    .record(
      z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'must be a name of letters, digits and _'),
      z.union([word(200), z.number(), z.boolean()], 'must be one line of text, at most 200 characters'),
      'must be names with their values',
    )
    .refine((tags) => Object.keys(tags).length <= TAGS, `must be at most ${TAGS}`)
    .optional()
    .describe('Labels'),
});

type Event = z.infer<typeof EVENT>;

/** What is answered. */
const TAKEN = z.object({
  accepted: z.int().describe('Events that are on disk, or were before'),
  rejected: z.array(z.object({ index: z.int(), message: z.string() })).describe('The others, by their place from 0'),
  late: z.int().optional().describe('Of those accepted, so many are of a time that rules have judged already'),
});

const ONE = z.toJSONSchema(EVENT, { io: 'input', unrepresentable: 'any' });
const { $schema: _, ...DESCRIBED } = ONE;
/** One event or many; each is read by itself, so that one that is wrong keeps no other out. */
const BODY = z.unknown().meta({ anyOf: [DESCRIBED, { type: 'array', items: DESCRIBED, maxItems: MOST }] });

/** `POST /api/v1/events`: figures of applications, kept beside those of instances. */
export function postedEventsRoute({ submit, now, samples }: PostedEventParts): Route {
  const hasRoom = createSeriesBound(samples?.figures ?? 0);
  const post = async (events: readonly unknown[], principal: Principal | null): Promise<Reply> => {
    if (samples === null) return failure(409, 'this hub keeps no figures: MONITOR_SAMPLES (samples.enabled) is off');
    if (events.length > MOST) return failure(413, `a request may have at most ${MOST} events`);
    const receivedAt = now();
    const figures: EventFigure[] = [];
    const rejected: { index: number; message: string }[] = [];
    events.forEach((given, index) => {
      const read = readEvent(given, receivedAt, samples.keepMs);
      const message = 'message' in read ? read.message : hasRoom(read);
      if (message !== null) rejected.push({ index, message });
      else if (!('message' in read)) figures.push(read);
    });
    if (figures.length > 0) {
      const answer = await submit(submissionOf(figures, receivedAt, principal));
      if (answer.outcome === 'refused') return later(503, answer.reason, answer.retryAfterS ?? 5);
    }
    const late = figures.filter(({ at }) => at <= receivedAt - JUDGED_AFTER_MS).length;
    return { status: 200, body: { accepted: figures.length, rejected, ...(late > 0 && { late }) } };
  };
  return route({
    ...{ method: 'POST', path: '/api/v1/events', role: 'write', bodyBytes: BODY_BYTES, mostLines: MOST },
    summary: 'Keep figures that applications tell: one event, a list, or one a line (application/x-ndjson)',
    ...{ body: BODY, answers: { 200: TAKEN } },
    answer: ({ body, principal }) => post(Array.isArray(body) ? body : [body], principal),
  });
}

/** Asks whether a series may be kept: null, or why not. A source may have `most`, of those that were heard since the start. */
function createSeriesBound(most: number): (event: EventFigure) => string | null {
  const known = createRecent<Set<string>>(SOURCES);
  return ({ instanceId, names: [name = ''] }) => {
    const series = known.get(instanceId) ?? new Set<string>();
    known.set(instanceId, series);
    if (series.has(name)) return null;
    if (series.size >= most)
      return `${instanceId} has ${most} series already (MONITOR_SAMPLES_FIGURES): leave out tags whose values are always new`;
    series.add(name);
    return null;
  };
}

function readEvent(given: unknown, receivedAt: number, keepMs: number): EventFigure | { readonly message: string } {
  if (given instanceof UnreadableLine) return { message: given.message };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { message: 'must be an object' };
  if (isUnstorable(given)) return { message: 'a text holds NUL or half a surrogate pair' };
  const result = EVENT.safeParse(given);
  if (!result.success) return { message: result.error.issues.map(issueText).join('; ') };
  const { id, timestamp, source, service, environment, metric, value, tags = {} } = result.data;
  const instanceId = source ?? service;
  if (instanceId === undefined) return { message: 'source is missing: say who tells it' };
  const own = {
    ...(source !== undefined && service !== undefined && { service }),
    ...(environment && { environment }),
  };
  const twice = ['instance_id', ...Object.keys(own)].find((name) => Object.hasOwn(tags, name));
  if (twice !== undefined) return { message: `tags.${twice} is a label by a field of its own: leave it out of tags` };
  const at = timeOf(timestamp) ?? receivedAt;
  if (at > receivedAt + AHEAD_MS)
    return { message: 'timestamp is more than 5 minutes ahead of the hub: set the clock right' };
  if (keepMs > 0 && at < receivedAt - keepMs)
    return { message: 'timestamp is of a time of which no figures are kept any more (MONITOR_SAMPLES_KEEP)' };
  const labels = { ...Object.fromEntries(Object.entries(tags).map(([name, text]) => [name, String(text)])), ...own };
  const key = id === undefined ? null : `event:${JSON.stringify([instanceId, id])}`;
  return { instanceId, key, at, names: [seriesText({ metric, labels })], values: [value] };
}

function timeOf(timestamp: Event['timestamp']): number | undefined {
  return typeof timestamp === 'string' ? Date.parse(timestamp) : timestamp;
}

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: not a field of an event`;
  // A name among tags that is none is told as such.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${issue.path.join('.')} ${message}`;
}

function submissionOf(figures: readonly EventFigure[], receivedAt: number, principal: Principal | null): Submission {
  const actor = principal === null ? 'event' : principalKey(principal);
  return {
    ...{ source: 'event', origin: '', actor, receivedAt },
    ...{ alerts: [], errors: [], replay: null, instance: null, figures },
  };
}
