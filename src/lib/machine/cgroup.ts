import { readAtOnce } from '../files/read.ts';

/**
 * A file of the root of the cgroup mount as text (`memory.stat`), null when it is not there. Only the root counts: in a
 * container it is the container's own, on a machine it has no limit, and the limit of the service that this program runs
 * in would say nothing of the machine.
 */
export function cgroupText(sys: string, file: string): string | null {
  return readAtOnce(`${sys}/fs/cgroup/${file}`);
}

/** The number in such a file, null when it is not there or tells no limit (`max`, `-1`). */
export function cgroupNumber(sys: string, file: string): number | null {
  const text = cgroupText(sys, file)?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Processor time of a container. */
export interface CpuLimit {
  /** How many processors' time it may use: 0.5, 2. */
  readonly cores: number;
  /** What it has used since it was made, in seconds; null where that is not told. */
  readonly usedSeconds: number | null;
}

/**
 * What a container may use of the processors, by its quota and by the set of those it may run on, and what it has used;
 * by version 2 or 1 of cgroups. null without either. A machine is told as one that may use all it has.
 */
export function readCpuLimit(sys: string): CpuLimit | null {
  const max = cgroupText(sys, 'cpu.max');
  const set = cgroupText(sys, 'cpuset.cpus.effective');
  if (max === null && set === null) return readCpuLimitV1(sys);
  const [, quota, period] = /^(\d+) (\d+)$/m.exec(max ?? '') ?? [];
  const cores = least(coresOf(Number(quota ?? 0), Number(period ?? 0)), countCpus(set ?? ''));
  if (cores === null) return null;
  const used = /^usage_usec (\d+)$/m.exec(cgroupText(sys, 'cpu.stat') ?? '')?.[1];
  return { cores, usedSeconds: used === undefined ? null : Number(used) / 1e6 };
}

function readCpuLimitV1(sys: string): CpuLimit | null {
  const quota = cgroupNumber(sys, 'cpu/cpu.cfs_quota_us') ?? 0;
  const period = cgroupNumber(sys, 'cpu/cpu.cfs_period_us') ?? 0;
  const cores = least(coresOf(quota, period), countCpus(cgroupText(sys, 'cpuset/cpuset.cpus') ?? ''));
  if (cores === null) return null;
  const used = cgroupNumber(sys, 'cpuacct/cpuacct.usage');
  return { cores, usedSeconds: used === null ? null : used / 1e9 };
}

function coresOf(quota: number, period: number): number {
  return quota > 0 && period > 0 ? quota / period : 0;
}

function least(...figures: readonly number[]): number | null {
  const given = figures.filter((figure) => figure > 0);
  return given.length === 0 ? null : Math.min(...given);
}

/** How many processors a list of the kernel names, such as `0-3,8`; 0 for none, and for what is no such list. */
export function countCpus(list: string): number {
  const ranges = list.trim().split(',');
  if (!ranges.every((range) => /^\d+(-\d+)?$/.test(range))) return 0;
  return ranges.reduce((count, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return count + Math.max(0, last - first + 1);
  }, 0);
}
