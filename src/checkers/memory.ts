import * as z from 'zod';
import { judge, type Metrics, worst } from '../core/check.ts';
import { bytesText, percentOf, reached } from '../core/figures.ts';
import { type MemoryUse, readContainer, readMachine } from '../lib/machine/memory.ts';
import { displayName, listProcesses, residentBytes } from '../lib/machine/processes.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  inOrder,
  lateOptions,
  threshold,
  timeout,
  type World,
} from './contract.ts';

const options = lateOptions(
  () =>
    z
      .strictObject({
        warning: threshold('warning', 'Use in percent of the memory', 70, 100),
        critical: threshold('critical', 'Use in percent of the memory', 90, 100),
        swap_warning: threshold('warning', 'Use in percent of the swap space', 90, 100),
        swap_critical: threshold('critical', 'Use in percent of the swap space', null, 100),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical'))
      .refine(...inOrder('swap_warning', 'swap_critical')),
  { warning: 70, critical: 90, swap_warning: 90, swap_critical: null, attempts: 1, for: 0, timeout: 10_000 },
);

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

async function run(world: World, bound: z.output<typeof options.schema>) {
  const machine = world.platform === 'linux' ? await readMachine(world) : await readPortable();
  const container = world.platform === 'linux' ? readContainer(world.sys, machine) : null;
  const { total, used, swapTotal, swapUsed } = container ?? machine;
  const memoryPercent = percentOf(used, total);
  const swapPercent = swapUsed === null ? null : percentOf(swapUsed, swapTotal);
  const swapLimits = { warning: bound.swap_warning, critical: bound.swap_critical };
  const ofMemory = judge(memoryPercent, bound);
  const ofSwap = swapPercent === null ? 'unknown' : swapTotal > 0 ? judge(swapPercent, swapLimits) : 'ok';
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
  let message = `Memory at ${memoryPercent}%${where}${reached(ofMemory, bound, '%')}, ${bytesText(Math.max(0, total - used))} of ${bytesText(total)} available`;
  if (ofSwap === 'unknown') message += '; use of swap unknown: the figures contradict each other';
  else message += swapTotal > 0 ? `; swap at ${swapPercent}%${reached(ofSwap, swapLimits, '%')}` : '; no swap';
  if (status === 'warning' || status === 'critical') {
    const top = await topProcesses(world);
    metrics.top_processes = top;
    if (top.length > 0)
      message += `; most by ${top.map((one) => `${one.name} (pid ${one.pid}) ${bytesText(one.memory_bytes)}`).join(', ')}`;
  }
  return { status, message, metrics };
}

async function readPortable(): Promise<MemoryUse> {
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
