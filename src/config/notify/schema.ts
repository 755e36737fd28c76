import * as z from 'zod';
import { line, listOf, section, span } from '../fields.ts';

// zod's messages complete "<place>: <path>: …"; what stands inside a text, such as a matcher, is read when it is compiled.

const MINUTE = 60_000;
const DAY = 86_400_000;

/** One text or a list of them. */
function texts(what: string, least = 1) {
  const error = `must be ${what}, or a list of them`;
  const text = z.string({ error }).min(1, { error });
  return z
    .union([text, z.array(text, { error }).min(least, { error })], { error })
    .transform((given) => (typeof given === 'string' ? [given] : given));
}

/** The same of texts and whole numbers: days, months, years. */
function ranges(what: string) {
  const error = `must be ${what}, or a list of them`;
  const one = z.union([z.string({ error }).min(1, { error }), z.int({ error })], { error });
  return z
    .union([one, z.array(one, { error }).min(1, { error })], { error })
    .transform((given) => (Array.isArray(given) ? given : [given]).map(String));
}

const NAME = 'must be a name of letters, digits, "-", "_" and "."';
const name = z.string({ error: NAME }).regex(/^[A-Za-z0-9][\w.-]{0,62}$/, { error: NAME });
const matchers = () => texts('a matcher such as severity="critical"').describe('All of them must hold');
const intervalNames = (what: string) => texts('the name of an interval').optional().describe(what);
const named = <T extends z.ZodType>(of: T) =>
  z.record(name, of, {
    error: (issue) => (issue.code === 'invalid_key' ? NAME : 'must hold entries in the form "name: …"'),
  });
const switchOff = z.literal(false, { error: 'must be false' });

const flood = section({
  burst: z
    .int({ error: 'must be a whole number from 1 to 10000' })
    .min(1)
    .max(10_000)
    .default(10)
    .describe('Messages at once'),
  per_minute: z
    .number({ error: 'must be a number from 0.1 to 6000' })
    .min(0.1)
    .max(6000)
    .default(20)
    .describe('And then evenly so many a minute'),
}).describe('What is above it becomes one digest; what is critical goes by itself');

const templates = section({
  title: z.string({ error: 'must be a template' }).min(1).max(50_000).optional(),
  text: z.string({ error: 'must be a template' }).min(1).max(50_000).optional(),
  html: z.string({ error: 'must be a template' }).min(1).max(50_000).optional(),
}).describe("Templates in place of the channel's own, for what comes by this route");

const timing = {
  group_wait: span(0, DAY, 'from 0s to 24h')
    .optional()
    .describe('Wait before the first message, and before the end; 0s for critical and 10s for the rest unless set'),
  group_interval: span(1000, 30 * DAY, 'from 1s to 30d')
    .optional()
    .describe('Wait before a change is told'),
  repeat_interval: span(0, 366 * DAY, 'from 0s to 366d')
    .optional()
    .describe('Time between reminders; 0s for none'),
  escalation: z.union([switchOff, name], { error: 'must be the name of an escalation, or false for none' }).optional(),
};

const route = section({
  name: line('a name').optional().describe('Shown beside the place of the route'),
  matchers: matchers().optional(),
  during: intervalNames('It matches only while one of these intervals holds; then the next route is asked'),
  channels: texts('the name of a channel', 0).optional().describe('Who is told; an empty list for nobody'),
  group_by: texts('the name of a label', 0)
    .optional()
    .describe('Labels whose values make one incident, in place of incidents.group_by; "..." for each alert by itself'),
  ...timing,
  continue: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .describe('Whether the routes after it are asked, too'),
  mute: intervalNames('While one of these intervals holds, notices wait'),
  active: intervalNames('While none of these intervals holds, notices wait'),
  templates: templates.optional(),
  get routes(): z.ZodOptional<z.ZodArray<z.ZodType<RouteInput>>> {
    return listOf(route as unknown as z.ZodType<RouteInput>).optional();
  },
}).meta({ id: 'route' });

