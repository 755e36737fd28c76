import * as z from 'zod';
import { parseDuration, spanText } from '../../core/figures.ts';
import type { Trace } from '../../notify/policy/trace.ts';

const labels = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String), {
  error: 'must hold labels in the form "name: value"',
});
const names = z.union([z.string().transform((one) => [one]), z.array(z.string())], {
  error: 'must be a name or a list of them',
});
const time = z
  .union([z.string(), z.int().min(0)], { error: 'must be a time such as 10s or 5m' })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === null) context.addIssue({ code: 'custom', message: 'must be a time such as 10s or 5m' });
    return ms ?? 0;
  });
const testCase = z.strictObject({
  name: z.string({ error: 'must be a name' }),
  labels,
  at: z.string({ error: 'must be a time such as 2026-06-03T23:00' }).optional(),
  expect: z.strictObject({
    channels: names.optional(),
    routes: names.optional(),
    group_wait: time.optional(),
    group_interval: time.optional(),
    repeat_interval: time.optional(),
    escalation: z.union([z.literal(false), z.string()]).optional(),
    held_back_by: z
      .union([z.literal(false), names], { error: 'must be false, or names of intervals and windows' })
      .optional(),
  }),
});

/** The file of cases, as it is written. */
export const casesSchema = z.strictObject({ cases: z.array(testCase, { error: 'must be a list of cases' }).min(1) });
/** One of them. */
export type RouteCase = z.output<typeof testCase>;

/** What differs from what was expected, one line each; empty where nothing does. */
export function differences({ expect: expected }: RouteCase, trace: Trace): readonly string[] {
  const { hops } = trace;
  const places = hops.map(({ place }) => place);
  const least = (pick: (hop: Trace['hops'][number]) => number) => Math.min(...hops.map(pick));
  const differs = (what: string, wanted: unknown, got: unknown, place: readonly string[]) =>
    wanted === undefined || JSON.stringify(wanted) === JSON.stringify(got)
      ? []
      : [`${what}: expected ${words(wanted)}, got ${words(got)}; ${[...new Set(place)].join(', ')}`];
  const span = (ms: number | undefined) => (ms === undefined ? undefined : spanText(ms));
  const held = hops.map(({ mute }) => mute);
  const heldBy = held.every((mute) => mute !== null) ? sorted(held.flatMap((mute) => mute?.by ?? [])) : [];
  const { channels, routes, escalation, held_back_by: heldBack } = expected;
  const isNamed = (wanted: string) =>
    places.some((place) => place.split(' (')[0] === wanted || place.includes(`"${wanted}"`));
  const missing = routes?.filter((wanted) => !isNamed(wanted)) ?? [];
  return [
    ...differs(
      'channels',
      channels && sorted(channels),
      sorted(hops.flatMap((hop) => hop.channels.value)),
      hops.map((hop) => hop.channels.place),
    ),
    ...(missing.length > 0 || (routes !== undefined && routes.length !== places.length)
      ? [`routes: expected ${words(routes)}, got ${places.join(', ')}`]
      : []),
    ...differs(
      'group_wait',
      span(expected.group_wait),
      span(least((hop) => hop.groupWaitMs.value)),
      hops.map((hop) => hop.groupWaitMs.place),
    ),
    ...differs(
      'group_interval',
      span(expected.group_interval),
      span(least((hop) => hop.groupIntervalMs.value)),
      hops.map((hop) => hop.groupIntervalMs.place),
    ),
    ...differs(
      'repeat_interval',
      span(expected.repeat_interval),
      span(least((hop) => hop.repeatMs.value)),
      hops.map((hop) => hop.repeatMs.place),
    ),
    ...differs(
      'escalation',
      escalation,
      hops.find((hop) => hop.escalation !== null)?.escalation?.value ?? false,
      places,
    ),
    ...differs('held_back_by', heldBack === false ? [] : heldBack && sorted(heldBack), heldBy, places),
  ];
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return value === false ? 'none' : String(value);
}
