import { cpus } from 'node:os';
import * as z from 'zod';
import { judge, type Metrics } from '../core/check.ts';
import { percentOf, reached, round } from '../core/figures.ts';
import { sleep } from '../lib/clock.ts';
import { readText } from '../lib/files/read.ts';
import { readCpuLimit } from '../lib/machine/cgroup.ts';
import { displayName, listProcesses, statFields, TICKS } from '../lib/machine/processes.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  inOrder,
  threshold,
  timeout,
  timeSpan,
  type World,
} from './contract.ts';

const options = z
  .strictObject({
    warning: threshold('warning', "Use in percent of all cores, or of the container's limit,", 70, 100),
    critical: threshold('critical', "Use in percent of all cores, or of the container's limit,", 90, 100),
    interval: timeSpan(50, 60_000).prefault('300ms').describe('Least time between the two readings'),
    since_last_run: timeSpan(0, 3_600_000)
      .prefault('10m')
      .describe('How old the reading of the last run may be to serve as the first one; 0: always read twice'),
    per_core: z.boolean().default(false).describe('Also tell the use of each core'),
    ...confirming(3),
    timeout: timeout(),
  })
  .refine(...inOrder('warning', 'critical'))
  .refine((o) => o.interval < o.timeout, { path: ['interval'], error: 'must be shorter than timeout' });

type Options = z.output<typeof options>;

/**
 * Use of the processors since the last run, or over a short interval where there was none lately: what cron runs every
 * minute sees the whole minute, and does not wait. Over the short interval, this program's own share is left out.
 */
export const cpu: Checker = {
  name: 'cpu',
  summary: 'use of the processors, with iowait and steal; of the container when that is limited',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    const check = { name: 'cpu', title: 'CPU usage', timeoutMs: bound.timeout, confirmation: confirmationOf(bound) };
    return [{ ...check, available: async () => null, run: (world) => run(world, bound) }];
  },
};

async function run(world: World, bound: Options) {
  const boot = (await readText(`${world.proc}/sys/kernel/random/boot_id`))?.trim() ?? '';
  const now = await readAll(world);
  const before = lastReading(world, boot, bound, now) ?? now;
  const wait = before.at + bound.interval - world.clock.now();
  if (wait > 0) await sleep(world.clock, wait);
  const after = wait > 0 ? await readAll(world) : now;
  const use = useBetween(before, after);
  if (use === null) throw new Error('the processor counters did not move between the two readings');
  const status = judge(use.percent, bound);
  const metrics: Metrics = { ...use.metrics, cores: after.cores.length, interval_ms: after.at - before.at };
  if (bound.per_core) {
    metrics.per_core_percent = after.cores.map((core, index) => {
      const earlier = before.cores[index];
      return earlier === undefined ? null : (compare(earlier, core, 0)?.cpu_percent ?? 0);
    });
  }
  let message = `CPU at ${use.percent}%${use.of}${reached(status, bound, '%')}${use.remarks}`;
  if (status !== 'ok') {
    const top = await topProcesses(world, bound.interval, use.cores);
    metrics.top_processes = top;
    if (top.length > 0)
      message += `; most by ${top.map((one) => `${one.name} (pid ${one.pid}) ${one.cpu_percent}%`).join(', ')}`;
  }
  const { at, all, cores, usedSeconds } = after;
  const ofContainer = usedSeconds === undefined ? {} : { usedSeconds };
  const remember = { boot, at, all, ...ofContainer, ...(bound.per_core && { cores }) };
  return { status, message, metrics, remember };
}

/** The reading that the last run kept, when it is of this boot, not too old, and tells what is asked of it; else null. */
function lastReading({ remembered, clock }: World, boot: string, bound: Options, now: Reading): Reading | null {
  const last = kept.safeParse(remembered);
  if (!last.success || boot === '' || last.data.boot !== boot) return null;
  if (bound.per_core && last.data.cores.length === 0) return null;
  if (now.limitCores !== undefined && last.data.usedSeconds === undefined) return null;
  const age = clock.now() - last.data.at;
  return age >= 0 && age <= bound.since_last_run ? last.data : null;
}

/** Ticks since the start of the machine. Guest time is part of `user`, so it is not counted again (proc_stat(5)). */
interface Ticks {
  readonly user: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly steal: number;
}

interface Reading {
  /** UTC milliseconds. */
  readonly at: number;
  readonly all: Ticks;
  /** Left empty by a run that was not asked for them. */
  readonly cores: readonly Ticks[];
  /** Ticks of this program; left out by a run that is over. */
  readonly own?: number;
  /** How many processors' time the container may use; left out where that is not less than the machine has. */
  readonly limitCores?: number;
  /** What the container had used by then, in seconds; there when the limit is. */
  readonly usedSeconds?: number | undefined;
}

const ticks = z.object({
  user: z.number(),
  system: z.number(),
  idle: z.number(),
  iowait: z.number(),
  steal: z.number(),
}) satisfies z.ZodType<Ticks>;
const kept = z.object({
  boot: z.string(),
  at: z.number(),
  all: ticks,
  cores: z.array(ticks).default([]),
  usedSeconds: z.number().optional(),
});

