import { cpus } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Exec } from '../exec.ts';
import { readAtOnce } from '../files/read.ts';
import { readCpuLimit } from './cgroup.ts';
import { readKernelText } from './overlays.ts';
import { statFields } from './processes.ts';

/** Ticks since the start of the machine. Guest time is part of `user`, so it is not counted again (proc_stat(5)). */
export interface Ticks {
  readonly user: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly steal: number;
}

/** The ticks of one core, by its name, `cpu0`: cores come and go. */
export interface CoreTicks extends Ticks {
  readonly name: string;
}

/** One reading of the processors' counters. */
export interface CpuTimes {
  /** UTC milliseconds. */
  readonly at: number;
  readonly all: Ticks;
  /** Left empty by a run that was not asked for them. */
  readonly cores: readonly CoreTicks[];
  /** Ticks of this program; left out by a run that is over. */
  readonly own?: number;
  /** How many processors' time the container may use; left out where that is not less than the machine has. */
  readonly limitCores?: number;
  /** What the container had used by then, in seconds; where it is told. */
  readonly usedSeconds?: number | undefined;
}

/** Where the machine's files are. */
interface Machine {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly proc: string;
  readonly sys: string;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/** Reads the counters. Throws where there are none. */
export async function readTimes(machine: Machine): Promise<CpuTimes> {
  const { clock, platform, proc, sys } = machine;
  const at = clock.now();
  if (platform !== 'linux') return { at, ...readPortable() };
  const stat = await readKernelText(`${proc}/stat`, machine);
  const self = readAtOnce(`${proc}/self/stat`);
  const limit = readCpuLimit(sys);
  const lines = (stat ?? '').split('\n').filter((line) => line.startsWith('cpu'));
  const parsed = lines.flatMap((line): CoreTicks[] => {
    const ticks = parseTicks(line);
    return ticks === null ? [] : [{ name: line.split(' ')[0] ?? '', ...ticks }];
  });
  const all = parsed.find((one) => one.name === 'cpu');
  if (all === undefined) throw new Error(`no line "cpu" with its counters in ${proc}/stat`);
  const cores = parsed.filter((one) => one !== all);
  const field = statFields(self ?? '');
  const own = Number(field(14)) + Number(field(15));
  const reading = { at, all, cores, own: Number.isFinite(own) ? own : 0 };
  if (limit === null || limit.cores >= cores.length) return reading;
  return { ...reading, limitCores: limit.cores, ...(limit.usedSeconds !== null && { usedSeconds: limit.usedSeconds }) };
}

/** null for a line that was cut short, or whose counters cannot be (-1 as 64 bits). */
function parseTicks(line: string): Ticks | null {
  const counters = line.trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = counters;
  if (counters.length < 4 || !counters.slice(0, 8).every(Number.isSafeInteger)) return null;
  return { user: user + nice, system: system + irq + softirq, idle, iowait, steal };
}

function readPortable(): Omit<CpuTimes, 'at'> {
  const cores = cpus().map(({ times }) => {
    return { user: times.user + times.nice, system: times.sys + times.irq, idle: times.idle, iowait: 0, steal: 0 };
  });
  const total = (field: keyof Ticks) => cores.reduce((so, core) => so + core[field], 0);
  const all = { user: total('user'), system: total('system'), idle: total('idle'), iowait: 0, steal: 0 };
  return { all, cores: cores.map((core, index) => ({ name: `cpu${index}`, ...core })), own: 0 };
}