const interval = section({
  times: texts('a time of day such as 09:00-17:00').optional(),
  weekdays: texts('a weekday or a range such as monday:friday').optional(),
  days: ranges('a day of the month or a range such as 1:7 or -1').optional(),
  months: ranges('a month or a range such as june:august').optional(),
  years: ranges('a year or a range such as 2026:2028').optional(),
  zone: line('a time zone').optional().describe('IANA name'),
});

const relation = {
  name: line('a name').optional(),
  equal: texts('the name of a label').optional().describe('Labels that are there on both sides, and the same'),
};
const wait = (fallback: number) =>
  span(0, 10 * MINUTE, 'from 0s to 10m')
    .default(fallback)
    .describe('How long both sides wait for one another before they are told');

const window = section({
  matchers: matchers(),
  rrule: line('a rule').optional().describe('Rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU'),
  from: line('a time').optional().describe('First start by the wall clock, with rrule: 2026-01-04T22:00'),
  cron: line('a cron expression').optional().describe('Starts in five fields, in place of rrule'),
  duration: span(MINUTE, 366 * DAY, 'from 1m to 366d')
    .optional()
    .describe('How long it is, in real time'),
  until: line('a time of day').optional().describe('Time of day at which it ends, in place of duration: 06:00'),
  zone: line('a time zone').optional().describe('IANA name'),
});

/** The parts of `notify` in monitor.yaml, each by itself, so that a fault in one hides none in another. */
export const SECTIONS = {
  channels: named(
    z
      .looseObject(
        {
          type: z.string({ error: 'must be the name of a kind of channel' }).optional(),
          timeout: span(1000, 300_000, 'from 1s to 5m').optional(),
          flood: flood.optional(),
          renamed_from: name.optional().describe('Its name before: what was told under that goes on under this'),
        },
        { error: 'must hold options in the form "name: value"' },
      )
      .nullable(),
  ),
  defaults: section(timing),
  catch_all: z.union([switchOff, texts('the name of a channel')], {
    error: 'must be the name of a channel, a list of them, or false',
  }),
  routes: listOf(route),
  intervals: named(z.union([interval, listOf(interval).min(1, { error: 'must hold a rule' })])),
  escalations: named(
    listOf(section({ after: span(1000, 30 * DAY, 'from 1s to 30d'), channels: texts('the name of a channel') })).min(
      1,
      { error: 'must hold a step' },
    ),
  ),
  inhibit: listOf(section({ source: matchers(), target: matchers(), ...relation, wait: wait(0) })),
  depends_on: listOf(section({ parent: matchers(), child: matchers(), ...relation, wait: wait(10_000) })),
  windows: named(window),
  flood,
  flapping: z.union(
    [
      switchOff,
      section({
        times: z
          .int({ error: 'must be a whole number from 1 to 100' })
          .min(1)
          .max(100)
          .default(3)
          .describe('More often than this it opens and ends'),
        within: span(MINUTE, DAY, 'from 1m to 24h').default(15 * MINUTE),
        settled: span(MINUTE, DAY, 'from 1m to 24h')
          .default(10 * MINUTE)
          .describe('After so long without a turn it has settled'),
      }),
    ],
    { error: (issue) => (typeof issue.input === 'object' ? undefined : 'must be false, or settings such as times: 3') },
  ),
  give_up_after: span(MINUTE, 30 * DAY, 'from 1m to 30d'),
  fallback: name,
  zone: line('a time zone'),
};

/** One route as it is written, with its defaults. */
export interface RouteInput extends Omit<z.output<typeof route>, 'routes'> {
  readonly routes?: readonly RouteInput[] | undefined;
}

/** What stands in them, where it could be read. */
export type PolicySections = {
  readonly [K in keyof typeof SECTIONS]?: z.output<(typeof SECTIONS)[K]>;
};
