import * as z from 'zod';
import type { CheckStatus } from '../core/check.ts';
import { round, spanText } from '../core/figures.ts';
import type { Clock } from '../lib/clock.ts';
import { isProgram, lookAtProcesses, type Processes, type Running } from '../lib/machine/running.ts';
import {
  type Check,
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  lateOptions,
  timeout,
  timeSpan,
  type World,
} from './contract.ts';

const YEAR_MS = 365 * 86_400_000;
const name = () =>
  z
    .string({ error: 'must be the name of a program, or an object with "name"' })
    .regex(/^[^\p{Cc}/]{1,100}$/u, { error: 'must be the name of a program, without its path' });
const age = (what: string) =>
  timeSpan(1000, 10 * YEAR_MS)
    .optional()
    .describe(what);

const wanted = () =>
  z
    .strictObject({
      name: name().describe('Name of the program'),
      as: name().optional().describe('Name of the check, where one program is looked at twice; left out: the program'),
      argument: z
        .string()
        .min(1)
        .optional()
        .describe('Text that one of its arguments holds: tells programs of one interpreter apart'),
      min: z.int().min(0).default(1).describe('Fewer running processes are wrong'),
      max: z.int().min(0).optional().describe('More running processes are wrong'),
      min_age: age('A process that started later than this is a warning: it has been restarted'),
      max_age: age('A process that has run longer than this is a warning'),
      state: z
        .enum(['warning', 'critical'], { error: 'must be warning or critical' })
        .default('critical')
        .describe('State when the number is wrong'),
    })
    .refine((one) => one.max === undefined || one.min <= one.max, { path: ['min'], error: 'must not be beyond max' });

const options = lateOptions(
  () =>
    z.strictObject({
      processes: z
        .array(z.union([name().transform((text) => wanted().parse({ name: text })), wanted()]))
        .default([])
        .refine((all) => new Set(all.map(nameOf)).size === all.length, {
          error: 'two have the same name; give one of them another with "as"',
        })
        .describe(
          'Programs that must run: names, or objects with name, argument, min, max, min_age, max_age, state, as',
        ),
      ...confirming(),
      timeout: timeout(),
    }),
  { processes: [], attempts: 1, for: 0, timeout: 10_000 },
);

type Wanted = z.output<ReturnType<typeof wanted>>;

function nameOf(one: { readonly name: string; readonly as?: string | undefined }): string {
  return one.as ?? one.name;
}

/** Whether named programs run, in how many processes, and for how long. */
export const process: Checker = {
  name: 'process',
  summary: 'named programs: whether they run, how many, how old',
  byDefault: false,
  options,
  bind(given) {
    const bound = options.parse(given);
    const list = oncePerRun();
    const checks = bound.processes.map((one): Check => {
      const confirmation = confirmationOf(bound);
      const name = `process:${nameOf(one)}`;
      const check = { name, title: `Process ${nameOf(one)}`, timeoutMs: bound.timeout, confirmation };
      return { ...check, available: async () => null, run: (world) => run(world, one, list) };
    });
    if (checks.length > 0) return checks;
    const reason = 'no program is named; list some under checkers.process.processes';
    const check = { name: 'process', title: 'Processes', timeoutMs: bound.timeout };
    return [{ ...check, available: async () => reason, run: () => Promise.reject(new Error(reason)) }];
  },
};

