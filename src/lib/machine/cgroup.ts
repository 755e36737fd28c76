import { readText } from '../files/read.ts';

/**
 * A file of the root of the cgroup mount as text (`memory.stat`), null when it is not there. Only the root counts: in a
 * container it is the container's own, on a machine it has no limit, and the limit of the service that this program runs
 * in would say nothing of the machine.
 */
export function cgroupText(sys: string, file: string): Promise<string | null> {
  return readText(`${sys}/fs/cgroup/${file}`);
}

/** The number in such a file, null when it is not there or tells no limit (`max`, `-1`). */
export async function cgroupNumber(sys: string, file: string): Promise<number | null> {
  const text = (await cgroupText(sys, file))?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Processor time of a container. */
export interface CpuLimit {
  /** How many processors' time it may use: 0.5, 2. */
  readonly cores: number;
  /** What it has used since it was made, in seconds. */
  readonly usedSeconds: number;
}

/** What a container may use of the processors and has used, by version 2 or 1 of cgroups; null without a limit. */
export async function readCpuLimit(sys: string): Promise<CpuLimit | null> {
  const [, quota, period] = /^(\d+) (\d+)$/m.exec((await cgroupText(sys, 'cpu.max')) ?? '') ?? [];
  if (quota !== undefined) {
    const used = /^usage_usec (\d+)$/m.exec((await cgroupText(sys, 'cpu.stat')) ?? '')?.[1];
    return limitOf(Number(quota), Number(period), used === undefined ? null : Number(used) / 1e6);
  }
  const [quotaV1, periodV1, used] = await Promise.all([
    cgroupNumber(sys, 'cpu/cpu.cfs_quota_us'),
    cgroupNumber(sys, 'cpu/cpu.cfs_period_us'),
    cgroupNumber(sys, 'cpuacct/cpuacct.usage'),
  ]);
  return limitOf(quotaV1 ?? 0, periodV1 ?? 0, used === null ? null : used / 1e9);
}

function limitOf(quota: number, period: number, usedSeconds: number | null): CpuLimit | null {
  return quota > 0 && period > 0 && usedSeconds !== null ? { cores: quota / period, usedSeconds } : null;
}
