import * as z from 'zod';
import { MUTE_REASONS } from '../../core/notice/notice.ts';
import { SILENCE_ORIGINS } from '../../core/policy/silence.ts';
import { STUCK_KINDS } from '../../core/status.ts';
import { NOTICE_STATES } from '../../stores/contract/notices.ts';

// What the API answers. The views make it; tests hold their answers against these.

const time = z.iso.datetime().describe('UTC, with milliseconds');
const timeOrNull = time.nullable();
const count = z.int().min(0);
const text = z.string();
const severity = z.enum(['critical', 'warning', 'info']);
const texts = z.record(text, text);
const bySeverity = z.object({ critical: count, warning: count, info: count, unknown: count });

const muted = z
  .object({ kind: z.enum(MUTE_REASONS), id: text, until: timeOrNull })
  .nullable()
  .describe('What holds notices back; null for nothing');

const event = z
  .object({
    seq: z.int().min(1),
    at: time,
    subject: text,
    subject_id: text,
    kind: text,
    reason: text,
    actor: text,
    data: z.record(text, z.unknown()),
  })
  .meta({ id: 'Event' });

const alert = z
  .object({
    id: z.uuid(),
    source: text,
    origin: text,
    fingerprint: text,
    name: text,
    status: z.enum(['firing', 'resolved', 'unknown']),
    severity,
    labels: texts,
    annotations: texts,
    metrics: z.record(text, z.unknown()),
    started_at: time,
    ended_at: timeOrNull,
    observed_at: time,
    received_at: time,
    last_seen_at: time,
    occurrences: count,
    incident_id: z.uuid().nullable(),
    message: text,
    muted,
    acknowledged_by: text.nullable(),
    flapping: z.boolean(),
    stale: z.boolean(),
  })
  .meta({ id: 'Alert' });

const ownIncident = z.object({
  id: z.uuid(),
  key: text,
  title: text,
  status: z.enum(['open', 'acknowledged', 'resolved', 'closed']),
  severity,
  opened_at: time,
  acknowledged_at: timeOrNull,
  acknowledged_by: text.nullable(),
  acknowledged_until: timeOrNull,
  assignee: text.nullable(),
  shelved_until: timeOrNull,
  shelved_by: text.nullable(),
  resolved_at: timeOrNull,
  changed_at: time,
  alert_count: count,
  firing_count: count,
  unknown_count: count,
});

const incident = ownIncident
  .extend({
    summary: text,
    source: text,
    muted,
    flapping: z.boolean(),
    notified: z.array(text).describe('Channels whose people know of it'),
    next: z
      .object({ what: z.enum(['notify', 'retry', 'remind', 'escalate', 'resolve']), channel: text, at: time })
      .nullable()
      .describe('What is planned first'),
  })
  .meta({ id: 'Incident' });

const instance = z
  .object({
    instance_id: text,
    hostname: text,
    version: text,
    status: z.enum(['heard', 'silent']),
    first_seen_at: time,
    last_seen_at: time,
    silent_since: timeOrNull,
    clock_offset_ms: z.int().nullable(),
    firing: z.object({ critical: count, warning: count, info: count }),
  })
  .meta({ id: 'Instance' });

const silence = z
  .object({
    id: text,
    kind: z.enum(['silence', 'maintenance']),
    status: z.enum(['active', 'pending', 'expired']),
    instance_id: text.nullable().optional().describe('Of a window: the instance that it is for'),
    matchers: z.array(z.object({ text, name: text, value: text, is_regex: z.boolean(), is_equal: z.boolean() })),
    starts_at: time,
    ends_at: time,
    created_by: text,
    comment: text,
    origin: z.enum(SILENCE_ORIGINS),
    created_at: time,
    updated_at: time,
    ended_by: text.nullable(),
    replaces: text.nullable(),
  })
  .meta({ id: 'Silence' });

const matched = {
  firing_count: count,
  alert_count: count,
  incident_count: count,
  // The first few, by what they are.
  alerts: z.array(alert.omit({ message: true, muted: true, acknowledged_by: true, flapping: true, stale: true })),
};

const phase = text.nullable();
const notice = z
  .object({
    id: text,
    incident_id: z.uuid(),
    channel: text,
    title: text.nullable(),
    state: z.enum(NOTICE_STATES),
    reason: text,
    until: timeOrNull,
    phase,
    key: text.nullable(),
    attempt: count,
    next_at: timeOrNull,
    failure: text.nullable(),
    dropped: z.object({ by: text, comment: text }).nullable(),
    told: text.nullable(),
    told_at: timeOrNull,
    places: z.array(text),
    updated_at: time,
  })
  .meta({ id: 'Notice' });

const attempt = z
  .object({
    id: text,
    incident_id: text.nullable(),
    channel: text,
    phase: text,
    step: count,
    key: text,
    attempt: count,
    at: time,
    took_ms: z.int().min(0).nullable(),
    outcome: z.enum(['ok', 'failed', 'unknown']),
    answer: text.nullable(),
    digest: text.nullable(),
  })
  .meta({ id: 'Attempt' });

