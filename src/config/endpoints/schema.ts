import * as z from 'zod';
import { STRATEGIES } from '../../core/endpoint/endpoint.ts';
import { parseWeekdays } from '../../core/policy/interval-text.ts';
import { timeOf } from '../../core/reading/read.ts';
import { createZone } from '../../core/time/zone.ts';
import { isNetwork } from '../../lib/net/guard.ts';
import { cronRecurrence } from '../../lib/recurrence.ts';
import { count, line, listOf, section, span, yes } from '../fields.ts';
import { ANNOUNCEMENT_TYPES } from './document.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Longest time between two looks at an endpoint, and longest grace. */
const LONG = 366 * DAY;

/** Text that a function accepts without throwing; the text of its error says what is wrong. */
function accepted(what: string, accept: (text: string) => unknown) {
  return line(what).superRefine((text, context) => {
    try {
      accept(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
}

const zone = () => accepted('a time zone', createZone).describe('IANA name, such as Europe/Berlin');
const labels = () =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: 'must be text' }).transform(String), {
      error: 'must hold labels in the form "name: value"',
    })
    .optional();
const ids = (what: string) => listOf(line(what)).optional();
const PROBE = 'must be 1 to 64 letters, digits, "-", "_" and "."';
const probeId = z.string({ error: PROBE }).regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: PROBE });

const alert = section({
  type: line('the name of a channel').optional().describe('As in Gatus; here the routes of `notify` say who is told'),
  enabled: yes(true),
  failure_threshold: count(1, 1000).default(3).describe('Failed looks in a row after which it is raised'),
  success_threshold: count(1, 1000).default(2).describe('Good looks in a row after which it ends'),
  quorum: count(1, 1000).optional().describe('Probes that have to see it; left out, those of the endpoint'),
  agent_quorum: count(1, 1000).optional().describe('The same, as the fork of Gatus calls it'),
  severity: z.enum(['critical', 'warning', 'info'], { error: 'must be critical, warning or info' }).default('critical'),
  description: z.string({ error: 'must be text' }).max(2000).default(''),
  minimum_reminder_interval: span(0, LONG, 'from 0s to 366d')
    .default(0)
    .describe('Time between two reminders, in place of `repeat_interval` of the routes; 0 where these decide'),
  send_on_resolved: yes(true).describe('Whether people are told of its end'),
});

/** Of one that is called: what it says counts at once. */
const pushAlert = section({
  ...alert.shape,
  failure_threshold: count(1, 1000).default(1).describe('Failures in a row after which it is raised'),
  success_threshold: count(1, 1000).default(1).describe('Good calls in a row after which it ends'),
});

const maintenance = section({
  enabled: yes(true),
  start: z
    .string({ error: 'must be a time of day such as 23:00, in quotes' })
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 23:00, in quotes' }),
  duration: span(MINUTE, DAY, 'from 1m to 24h'),
  timezone: zone().optional(),
  zone: zone().optional(),
  every: listOf(accepted('a weekday', parseWeekdays)).optional().describe('Weekdays on which it begins'),
});

const STEPS = { error: 'must be five whole numbers of milliseconds, each greater than the one before' };
const ui = section({
  hide_url: yes(false),
  hide_hostname: yes(false),
  hide_port: yes(false),
  hide_conditions: yes(false),
  hide_errors: yes(false),
  dont_resolve_failed_conditions: yes(false).describe('Shows conditions that do not hold as they are written'),
  resolve_successful_conditions: yes(false).describe('Shows conditions that hold with what was seen, too'),
  badge: section({
    response_time: section({
      thresholds: z
        .array(z.number(STEPS).int(STEPS).min(1, STEPS).max(600_000, STEPS), STEPS)
        .length(5, STEPS)
        .refine((steps) => steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0)), STEPS)
        .optional()
        .describe('Milliseconds up to which a badge has each of its first five colours'),
    }).optional(),
  }).optional(),
});

/** What all endpoints have, those that are pushed to, too. */
const named = {
  name: line('a name').describe('Unique in its group'),
  group: line('the name of a group').optional(),
  enabled: yes(true),
  description: z.string({ error: 'must be text' }).max(2000).optional(),
  labels: labels().describe('Added to those of its alerts'),
  extra_labels: labels().describe('The same, as Gatus calls it'),
  alerts: listOf(alert).optional().describe('Left out, one with the default thresholds; an empty list for none'),
  depends_on: ids('the name of an endpoint').describe('Endpoints without which it cannot be up'),
  maintenance_windows: listOf(maintenance).optional().describe('Times in which its alerts are not evaluated'),
};

