import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { readNames, readText } from '../files/read.ts';

/** Ticks of a second in /proc/stat and /proc/PID/stat: USER_HZ, 100 on every Linux that Node.js runs on. */
export const TICKS = 100;

/** One process as /proc/PID/stat tells it (proc_pid_stat(5)). */
export interface ProcessEntry {
  readonly pid: number;
  /** Name of the program, at most 15 characters, without arguments. */
  readonly name: string;
  /** One letter; Z for one that has ended and waits for its parent. */
  readonly state: string;
  /** Processor time it has used, user and system, in seconds. */
  readonly cpuSeconds: number;
  /** When it started, in seconds after the machine did. */
  readonly startedSeconds: number;
  /** Memory it holds, in pages of the machine. */
  readonly residentPages: number;
  /** Pid of the process that started it, or of who took it over. */
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
  readonly session: number;
  readonly threads: number;
}

/** Processes are read in one go, but the loop is let run after so many: a large machine has tens of thousands. */
const BATCH = 250;

/** Every process of the machine. Costs a file a process, so only when something is wrong or it was asked for. */
export async function listProcesses(proc: string): Promise<ProcessEntry[]> {
  return (await readProcesses(proc)).entries;
}

/** Every process that can be read, and how many are there and may not be. One that has ended meanwhile is neither. */
export async function readProcesses(proc: string): Promise<{ entries: ProcessEntry[]; unreadable: number }> {
  const pids = (await readNames(proc)).filter((name) => /^\d+$/.test(name));
  const entries: ProcessEntry[] = [];
  let unreadable = 0;
  for (const [index, pid] of pids.entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate();
    const text = readNow(`${proc}/${pid}/stat`);
    const entry = text === null ? null : parse(pid, text);
    if (entry !== null) entries.push(entry);
    else if (text === null || text !== '') unreadable += 1;
  }
  return { entries, unreadable };
}

/** When a process started, in seconds after the machine did, as its /proc/PID/stat says; NaN where that is not told. */
export function startedSecondsOf(stat: string): number {
  return parse('0', stat)?.startedSeconds ?? Number.NaN;
}

/** Whether some of a process group wait in the kernel, where nobody can end them. */
export async function isStuck(proc: string, group: number): Promise<boolean> {
  return (await listProcesses(proc)).some((entry) => entry.group === group && entry.state === 'D');
}

/** Words of a process's command line; none when it has ended or is the kernel's own. */
export async function commandLine(proc: string, pid: number): Promise<string[]> {
  return argumentsOf((await readText(`${proc}/${pid}/cmdline`)) ?? '');
}

/** The words of /proc/PID/cmdline. */
export function argumentsOf(text: string): string[] {
  return text.split('\0').filter((word) => word !== '');
}

/**
 * The program that a command line begins with, without its path; '' when it tells none. A process may write its title
 * over its arguments, so only the first word counts (`postgres: writer`).
 */
export function programOf(commandLine: readonly string[]): string {
  const word = commandLine[0]?.trim().split(/\s/)[0] ?? '';
  return word.slice(word.lastIndexOf('/') + 1).replace(/:$/, '');
}

/** What people call a process: its name, or its program where a runtime has renamed it to its main thread. */
export async function displayName(proc: string, entry: ProcessEntry): Promise<string> {
  // One that waits in the kernel may never tell its command line.
  if (!entry.name.endsWith('MainThread') || entry.state === 'D') return entry.name;
  return programOf(await commandLine(proc, entry.pid)) || entry.name;
}

/** Memory a process holds, in bytes; null when it has ended. */
export async function residentBytes(proc: string, pid: number): Promise<number | null> {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec((await readText(`${proc}/${pid}/status`)) ?? '')?.[1];
  const bytes = Number(kib ?? Number.NaN) * 1024;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * A field of /proc/PID/stat by its number in proc_pid_stat(5), from 3; '' when the text has none. The second field is
 * the program's name, which may hold blanks and parentheses: it ends at the last one.
 */
export function statFields(stat: string): (field: number) => string {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (field) => fields[field - 3] ?? '';
}

function parse(pid: string, stat: string): ProcessEntry | null {
  const end = stat.lastIndexOf(')');
  if (end < 0) return null;
  const field = statFields(stat);
  const figure = (number: number) => Number(field(number));
  return {
    pid: Number(pid),
    name: stat.slice(stat.indexOf('(') + 1, end),
    state: field(3),
    cpuSeconds: (figure(14) + figure(15)) / TICKS,
    startedSeconds: figure(22) / TICKS,
    residentPages: figure(24),
    parent: figure(4),
    group: figure(5),
    session: figure(6),
    threads: figure(20),
  };
}

/** More than /proc/PID/stat ever is. */
const STAT_BYTES = 4096;

/**
 * '' when it has ended, null when it may not be read. Files of /proc/PID but its memory never wait, and reading
 * thousands one promise each would cost more than the work itself.
 */
function readNow(path: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.allocUnsafe(STAT_BYTES);
    return buffer.toString('utf8', 0, readSync(file, buffer));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? null : '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
