import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

// Clock ticks a second in /proc, on every Linux that Node.js runs on.
const TICKS = 100;

/** Processor seconds that processes have used since they began, those of their ended children with them. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsOf(pid, 11, 15), 0);
}

/** Processor seconds of the children of this process that have ended. */
export function endedChildrenCpu(): number {
  return secondsOf(process.pid, 13, 15);
}

/** Fields of /proc/<pid>/stat from the third on: utime, stime, cutime, cstime are 11 to 14 of them (proc(5)). */
function secondsOf(pid: number, from: number, to: number): number {
  try {
    return sumOf(fieldsOf(`/proc/${pid}/stat`).slice(from, to));
  } catch {
    return 0;
  }
}

/** Processor seconds of one thread, and how many of them in the kernel. */
export interface ThreadCpu {
  readonly tid: number;
  readonly total: number;
  readonly system: number;
}

/** What each thread of a process has used so far. */
export function threadsOf(pid: number): ThreadCpu[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      const fields = fieldsOf(`/proc/${pid}/task/${tid}/stat`);
      return [{ tid: Number(tid), total: sumOf(fields.slice(11, 13)), system: sumOf(fields.slice(12, 13)) }];
    } catch {
      return [];
    }
  });
}

/** A process and all that descend from it. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(fieldsOf(`/proc/${name}/stat`)[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return family;
}

function fieldsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function sumOf(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + Number(field), 0) / TICKS;
}

/** Processor seconds that the machine had nothing to do, over all its processors. */
export function idleSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1000;
}

/** Sends a signal to processes; those that have ended do not mind. */
export function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}
