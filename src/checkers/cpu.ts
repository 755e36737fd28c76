import * as z from 'zod';
import { judge, type Metrics } from '../core/check.ts';
import { percentOf, reached, round } from '../core/figures.ts';
import { isObject } from '../core/reading/read.ts';
import { sleep } from '../lib/clock.ts';
import { readAtOnce } from '../lib/files/read.ts';
import { type CpuTimes, readTimes, type Ticks } from '../lib/machine/cpu-times.ts';
import { displayName, listProcesses, TICKS } from '../lib/machine/processes.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  inOrder,
  lateOptions,
  threshold,
  timeout,
  timeSpan,
  type World,
} from './contract.ts';

const options = lateOptions(
  () =>
    z
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
      .refine((o) => o.interval < o.timeout, { path: ['interval'], error: 'must be shorter than timeout' }),
  {
    warning: 70,
    critical: 90,
    interval: 300,
    since_last_run: 600_000,
    per_core: false,
    attempts: 3,
    for: 0,
    timeout: 10_000,
  },
);

type Options = z.output<typeof options.schema>;

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
  const boot = readAtOnce(`${world.proc}/sys/kernel/random/boot_id`)?.trim() ?? '';
  const now = await readTimes(world);
  const { use, before, after } = await measure(world, bound, now, lastTimes(world, boot, bound, now));
  const status = judge(use.percent, bound);
  const metrics: Metrics = { ...use.metrics, cores: after.cores.length, interval_ms: after.at - before.at };
  if (bound.per_core) metrics.per_core_percent = perCore(before.cores, after.cores);
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
function lastTimes({ remembered, clock }: World, boot: string, bound: Options, now: CpuTimes): CpuTimes | null {
  const last = keptTimes(remembered);
  if (last === null || boot === '' || last.boot !== boot) return null;
  if (bound.per_core && last.cores.length === 0) return null;
  if (now.limitCores !== undefined && last.usedSeconds === undefined) return null;
  const age = clock.now() - last.at;
  return age >= 0 && age <= bound.since_last_run ? last : null;
}

/** What was found between two readings. */
interface Found {
  readonly use: Use;
  readonly before: CpuTimes;
  readonly after: CpuTimes;
}

/** From the reading of the last run to this one; where that is none, or the counters began anew, over the interval. */
async function measure(world: World, bound: Options, now: CpuTimes, last: CpuTimes | null): Promise<Found> {
  const before = last ?? now;
  const wait = before.at + bound.interval - world.clock.now();
  if (wait > 0) await sleep(world.clock, wait);
  const after = wait > 0 ? await readTimes(world) : now;
  const use = useBetween(before, after);
  if (use !== null) return { use, before, after };
  const hasMoved = sum(after.all) !== sum(before.all);
  if (last !== null && (hasMoved || wait <= 0)) return measure(world, bound, after, null);
  throw new Error('the processor counters did not move, or went back, between the two readings');
}

/** By name: a core that went away takes no other's place. */
function perCore(before: CpuTimes['cores'], after: CpuTimes['cores']): (number | null)[] {
  return after.map((core) => {
    const earlier = before.find((one) => one.name === core.name);
    return earlier === undefined ? null : (compare(earlier, core, 0)?.cpu_percent ?? 0);
  });
}

/** What an earlier run kept. Older versions kept no names of cores, so that one that went away moved all others. */
function keptTimes(remembered: unknown): (CpuTimes & { readonly boot: string }) | null {
  if (!isObject(remembered)) return null;
  const { boot, at, all, cores, usedSeconds } = remembered;
  if (typeof boot !== 'string' || !Number.isFinite(at) || !isTicks(all)) return null;
  if (usedSeconds !== undefined && !Number.isFinite(usedSeconds)) return null;
  const isCore = (core: unknown): core is CpuTimes['cores'][number] =>
    isTicks(core) && typeof (core as { name?: unknown }).name === 'string';
  const hasCores = Array.isArray(cores) && cores.every(isCore);
  const ofContainer = usedSeconds === undefined ? {} : { usedSeconds: Number(usedSeconds) };
  return { boot, at: Number(at), all, cores: hasCores ? cores : [], ...ofContainer };
}

function isTicks(value: unknown): value is Ticks {
  const fields = ['user', 'system', 'idle', 'iowait', 'steal'];
  return isObject(value) && fields.every((field) => Number.isFinite(value[field]));
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

function useBetween(before: CpuTimes, after: CpuTimes): Use | null {
  const own = before.own === undefined ? 0 : Math.max(0, (after.own ?? 0) - before.own);
  const machine = compare(before.all, after.all, own);
  if (machine === null) return null;
  const { limitCores, usedSeconds } = after;
  if (limitCores !== undefined) {
    if (usedSeconds === undefined)
      throw new Error('the processors of this container are limited, but its use is not told');
    // Time goes by the ticks of the machine: its clock may have been set meanwhile.
    const seconds = (sum(after.all) - sum(before.all)) / after.cores.length / TICKS;
    // The kernel counts by periods, so a short interval may hold more of them than its share.
    const share = percentOf(Math.max(0, growth(before.usedSeconds, usedSeconds) - own / TICKS), seconds * limitCores);
    // A counter that began anew, and has more than could be used since, did not begin since.
    if (before.usedSeconds === undefined || (usedSeconds < before.usedSeconds && share > 110)) return null;
    const percent = Math.min(100, share);
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

/** A container that was started anew has a counter that began anew. */
function growth(before = 0, after: number): number {
  return after < before ? after : after - before;
}

function sum({ user, system, idle, iowait, steal }: Ticks): number {
  return user + system + idle + iowait + steal;
}

/** Virtual machines correct the idle time by so many ticks; that of waiting goes back at any time (proc_stat(5)). */
const CORRECTION = 2;

/** null when nothing moved, and when a counter went back: then what the others say is no difference either. */
function compare(before: Ticks, after: Ticks, own: number) {
  const delta = (field: keyof Ticks) => after[field] - before[field];
  const [user, system, steal] = [delta('user'), delta('system'), delta('steal')];
  const [idle, iowait] = [delta('idle'), Math.max(0, delta('iowait'))];
  if (user < 0 || system < 0 || steal < 0 || idle < -CORRECTION) return null;
  const total = user + system + steal + iowait + Math.max(0, idle);
  if (!(total > 0)) return null;
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
      const used = entry.cpuSeconds - (isSame ? earlier.cpuSeconds : 0);
      // More than was to be had since was used before: in the life of a process that the first reading missed.
      return { entry, share: used <= available * 1.1 ? Math.min(100, percentOf(used, available)) : 0 };
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
