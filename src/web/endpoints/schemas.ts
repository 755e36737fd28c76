import * as z from 'zod';

const text = z.string();
const time = z.iso.datetime();
const timeOrNull = time.nullable();
const count = z.int().min(0);
const ms = z.number().min(0);
const ratio = z.number().min(0).max(1).nullable().describe('0 to 1; null where nothing is known');

/** What a probe says of an endpoint: `waiting` has not looked yet, `stale` has not looked for too long. */
export const PROBE_STATES = ['up', 'down', 'abstains', 'stale', 'waiting'] as const;
/** What is found of an endpoint. */
export const ENDPOINT_STATES = ['up', 'down', 'unknown'] as const;
/** `active` is looked at, `push` is expected to call. */
export const ENDPOINT_KINDS = ['active', 'push'] as const;

const state = z.enum(ENDPOINT_STATES);
const look = z.object({
  at: time,
  probe: text,
  success: z.boolean(),
  abstains: z.boolean(),
  duration_ms: ms,
  errors: z.array(text),
});

const msOrNull = ms.nullable();
const PHASES = z
  .object({ dns_ms: msOrNull, connect_ms: msOrNull, tls_ms: msOrNull, first_byte_ms: msOrNull })
  .describe('How the time was spent; null for what it did not need, or did not come to');

/** What one look came to that somebody asked for: it counts for nothing. */
export const TRIED = z.object({
  ...{ success: z.boolean(), at: time, connected: z.boolean(), status: count, version: text, dns_rcode: text },
  conditions: z.array(z.object({ condition: text, success: z.boolean() })),
  error: text.nullable(),
  certificate_ends_at: timeOrNull,
  timings: PHASES.extend({ total_ms: ms }),
});

/** An endpoint as a row of a list. */
export const ENDPOINT = z
  .object({
    key: text,
    name: text,
    group: text,
    kind: z.enum(ENDPOINT_KINDS),
    url: text.describe('Empty where it is hidden, and of what is expected to call'),
    labels: z.record(text, text),
    interval_ms: ms.nullable(),
    state,
    since: timeOrNull,
    reason: z.enum(['enough_down', 'not_enough_down', 'unconfirmed', 'no_witness', 'too_few_witnesses']),
    votes: z.object({ up: count, down: count, needed: count, of: count }),
    outage_since: timeOrNull,
    maintenance: z.boolean().describe('Whether a window of its own holds its alerts back now'),
    probes: z.array(
      z.object({
        id: text,
        name: text,
        region: text,
        state: z.enum(PROBE_STATES),
        seen_at: timeOrNull,
        duration_ms: ms.nullable(),
        failures: count.describe('In a row'),
        error: text,
      }),
    ),
    last_look_at: timeOrNull,
    response_ms: ms.nullable().describe('Mean time of the good answers of 24 hours'),
    certificate_ends_at: timeOrNull,
    uptime: z.object({ '24h': ratio, '7d': ratio, '30d': ratio }),
    results: z.array(look.extend({ errors: z.array(text).max(1) })).describe('The last looks, oldest first'),
  })
  .meta({ id: 'Endpoint' });

/** A list of endpoints. */
export const ENDPOINTS = z.object({
  items: z.array(ENDPOINT),
  next_cursor: text.nullable(),
  total: count,
  counts: z.object({ up: count, down: count, unknown: count }).describe('Under the other filters'),
  groups: z.array(text).describe('All there are'),
});

/** One of them with what it is looked at by, and the last looks in full. */
export const WHOLE_ENDPOINT = ENDPOINT.extend({
  description: text,
  conditions: z.array(text),
  timeout_ms: ms.nullable(),
  strategy: text,
  depends_on: z.array(text),
  alerts: z.array(
    z.object({
      severity: z.enum(['critical', 'warning', 'info']),
      failure_threshold: count,
      success_threshold: count,
      quorum: count.nullable(),
      firing: z.boolean(),
    }),
  ),
  looks: z
    .array(
      look.extend({
        conditions: z.array(z.object({ condition: text, success: z.boolean() })),
        phases: PHASES.nullable().describe('null where the probe does not tell'),
      }),
    )
    .describe('Newest first'),
});

const report = {
  uptime: ratio,
  up_ms: ms,
  down_ms: ms,
  outages: count,
  mttr_ms: ms.nullable().describe('Mean length of the outages that have ended'),
  mtbf_ms: ms.nullable().describe('Time that it was up, for each outage'),
  response_ms: ms.nullable(),
};

/** How each endpoint did over a span. */
export const REPORTS = z.object({
  from: time,
  to: time,
  items: z.array(z.object({ key: text, name: text, group: text, state, ...report })),
});

/** What one was over a span, step by step. */
export const HISTORY = z.object({
  key: text,
  from: time,
  to: time,
  step_ms: ms,
  points: z.array(
    z.object({ at: time, up_ms: ms, down_ms: ms, looks: count, successes: count, response_ms: ms.nullable() }),
  ),
  outages: z.array(z.object({ started_at: time, ended_at: timeOrNull })),
  report: z.object(report),
});

/** A call of a push endpoint. */
export const PING = z.object({
  at: z.string(),
  kind: z.enum(['start', 'success', 'fail', 'log']),
  run_id: z.string().nullable(),
  exit_code: z.number().nullable(),
  duration_ms: z.number().nullable(),
  body: z.string(),
  /** Whether the body was no text, and stands in base64. */
  is_binary: z.boolean(),
});

/** The last calls of a push endpoint. */
export const PINGS = z.object({ items: z.array(PING) });