async function readAll(world: World): Promise<Reading> {
  const at = world.clock.now();
  if (world.platform !== 'linux') return { at, ...readPortable() };
  const [stat, self, limit] = await Promise.all([
    readText(`${world.proc}/stat`),
    readText(`${world.proc}/self/stat`),
    readCpuLimit(world.sys),
  ]);
  const lines = (stat ?? '').split('\n').filter((line) => line.startsWith('cpu'));
  const [all, ...cores] = lines.map(parseTicks);
  if (all === undefined) throw new Error(`no line "cpu" in ${world.proc}/stat`);
  const field = statFields(self ?? '');
  const reading = { at, all, cores, own: Number(field(14)) + Number(field(15)) };
  if (limit === null || limit.cores >= cores.length) return reading;
  return { ...reading, limitCores: limit.cores, usedSeconds: limit.usedSeconds };
}

function parseTicks(line: string): Ticks {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { user: user + nice, system: system + irq + softirq, idle, iowait, steal };
}

function readPortable(): Omit<Reading, 'at'> {
  const cores = cpus().map(({ times }) => {
    return { user: times.user + times.nice, system: times.sys + times.irq, idle: times.idle, iowait: 0, steal: 0 };
  });
  const total = (field: keyof Ticks) => cores.reduce((so, core) => so + core[field], 0);
  const all = { user: total('user'), system: total('system'), idle: total('idle'), iowait: 0, steal: 0 };
  return { all, cores, own: 0 };
}

/** What was used between two readings. */
interface Use {
  readonly percent: number;
  /** Of what, when not of the machine, and what else there is to say, for the message. */
  readonly of: string;
  readonly remarks: string;
  /** How many processors' time are 100%. */
  readonly cores: number;
  readonly metrics: Metrics;
}

function useBetween(before: Reading, after: Reading): Use | null {
  const own = before.own === undefined ? 0 : (after.own ?? 0) - before.own;
  const machine = compare(before.all, after.all, own);
  if (machine === null) return null;
  const { limitCores, usedSeconds } = after;
  if (limitCores !== undefined && usedSeconds !== undefined && before.usedSeconds !== undefined) {
    // A container that was started anew has a counter that began anew.
    const used = usedSeconds < before.usedSeconds ? usedSeconds : usedSeconds - before.usedSeconds;
    // Time goes by the ticks of the machine: its clock may have been set meanwhile.
    const seconds = (sum(after.all) - sum(before.all)) / after.cores.length / TICKS;
    // The kernel counts by periods, so a short interval may hold more of them than its share.
    const percent = Math.min(100, percentOf(Math.max(0, used - own / TICKS), seconds * limitCores));
    const limit = { limited_by: 'container', limit_cores: round(limitCores, 3) };
    const metrics = { cpu_percent: percent, machine_percent: machine.cpu_percent, ...limit };
    return { percent, of: " of the container's limit", remarks: '', cores: limitCores, metrics };
  }
  const { cpu_percent: percent, iowait_percent: iowait, steal_percent: steal } = machine;
  const waiting = iowait >= 10 ? `, waiting for disks ${iowait}%` : '';
  const taken = steal >= 5 ? `, taken by the host ${steal}%` : '';
  const metrics = { ...machine, limited_by: 'machine' };
  return { percent, of: '', remarks: waiting + taken, cores: after.cores.length, metrics };
}

function sum({ user, system, idle, iowait, steal }: Ticks): number {
  return user + system + idle + iowait + steal;
}

function compare(before: Ticks, after: Ticks, own: number) {
  // Counters of iowait can go back (proc_stat(5)).
  const delta = (field: keyof Ticks) => Math.max(0, after[field] - before[field]);
  const [user, system, iowait, steal] = [delta('user'), delta('system'), delta('iowait'), delta('steal')];
  const total = sum({ user, system, idle: delta('idle'), iowait, steal });
  if (total <= 0) return null;
  return {
    cpu_percent: percentOf(Math.max(0, user + system + steal - own), total),
    user_percent: percentOf(user, total),
    system_percent: percentOf(system, total),
    iowait_percent: percentOf(iowait, total),
    steal_percent: percentOf(steal, total),
  };
}

/** The three that use most, in percent of `cores`. Two more readings: all processes are only looked at when it matters. */
async function topProcesses(world: World, intervalMs: number, cores: number) {
  if (world.platform !== 'linux') return topPortable();
  const before = new Map((await listProcesses(world.proc)).map((one) => [one.pid, one]));
  const begun = world.clock.monotonic();
  await sleep(world.clock, intervalMs);
  const after = await listProcesses(world.proc);
  const available = ((world.clock.monotonic() - begun) / 1000) * Math.max(1, cores);
  const top = after
    .map((entry) => {
      const earlier = before.get(entry.pid);
      const isSame = earlier?.startedSeconds === entry.startedSeconds;
      return { entry, share: percentOf(entry.cpuSeconds - (isSame ? earlier.cpuSeconds : 0), available) };
    })
    .filter((one) => one.share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, 3);
  return Promise.all(
    top.map(async ({ entry, share }) => {
      return { pid: entry.pid, name: await displayName(world.proc, entry), cpu_percent: share };
    }),
  );
}

async function topPortable() {
  const { processes } = await import('systeminformation');
  return (await processes()).list
    .sort((a, b) => b.cpu - a.cpu)
    .slice(0, 3)
    .map(({ pid, name, cpu: share }) => ({ pid, name, cpu_percent: round(share) }));
}