async function run(world: World, one: Wanted, list: (world: World) => Promise<Processes>): Promise<Finding> {
  const { argument } = one;
  if (argument !== undefined && world.platform !== 'linux') throw new Error('arguments can be looked at on Linux only');
  const { running, doubtful, hidden } = await find(await list(world), one);
  const ages = running.flatMap(({ ageMs }) => ageMs ?? []);
  const count = running.length;
  const text = `${nameOf(one)}: ${count} ${count === 1 ? 'process' : 'processes'}`;
  const problem = problemOf(one, count, ages);
  const unseen = unseenBecause(one, count, { doubtful, hidden });
  const areAgesKnown = ages.length === count || (one.min_age === undefined && one.max_age === undefined);
  const oldest = count > 0 && ages.length > 0 ? Math.max(...ages) : null;
  const found = {
    metrics: {
      count,
      oldest_seconds: oldest === null ? null : round(oldest / 1000),
      youngest_seconds: oldest === null ? null : round(Math.min(...ages) / 1000),
      pids: running.slice(0, 20).map((each) => each.pid),
    },
  };
  if (unseen !== null) return { ...found, status: 'unknown', message: `${text} can be seen; ${unseen}` };
  if (problem.length > 0)
    return {
      ...found,
      status: problem[0]?.[0] ?? 'ok',
      message: `${text}, ${problem.map(([, why]) => why).join(', ')}`,
    };
  if (!areAgesKnown) {
    const why = 'since when is not known: the uptime is that of a container, the start of a process the host’s';
    return { ...found, status: 'unknown', message: `${text}, ${why}` };
  }
  const old = oldest === null ? '' : `, ${count > 1 ? 'oldest ' : ''}up ${spanText(oldest)}`;
  return { ...found, status: 'ok', message: text + old };
}

interface Found {
  readonly running: Running[];
  /** How many may be the program, and do not tell. */
  readonly doubtful: number;
  readonly hidden: string | null;
}

/** The processes of a program: without this one, which would find itself. */
async function find({ running, hidden, isLooker }: Processes, { name: wanted, argument }: Wanted): Promise<Found> {
  const verdicts = await Promise.all(
    running.map(async (each) => {
      const isNamed = await isProgram(each, wanted);
      if (isNamed === false || (await isLooker(each, argument ?? wanted))) return false;
      if (isNamed === null || argument === undefined) return isNamed;
      const command = await each.command();
      return command === null ? null : command.slice(1).some((word) => word.includes(argument));
    }),
  );
  const doubtful = verdicts.filter((verdict) => verdict === null).length;
  return { running: running.filter((_, index) => verdicts[index] === true), doubtful, hidden };
}

function problemOf(one: Wanted, count: number, ages: readonly number[]): [CheckStatus, string][] {
  const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)];
  const problems: [CheckStatus, string][] = [];
  if (count < one.min) problems.push([one.state, `at least ${one.min} wanted`]);
  if (one.max !== undefined && count > one.max) problems.push([one.state, `at most ${one.max} wanted`]);
  if (ages.length > 0 && one.min_age !== undefined && youngest < one.min_age)
    problems.push(['warning', `the youngest started ${spanText(youngest)} ago`]);
  if (ages.length > 0 && one.max_age !== undefined && oldest > one.max_age)
    problems.push(['warning', `the oldest has run for ${spanText(oldest)}, longer than ${spanText(one.max_age)}`]);
  return problems;
}

/** Why the count cannot be believed; null where what cannot be seen would change nothing. */
function unseenBecause(one: Wanted, count: number, { doubtful, hidden }: Omit<Found, 'running'>): string | null {
  const isEnough = count >= one.min;
  const isTooMany = one.max !== undefined && count > one.max;
  if (isTooMany || (isEnough && one.max === undefined)) return null;
  if (hidden !== null) return hidden;
  const decides = isEnough ? one.max !== undefined && count + doubtful > one.max : count + doubtful >= one.min;
  return doubtful > 0 && decides ? `${doubtful} more wait in the kernel and do not tell their command line` : null;
}

/** All checks of one run share one look at the processes. */
function oncePerRun(): (world: World) => Promise<Processes> {
  let last: { readonly clock: Clock; readonly at: number; readonly list: Promise<Processes> } | null = null;
  return (world) => {
    const at = world.clock.monotonic();
    if (last === null || last.clock !== world.clock || at - last.at > 1000)
      last = {
        clock: world.clock,
        at,
        list: world.platform === 'linux' ? lookAtProcesses(world) : readPortable(world),
      };
    return last.list;
  };
}

async function readPortable(world: World): Promise<Processes> {
  const { processes } = await import('systeminformation');
  const running = (await processes()).list.map(({ pid, name: program, started }): Running => {
    const ageMs = Math.max(0, world.clock.now() - Date.parse(started));
    return { pid, name: program, ageMs: Number.isFinite(ageMs) ? ageMs : null, command: async () => [] };
  });
  return { running, hidden: null, isLooker: async ({ pid }) => pid === globalThis.process.pid };
}
