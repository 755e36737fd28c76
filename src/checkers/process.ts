import * as z from 'zod';
import type { CheckStatus } from '../core/check.ts';
import { round, spanText } from '../core/figures.ts';
import type { Clock } from '../lib/clock.ts';
import { readText } from '../lib/files/read.ts';
import { commandLine, listProcesses, programOf } from '../lib/machine/processes.ts';
import { type Check, type Checker, type Finding, timeout, timeSpan, type World } from './contract.ts';

const YEAR_MS = 365 * 86_400_000;
const name = z
  .string({ error: 'must be the name of a program, or an object with "name"' })
  .regex(/^[^\p{Cc}/]{1,100}$/u, { error: 'must be the name of a program, without its path' });
const age = (what: string) =>
  timeSpan(1000, 10 * YEAR_MS)
    .optional()
    .describe(what);

const wanted = z
  .strictObject({
    name: name.describe('Name of the program'),
    as: name.optional().describe('Name of the check, where one program is looked at twice; left out: the program'),
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

const options = z.strictObject({
  processes: z
    .array(z.union([name.transform((text) => wanted.parse({ name: text })), wanted]))
    .default([])
    .refine((all) => new Set(all.map(nameOf)).size === all.length, {
      error: 'two have the same name; give one of them another with "as"',
    })
    .describe('Programs that must run: names, or objects with name, argument, min, max, min_age, max_age, state, as'),
  timeout: timeout(),
});

type Wanted = z.output<typeof wanted>;

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
      const check = { name: `process:${nameOf(one)}`, title: `Process ${nameOf(one)}`, timeoutMs: bound.timeout };
      return { ...check, available: async () => null, run: (world) => run(world, one, list) };
    });
    if (checks.length > 0) return checks;
    const reason = 'no program is named; list some under checkers.process.processes';
    const check = { name: 'process', title: 'Processes', timeoutMs: bound.timeout };
    return [{ ...check, available: async () => reason, run: () => Promise.reject(new Error(reason)) }];
  },
};

interface Running {
  readonly pid: number;
  readonly name: string;
  /** Words of the command line, none where it is not known. */
  readonly command: readonly string[];
  readonly ageMs: number;
}

async function run(world: World, one: Wanted, list: (world: World) => Promise<readonly Running[]>): Promise<Finding> {
  const found = (await list(world)).filter((running) => isNamed(running, one.name));
  const { argument } = one;
  if (argument !== undefined && world.platform !== 'linux') throw new Error('arguments can be looked at on Linux only');
  const isMeant = ({ command }: Running) =>
    argument === undefined || command.slice(1).some((word) => word.includes(argument));
  const running = found.filter(isMeant);
  const ages = running.map((each) => each.ageMs);
  const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)];
  const count = running.length;
  const problems: [CheckStatus, string][] = [];
  if (count < one.min) problems.push([one.state, `at least ${one.min} wanted`]);
  if (one.max !== undefined && count > one.max) problems.push([one.state, `at most ${one.max} wanted`]);
  if (count > 0 && one.min_age !== undefined && youngest < one.min_age)
    problems.push(['warning', `the youngest started ${spanText(youngest)} ago`]);
  if (count > 0 && one.max_age !== undefined && oldest > one.max_age)
    problems.push(['warning', `the oldest has run for ${spanText(oldest)}, longer than ${spanText(one.max_age)}`]);
  const text = `${nameOf(one)}: ${count} ${count === 1 ? 'process' : 'processes'}`;
  const old = count > 0 ? `, ${count > 1 ? 'oldest ' : ''}up ${spanText(oldest)}` : '';
  return {
    status: problems[0]?.[0] ?? 'ok',
    message: problems.length > 0 ? `${text}, ${problems.map(([, why]) => why).join(', ')}` : text + old,
    metrics: {
      count,
      oldest_seconds: count > 0 ? round(oldest / 1000) : null,
      youngest_seconds: count > 0 ? round(youngest / 1000) : null,
      pids: running.slice(0, 20).map((each) => each.pid),
    },
  };
}

/** The kernel keeps 15 characters of a name (proc_pid_comm(5)). */
function isNamed({ name: kept, command }: Running, wantedName: string): boolean {
  return (
    kept === wantedName || (kept.length === 15 && wantedName.startsWith(kept)) || programOf(command) === wantedName
  );
}

/** All checks of one run share one look at the processes. */
function oncePerRun(): (world: World) => Promise<readonly Running[]> {
  let last: { readonly clock: Clock; readonly at: number; readonly list: Promise<readonly Running[]> } | null = null;
  return (world) => {
    const at = world.clock.monotonic();
    if (last === null || last.clock !== world.clock || at - last.at > 1000)
      last = { clock: world.clock, at, list: world.platform === 'linux' ? readLinux(world) : readPortable(world) };
    return last.list;
  };
}

async function readLinux(world: World): Promise<Running[]> {
  const uptime = Number((await readText(`${world.proc}/uptime`))?.split(' ')[0] ?? Number.NaN);
  if (!Number.isFinite(uptime)) throw new Error(`no uptime in ${world.proc}/uptime`);
  const alive = (await listProcesses(world.proc)).filter((one) => one.state !== 'Z' && one.state !== 'X');
  return Promise.all(
    alive.map(async ({ pid, name: kept, startedSeconds, residentPages }) => {
      // Threads of the kernel hold no memory and have no command line.
      const command = residentPages > 0 ? await commandLine(world.proc, pid) : [];
      return { pid, name: kept, command, ageMs: Math.max(0, (uptime - startedSeconds) * 1000) };
    }),
  );
}

async function readPortable(world: World): Promise<Running[]> {
  const { processes } = await import('systeminformation');
  return (await processes()).list.map(({ pid, name: program, started }) => {
    return { pid, name: program, command: [], ageMs: Math.max(0, world.clock.now() - Date.parse(started)) };
  });
}