/** An endpoint without what its protocol adds. */
export const ENDPOINT = section({
  ...named,
  url: z.string({ error: 'must be a URL' }).min(1, { error: 'must be a URL' }).max(4096).describe('What is looked at'),
  interval: span(1000, LONG, 'from 1s to 366d').default(MINUTE).describe('Time between two looks'),
  timeout: span(100, 10 * MINUTE, 'from 100ms to 10m')
    .optional()
    .describe('Time that a look may take, with name, connection and TLS; 10s, or the interval where that is shorter'),
  conditions: listOf(z.string({ error: 'must be a condition such as "[STATUS] == 200", in quotes' }))
    .min(1, { error: 'must hold a condition; leave it out for the default of the protocol' })
    .optional()
    .describe("All of them must hold; left out, the protocol's own"),
  retries: count(0, 10).default(0).describe('Further looks before a failed one counts'),
  confirm: yes(false).describe(
    'It is not found down by one probe alone while another testifies; that one is asked to look at once',
  ),
  monitored_by: ids('the id of a probe').describe('Probes that look, `local` for the hub itself, which is the default'),
  regions: ids('the name of a region').describe('Regions whose probes look, in place of monitored_by'),
  strategy: z
    .enum(STRATEGIES, { error: `must be one of ${STRATEGIES.join(', ')}` })
    .optional()
    .describe('When it is down: any of its witnesses says so (the default), half of them, or all'),
  quorum: count(1, 1000).optional().describe('When it is down: so many of its witnesses say so; in place of strategy'),
  ui: ui.optional(),
});

/** An endpoint that is looked at by being called. */
export const PUSH_ENDPOINT = section({
  ...named,
  alerts: listOf(pushAlert)
    .optional()
    .describe('Left out, one that is raised by the first failure; an empty list for none'),
  token: z
    .string({ error: 'must be a secret' })
    .describe('Its secret, part of the URL that is called; or env:NAME or file:PATH'),
  heartbeat: section({ interval: span(0, LONG, 'from 0s to 366d') })
    .optional()
    .describe('The period, as in Gatus'),
  period: span(10_000, LONG, 'from 10s to 366d').optional().describe('Time in which it is called at least once'),
  cron: line('a cron expression').optional().describe('When it is called, in five fields; in place of period'),
  zone: zone().optional().describe('Zone of cron; UTC'),
  grace: span(0, LONG, 'from 0s to 366d')
    .optional()
    .describe('How late it may be; 1m, and beside heartbeat nothing, as in Gatus'),
  max_run: span(1000, LONG, 'from 1s to 366d')
    .optional()
    .describe('Time from its start to its end; left out, the grace, a minute at least'),
  post_only: yes(false).describe('Only POST counts, so that the preview of a link does not'),
});

/** A node that looks at endpoints for this hub. */
export const PROBE_SCHEMA = section({
  id: probeId.describe('Its name in monitored_by and in addresses'),
  name: line('a name').optional(),
  token: z.string({ error: 'must be a secret' }).describe('Bearer token that it shows; or env:NAME or file:PATH'),
  previous_token: z.string({ error: 'must be a secret' }).optional().describe('The token before, still accepted'),
  region: line('the name of a region').optional(),
  rate_per_second: z
    .number({ error: 'must be a number from 0.1 to 10000' })
    .min(0.1, { error: 'must be a number from 0.1 to 10000' })
    .max(10_000, { error: 'must be a number from 0.1 to 10000' })
    .default(20)
    .describe('Results that it may send for long'),
  stale_after: span(1000, LONG, 'from 1s to 366d')
    .default(2 * MINUTE)
    .describe('Silence after which it is no witness'),
  allow_from: listOf(
    z
      .string({ error: 'must be a network such as 10.0.0.0/8' })
      .refine(isNetwork, 'must be a network such as 10.0.0.0/8'),
  )
    .default([])
    .describe('Networks that it may come from; empty for any'),
});

const MOMENT = 'must be a time such as 2026-01-31T09:00:00Z, in quotes';
const moment = () =>
  z.string({ error: MOMENT }).transform((text, context) => {
    const at = timeOf(text);
    if (at === undefined) context.addIssue({ code: 'custom', message: MOMENT });
    return at ?? 0;
  });

/** What the public status page says to everybody, as Gatus has it; `until` is ours. */
export const ANNOUNCEMENT = section({
  timestamp: moment().describe('When it was made; it is not shown before that. Without an offset it is UTC'),
  type: z
    .enum(ANNOUNCEMENT_TYPES, { error: `must be one of ${ANNOUNCEMENT_TYPES.join(', ')}` })
    .default('none')
    .describe('What it is about'),
  message: z
    .string({ error: 'must be text' })
    .regex(/\S/, { error: 'must be text' })
    .max(2000, { error: 'must have at most 2000 characters' })
    .describe('Plain text; it may have several lines'),
  until: moment().optional().describe('From when it is not shown any more'),
  archived: yes(false).describe('It is over, and shown behind the others'),
});

/** Throws for text that is no cron expression in a zone. */
export function checkCron(cron: string, zoneName: string): void {
  cronRecurrence(cron, createZone(zoneName));
}
