import * as z from 'zod';
import type { CheckStatus, Confirmation, Metrics } from '../core/check.ts';
import { TIME_UNITS } from '../core/figures.ts';
import { isObject } from '../core/reading/read.ts';
import type { Clock } from '../lib/clock.ts';
import type { Exec } from '../lib/exec.ts';

/** The machine as a checker sees it; a test passes one made of fixture files. */
export interface World {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Root of the proc file system, `/proc` outside tests. */
  readonly proc: string;
  /** Root of the sys file system, `/sys` outside tests. */
  readonly sys: string;
  /** The file system's root, `/` outside tests, for the few well-known files outside proc and sys. */
  readonly root: string;
  readonly exec: Exec;
  /** What this check kept at its last run on this machine (JSON), null at the first. */
  readonly remembered: unknown;
  /** Aborted when the check has used up its time. */
  readonly signal: AbortSignal;
}

/** What was found of one of several things that a check looks at. */
export interface Item {
  /** What it is called: `/var`, `eth0`. Stable, for it is part of the alert's identity: `disk:/var`. */
  readonly name: string;
  /** Stable title, without live figures: the alert's name. */
  readonly title: string;
  readonly status: CheckStatus;
  /** One line for a person. */
  readonly message: string;
  readonly metrics: Metrics;
  /** What it is, for filters and routes: `{ mount: '/var' }`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a run of a check found. */
export interface Finding {
  readonly status: CheckStatus;
  /** One line for a person, with the live figures and their units. */
  readonly message: string;
  readonly metrics: Metrics;
  /** Of a check that looks at several things: each is an alert of its own. `status` and `message` are then of them all. */
  readonly items?: readonly Item[];
  /** What there is to say beyond one line. */
  readonly details?: string;
  /** JSON to be handed to the next run as `world.remembered`; left out, what was kept stays. */
  readonly remember?: unknown;
}

/** One check, ready to run: a checker with its options bound. */
export interface Check {
  /** Checker's name, or `plugin:NAME` where one checker gives several checks. Stable: it is part of the fingerprint. */
  readonly name: string;
  /** Stable title of the problem, without live figures: the alert's name. */
  readonly title: string;
  /** Time it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** When a problem of it counts; left out, at once. */
  readonly confirmation?: Confirmation;
  /** null when this machine can be looked at so, else why not ("no thermal sensor in /sys"). */
  available(world: World): Promise<string | null>;
  /** May throw: the runner turns that into `unknown` with the error's text. */
  run(world: World): Promise<Finding>;
}

/** Looks once in each run: what `available` has read, `run` need not read again. */
export function oncePerRun<Found>(look: (world: World) => Promise<Found>): (world: World) => Promise<Found> {
  const looks = new WeakMap<World, Promise<Found>>();
  return (world) => {
    const earlier = looks.get(world);
    if (earlier !== undefined) return earlier;
    const found = look(world);
    looks.set(world, found);
    return found;
  };
}

/** A plug-in: one file in this folder, one line in `registry.ts`, one fixture in `tests/fixtures/checkers`. */
export interface Checker {
  /** The file's name. */
  readonly name: string;
  /** One line for `monitor check --list` and the docs. */
  readonly summary: string;
  /** Whether it runs without being named or configured. */
  readonly byDefault: boolean;
  /** What the things are that it tells apart, each an item by its name: `mount`. Left out where there are none. */
  readonly items?: string;
  /** Shape of its options under `checkers.<name>`: strict, every option with a description, and a default where one makes sense. */
  readonly options: LateOptions<z.ZodObject>;
  /** Checks made of the options; throws ZodError on bad ones. */
  bind(options: unknown): readonly Check[];
}

/** Options of a checker, whose schema is made when it is first asked for. */
export interface LateOptions<Schema extends z.ZodObject> {
  readonly schema: Schema;
  /** What the schema makes of `{}`. */
  readonly defaults: z.output<Schema>;
  /** The options that are given, the others as they are by default; throws ZodError on bad ones. */
  parse(given: unknown): z.output<Schema>;
}

/**
 * Options that cost nothing where none is set: every run of an agent begins with all checkers, most of them live from
 * their defaults, and to make a schema takes longer than a check.
 */
export function lateOptions<Schema extends z.ZodObject>(
  make: () => Schema,
  defaults: z.output<Schema>,
): LateOptions<Schema> {
  let made: Schema | undefined;
  const schema = (): Schema => {
    made ??= make();
    return made;
  };
  return {
    get schema() {
      return schema();
    },
    defaults,
    parse: (given) => (isObject(given) && Object.keys(given).length === 0 ? defaults : schema().parse(given)),
  };
}

/** Option that is a time span: a number of seconds, or a number with `ms`, `s`, `m`, `h` or `d`. In milliseconds inside. */
export function timeSpan(minMs: number, maxMs: number) {
  const error = `must be a time from ${minMs / 1000} s to ${maxMs / 1000} s, such as 500ms, 10s or 2h`;
  const units: Readonly<Record<string, number>> = TIME_UNITS;
  return z
    .union([z.number({ error }), z.string({ error }).regex(/^\d{1,12}(ms|s|m|h|d)?$/, { error })], { error })
    .transform((span) => {
      const [, digits = '', unit = 's'] = /^([\d.]+)([a-z]+)?$/.exec(String(span)) ?? [];
      return Number(digits || Number.NaN) * (units[unit] ?? Number.NaN);
    })
    .refine((ms) => ms >= minMs && ms <= maxMs, { error });
}

/** The `timeout` option. */
export function timeout(byDefault = '10s') {
  return timeSpan(100, 300_000).prefault(byDefault).describe('Time the check may take; past it the state is unknown');
}

/** The options `attempts` and `for`. */
export function confirming(attempts = 1) {
  return {
    attempts: z
      .int({ error: 'must be a whole number from 1 to 1000' })
      .min(1, { error: 'must be a whole number from 1 to 1000' })
      .max(1000, { error: 'must be a whole number from 1 to 1000' })
      .default(attempts)
      .describe('A problem is told once it was seen in so many runs in a row'),
    for: timeSpan(0, 7 * 86_400_000)
      .prefault('0s')
      .describe('A problem is told once it has lasted so long'),
  };
}

/** Those options, as a check has them. */
export function confirmationOf(bound: { readonly attempts: number; readonly for: number }): Confirmation {
  return { attempts: bound.attempts, forMs: bound.for };
}

/** One threshold: a figure from 0 to `max` in the unit that `what` names ("percent of …"), null to apply none. */
export function threshold(state: 'warning' | 'critical', what: string, byDefault: number | null, max = 1e15) {
  const error = `must be a number from 0 to ${max}, or null for none`;
  return z
    .number({ error })
    .min(0, { error })
    .max(max, { error })
    .nullable()
    .default(byDefault)
    .describe(`${what} at which the state is ${state}; null: never`);
}

/** A threshold that single things may have of their own, see `overrides`: left out, that of all counts. */
export function ownThreshold(max = 1e15) {
  const error = `must be a number from 0 to ${max}, or null for none`;
  return z.number({ error }).min(0, { error }).max(max, { error }).nullable().optional();
}

/** The option `overrides`: by the name of a single thing, options that it has of its own. */
export function overrides<Shape extends z.ZodRawShape>(shape: Shape, things: string) {
  const names = Object.keys(shape).join(', ');
  return z
    .record(z.string(), z.strictObject(shape), { error: `must be options by name, such as {NAME: {${names}: …}}` })
    .default({})
    .describe(`Options of single ${things}, by name: ${names}`);
}

/** The options of a single thing: those of all, with its own over them. */
export function optionsOf<Options extends object>(
  bound: Options & { readonly overrides: Readonly<Record<string, object>> },
  name: string,
): Options {
  const own = Object.hasOwn(bound.overrides, name) ? bound.overrides[name] : {};
  const given = Object.entries(own ?? {}).filter(([, value]) => value !== undefined);
  return { ...bound, ...Object.fromEntries(given) };
}

/** For `.superRefine(ownInOrder(['warning', 'critical']))`: the thresholds of each single thing too are in order. */
export function ownInOrder(...pairs: readonly (readonly [low: string, high: string])[]) {
  return (bound: { readonly overrides: Readonly<Record<string, object>> }, context: z.RefinementCtx): void => {
    for (const name of Object.keys(bound.overrides)) {
      const merged = optionsOf<object>(bound, name) as Readonly<Record<string, unknown>>;
      for (const [low, high] of pairs) {
        const [first, second] = [merged[low], merged[high]];
        if (typeof first !== 'number' || typeof second !== 'number' || first <= second) continue;
        const message = `must not be beyond ${high}, which is ${second}`;
        context.addIssue({ code: 'custom', path: ['overrides', name, low], message });
      }
    }
  };
}

/** Two options of which the first must not be beyond the second. */
export interface Order {
  readonly low: string;
  readonly high: string;
  /** How their values are written. */
  readonly show: (value: number) => string;
}

/** For `.refine(...inOrder('warning', 'critical'))`: the first must not be beyond the second. */
export function inOrder(
  warning: string,
  critical: string,
  show: Order['show'] = String,
): [(options: object) => boolean, { path: string[]; error: string; params: { readonly order: Order } }] {
  const holds = (options: object) => {
    const { [warning]: low, [critical]: high } = options as Record<string, unknown>;
    return typeof low !== 'number' || typeof high !== 'number' || low <= high;
  };
  const params = { order: { low: warning, high: critical, show } };
  return [holds, { path: [warning], error: `must not be beyond ${critical}`, params }];
}
