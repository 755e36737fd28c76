import { readAtOnce } from '../files/read.ts';
import type { Asking } from './asking.ts';
import { cgroupNumber, cgroupText } from './cgroup.ts';
import { overlaid, readKernelText } from './overlays.ts';

/** Use of memory and swap, in bytes. `used` is what cannot be had back without swapping. */
export interface MemoryUse {
  readonly total: number;
  readonly used: number;
  readonly swapTotal: number;
  /** null when the figures contradict each other. */
  readonly swapUsed: number | null;
}

/**
 * What /proc/meminfo says, which in some containers is the container's (lxcfs). Figures that cannot be beside each other
 * are not believed; throws when nothing is left to go by.
 */
export async function readMachine(place: Omit<Asking, 'timeoutMs'>): Promise<MemoryUse> {
  const { proc } = place;
  const path = `${proc}/meminfo`;
  const field = fieldsOf((await readKernelText(path, place)) ?? '', /^(\w+):\s+(\d+) kB/gm, 1024);
  const total = field('MemTotal');
  if (total === null || total === 0) throw new Error(`no MemTotal in ${path}`);
  const available = availableOf(total, field, path);
  const swapTotal = field('SwapTotal') ?? 0;
  const swapFree = field('SwapFree') ?? swapTotal;
  const cache = zfsCache(proc, total - available);
  return {
    total,
    used: Math.max(0, total - available - cache),
    swapTotal,
    swapUsed: swapFree > swapTotal ? null : swapTotal - swapFree,
  };
}

type Fields = (name: string) => number | null;

function fieldsOf(text: string, line: RegExp, unit: number): Fields {
  const found = new Map([...text.matchAll(line)].map(([, name, figure]) => [name, Number(figure) * unit]));
  return (name) => {
    const value = found.get(name) ?? null;
    return value !== null && Number.isSafeInteger(value) ? value : null;
  };
}

/** Kernels before 3.14 do not estimate what is available, and some containers are told the estimate of their host. */
function availableOf(total: number, field: Fields, path: string): number {
  const estimate = field('MemAvailable');
  const free = field('MemFree');
  if (free !== null && free > total) throw new Error(`MemFree is beyond MemTotal in ${path}: figures of two machines`);
  if (estimate !== null && estimate <= total) return estimate;
  if (free === null) throw new Error(`neither MemFree nor a MemAvailable below MemTotal in ${path}`);
  const part = (name: string) => field(name) ?? 0;
  // What is shared (tmpfs, buffers of databases) stands in Cached, and is not given back.
  const cached = Math.max(0, part('Cached') + part('SReclaimable') - part('Shmem'));
  return Math.min(total, free + part('Buffers') + cached);
}

/** Bytes that ZFS's own cache would give back. The kernel counts them as used: one beyond that is another machine's. */
function zfsCache(proc: string, used: number): number {
  const text = readAtOnce(`${proc}/spl/kstat/zfs/arcstats`);
  if (text === null) return 0;
  const field = fieldsOf(text, /^(\w+)\s+4\s+(\d+)/gm, 1);
  const size = field('size') ?? 0;
  if (size > used) return 0;
  // Files over /proc/meminfo are a container's, and the cache is its host's.
  if (overlaid(proc, ['/proc/meminfo']).size > 0) return 0;
  return Math.max(0, size - (field('c_min') ?? 0));
}

/** What the container uses, null without a limit below the machine's memory. Throws when the limit alone is told. */
export function readContainer(sys: string, machine: MemoryUse): MemoryUse | null {
  const limit = least(['memory.max', 'memory.high'].map((file) => cgroupNumber(sys, file)));
  return limit === null ? readContainerV1(sys, machine) : readContainerV2(sys, limit, machine);
}

function readContainerV2(sys: string, limit: number, machine: MemoryUse): MemoryUse | null {
  if (limit >= machine.total) return null;
  const used = workingSet(cgroupNumber(sys, 'memory.current'), cgroupText(sys, 'memory.stat'), machine);
  const swapLimit = cgroupNumber(sys, 'memory.swap.max');
  const swapUsed = cgroupNumber(sys, 'memory.swap.current');
  if (swapUsed === null) return { total: limit, used, swapTotal: 0, swapUsed: 0 };
  // A limit is no size: there may be less swap than the container might use.
  const swapTotal = Math.min(swapLimit ?? machine.swapTotal, machine.swapTotal);
  return { total: limit, used, swapTotal, swapUsed: believable(swapUsed, swapTotal, machine) };
}

function readContainerV1(sys: string, machine: MemoryUse): MemoryUse | null {
  const limit = cgroupNumber(sys, 'memory/memory.limit_in_bytes');
  if (limit === null || limit <= 0 || limit >= machine.total) return null;
  const current = cgroupNumber(sys, 'memory/memory.usage_in_bytes');
  const used = workingSet(current, cgroupText(sys, 'memory/memory.stat'), machine);
  const bothLimit = cgroupNumber(sys, 'memory/memory.memsw.limit_in_bytes');
  const bothUsed = cgroupNumber(sys, 'memory/memory.memsw.usage_in_bytes');
  if (bothUsed === null) return { total: limit, used, swapTotal: 0, swapUsed: 0 };
  // Memory and swap are limited together.
  const swapTotal = Math.min(Math.max(0, (bothLimit ?? Number.POSITIVE_INFINITY) - limit), machine.swapTotal);
  const swapUsed = Math.max(0, bothUsed - (current ?? 0));
  return { total: limit, used, swapTotal, swapUsed: believable(swapUsed, swapTotal, machine) };
}

function least(figures: readonly (number | null)[]): number | null {
  const given = figures.filter((figure) => figure !== null && figure > 0) as number[];
  return given.length === 0 ? null : Math.min(...given);
}

/** File pages that were not touched lately are given back under pressure; the rest is the working set. */
function workingSet(current: number | null, stat: string | null, machine: MemoryUse): number {
  if (current === null) throw new Error('the memory of this container is limited, but its use is not told');
  if (current > machine.total) throw new Error('this container uses more memory than the machine has: wrong figures');
  const text = stat ?? '';
  const inactive = Number(
    /^total_inactive_file (\d+)/m.exec(text)?.[1] ?? /^inactive_file (\d+)/m.exec(text)?.[1] ?? 0,
  );
  return inactive <= current ? current - inactive : current;
}

/** More than the machine's swap is used by nobody. More than the limit may be: it can be lowered later. */
function believable(used: number, total: number, machine: MemoryUse): number | null {
  return used > machine.swapTotal ? null : Math.min(used, total);
}