const source = z
  .object({
    source: text,
    last_heard_at: timeOrNull,
    last_remark: text.nullable(),
    last_remark_at: timeOrNull,
    last_refusal: text.nullable(),
    last_refused_at: timeOrNull,
    own_notices: count,
  })
  .meta({ id: 'Source' });

const untold = z.object({
  ...{ what: text, reason: text, text, by: text.nullable(), named: text.nullable(), until: timeOrNull },
  said: text.nullable(),
});
const explanation = z
  .object({
    subject: z.enum(['alert', 'incident']),
    id: z.uuid(),
    title: text,
    status: text,
    severity,
    started_at: time,
    ended_at: timeOrNull,
    incident_id: z.uuid().nullable(),
    earlier_incident_ids: z.array(text),
    told: z.boolean().nullable().describe('null where it is not for who asks'),
    verdict: text,
    untold: untold.nullable(),
    channels: z.array(
      z.object({
        channel: text,
        attempts: count,
        places: z.array(text),
        told: z.array(z.object({ phase: text, at: time, answer: text.nullable() })),
        untold: untold.nullable(),
        text,
      }),
    ),
    steps: z.array(
      z.object({
        at: time,
        kind: text,
        text,
        event: event.optional(),
        attempt: z.record(text, z.unknown()).optional(),
      }),
    ),
    cut: z.boolean(),
  })
  .meta({ id: 'Explanation' });

const status = z
  .object({
    at: time,
    position: text,
    hub: z.object({
      role: text,
      instance_id: text,
      version: text,
      started_at: time,
      uptime_s: count,
      ready: z.boolean(),
      reason: text.nullable(),
      heartbeat: z
        .object({ sent_at: timeOrNull, problem: text.nullable() })
        .nullable()
        .describe('Whether the heartbeat of the hub is sent; null where none is wanted'),
    }),
    counts: bySeverity,
    open: count,
    acknowledged: count,
    incidents: z.array(incident),
    more: count,
    fleet: z.object({ instances: count, silent: count, last_seen_at: timeOrNull }),
    silent: z.array(z.object({ instance_id: text, hostname: text, silent_since: time })),
    muted: z.array(silence),
    channels: z.array(
      z.object({
        ...{ name: text, waiting: count, held: count, under_way: count, retrying: count, dead: count },
        ...{ last_failure: text.nullable(), last_failure_at: timeOrNull },
      }),
    ),
    followers: z.array(z.object({ name: text, lag_events: count, lag_ms: count })),
    stuck: z.array(z.object({ kind: z.enum(STUCK_KINDS), name: text, detail: text, since: timeOrNull })),
  })
  .meta({ id: 'Status' });

const problem = z
  .object({
    type: text,
    title: text,
    status: z.int(),
    detail: text,
    errors: z
      .array(z.object({ path: text, message: text }))
      .optional()
      .describe('Each parameter or field that is wrong'),
    problems: z.array(text).optional().describe('Of a configuration: everything that is wrong with it'),
    reason: text.optional().describe('Of an action: why it is not done'),
    incident: ownIncident.nullable().optional().describe('Of an action: the incident as it stands'),
  })
  .meta({ id: 'Problem' });

/** Schemas that have a name in the document, their `id`. */
export const SCHEMAS = {
  ...{ Alert: alert, Incident: incident, Event: event, Instance: instance, Silence: silence, Notice: notice },
  ...{ Attempt: attempt, Source: source, Explanation: explanation, Status: status, Problem: problem },
} as const;

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: text.nullable() });
}

/** A page of a list that can be counted. */
export function countedPageOf<T extends z.ZodType>(item: T) {
  const counts = { total: count.optional(), total_is_more: z.boolean().optional(), counts: bySeverity.optional() };
  return pageOf(item).extend(counts);
}

/** Answers of single routes. */
export const ANSWERS = {
  alert: alert.extend({ events: z.array(event) }),
  incident: incident.extend({ alerts: z.array(alert), events: z.array(event) }),
  acted: ownIncident.extend({ action: z.object({ id: text, outcome: text, reason: text, message: text }) }),
  actedOnAll: z.object({
    ...{ action: text, dry_run: z.boolean(), matched: count, matched_is_more: z.boolean() },
    ...{ done: count, unchanged: count, refused: count, next_cursor: text.nullable() },
    items: z.array(z.object({ id: text, title: text, outcome: text, reason: text, message: text })),
  }),
  removed: z.object({ removed: count, ended: count }),
  silence: silence.extend({ ...z.object(matched).partial().shape, events: z.array(event) }),
  silenceSet: silence.extend({ outcome: text }),
  preview: z.object(matched),
  notice: notice.extend({ attempts: z.array(attempt) }),
  asked: z.object({ id: text, incident_id: z.uuid(), channel: text, title: text, asked: text }),
  tested: z.object({
    ok: z.boolean(),
    items: z.array(
      z.object({
        ...{ channel: text, place: text, chosen_by: z.array(text), ok: z.boolean(), answer: text },
        ...{ permanent: z.boolean(), took_ms: z.number() },
      }),
    ),
  }),
} as const;
