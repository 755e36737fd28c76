import * as z from 'zod';
import { judge, type Metrics, worst } from '../core/check.ts';
import { bytesText, percentOf, reached } from '../core/figures.ts';
import { readText } from '../lib/files/read.ts';
import { cgroupNumber, cgroupText } from '../lib/machine/cgroup.ts';
import { displayName, listProcesses, residentBytes } from '../lib/machine/processes.ts';
import { type Checker, confirmationOf, confirming, inOrder, threshold, timeout, type World } from './contract.ts';

const options = z
  .strictObject({
    warning: threshold('warning', 'Use in percent of the memory', 70, 100),
    critical: threshold('critical', 'Use in percent of the memory', 90, 100),
    swap_warning: threshold('warning', 'Use in percent of the swap space', 90, 100),
    swap_critical: threshold('critical', 'Use in percent of the swap space', null, 100),
    ...confirming(),
    timeout: timeout(),
  })
  .refine(...inOrder('warning', 'critical'))
  .refine(...inOrder('swap_warning', 'swap_critical'));

/** Use of memory and swap: of the machine, or of the container when its limit is lower. */
export const memory: Checker = {
  name: 'memory',
  summary: 'use of memory and swap, of the container when that is limited',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    const check = {
      name: 'memory',
      title: 'Memory usage',
      timeoutMs: bound.timeout,
      confirmation: confirmationOf(bound),
    };
    return [{ ...check, available: async () => null, run: (world) => run(world, bound) }];
  },
};

/** In bytes; `used` is what cannot be had back without swapping. */
interface Usage {
  readonly total: number;
  readonly used: number;
  readonly swapTotal: number;
  readonly swapUsed: number;
}

async function run(world: World, bound: z.output<typeof options>) {
  const machine = world.platform === 'linux' ? await readMachine(world) : await readPortable();
  const container = world.platform === 'linux' ? await readContainer(world, machine) : null;
  const { total, used, swapTotal, swapUsed } = container ?? machine;
  const memoryPercent = percentOf(used, total);
  const swapPercent = percentOf(swapUsed, swapTotal);
  const swapLimits = { warning: bound.swap_warning, critical: bound.swap_critical };
  const ofMemory = judge(memoryPercent, bound);
  const ofSwap = swapTotal > 0 ? judge(swapPercent, swapLimits) : 'ok';
  const status = worst([ofMemory, ofSwap]);
  const metrics: Metrics = {
    memory_percent: memoryPercent,
    used_bytes: used,
    available_bytes: Math.max(0, total - used),
    total_bytes: total,
    swap_percent: swapPercent,
    swap_used_bytes: swapUsed,
    swap_total_bytes: swapTotal,
    limited_by: container === null ? 'machine' : 'container',
  };
  if (container !== null) metrics.machine_total_bytes = machine.total;
  const where = container === null ? '' : " of the container's limit";
  let message = `Memory at ${memoryPercent}%${where}${reached(ofMemory, bound, '%')}, ${bytesText(total - used)} of ${bytesText(total)} available`;
  message += swapTotal > 0 ? `; swap at ${swapPercent}%${reached(ofSwap, swapLimits, '%')}` : '; no swap';
  if (status !== 'ok') {
    const top = await topProcesses(world);
    metrics.top_processes = top;
    if (top.length > 0)
      message += `; most by ${top.map((one) => `${one.name} (pid ${one.pid}) ${bytesText(one.memory_bytes)}`).join(', ')}`;
  }
  return { status, message, metrics };
}

async function readMachine(world: World): Promise<Usage> {
  const text = await readText(`${world.proc}/meminfo`);
  const field = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  };
  const total = field('MemTotal');
  if (total === null) throw new Error(`no MemTotal in ${world.proc}/meminfo`);
  // Kernels before 3.14 do not estimate what is available.
  const available = field('MemAvailable') ?? (field('MemFree') ?? 0) + (field('Buffers') ?? 0) + (field('Cached') ?? 0);
  const swapTotal = field('SwapTotal') ?? 0;
  return {
    total,
    used: Math.max(0, total - available - (await zfsCache(world))),
    swapTotal,
    swapUsed: swapTotal - (field('SwapFree') ?? swapTotal),
  };
}

/** Bytes that ZFS's own cache would give back: the kernel counts them as used. */
async function zfsCache(world: World): Promise<number> {
  const text = await readText(`${world.proc}/spl/kstat/zfs/arcstats`);
  const field = (name: string) => Number(new RegExp(`^${name}\\s+4\\s+(\\d+)`, 'm').exec(text ?? '')?.[1] ?? 0);
  return text === null ? 0 : Math.max(0, field('size') - field('c_min'));
}

/** What the container uses, null without a limit below the machine's memory. */
async function readContainer({ sys }: World, machine: Usage): Promise<Usage | null> {
  const v2 = await cgroupNumber(sys, 'memory.max');
  const limit = v2 ?? (await cgroupNumber(sys, 'memory/memory.limit_in_bytes'));
  if (limit === null || limit <= 0 || limit >= machine.total) return null;
  const folder = v2 === null ? 'memory/' : '';
  const current = await cgroupNumber(sys, v2 === null ? 'memory/memory.usage_in_bytes' : 'memory.current');
  if (current === null) return null;
  // File pages that were not touched lately are given back under pressure; the rest is the working set.
  const stat = (await cgroupText(sys, `${folder}memory.stat`)) ?? '';
  const inactive = /^total_inactive_file (\d+)/m.exec(stat)?.[1] ?? /^inactive_file (\d+)/m.exec(stat)?.[1] ?? 0;
  const swapTotal = (await cgroupNumber(sys, 'memory.swap.max')) ?? machine.swapTotal;
  const swapUsed = (await cgroupNumber(sys, 'memory.swap.current')) ?? machine.swapUsed;
  return { total: limit, used: Math.max(0, current - Number(inactive)), swapTotal, swapUsed };
}

async function readPortable(): Promise<Usage> {
  const { mem } = await import('systeminformation');
  const { total, available, swaptotal, swapused } = await mem();
  return { total, used: total - available, swapTotal: swaptotal, swapUsed: swapused };
}

async function topProcesses(world: World) {
  if (world.platform !== 'linux') {
    const { processes } = await import('systeminformation');
    return (await processes()).list
      .sort((a, b) => b.memRss - a.memRss)
      .slice(0, 3)
      .map(({ pid, name, memRss }) => ({ pid, name, memory_bytes: memRss * 1024 }));
  }
  const largest = (await listProcesses(world.proc)).sort((a, b) => b.residentPages - a.residentPages).slice(0, 3);
  // Pages differ in size from machine to machine, so the three are asked for bytes.
  const sized = await Promise.all(
    largest.map(async (entry) => {
      const [name, bytes] = await Promise.all([displayName(world.proc, entry), residentBytes(world.proc, entry.pid)]);
      return { pid: entry.pid, name, memory_bytes: bytes };
    }),
  );
  return sized.flatMap(({ memory_bytes, ...one }) => (memory_bytes === null ? [] : [{ ...one, memory_bytes }]));
}
