import { readFileSync } from 'node:fs';
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
}

/** Processes are read in one go, but the loop is let run after so many: a large machine has tens of thousands. */
const BATCH = 250;

/** Every process of the machine. Costs a file a process, so only when something is wrong or it was asked for. */
export async function listProcesses(proc: string): Promise<ProcessEntry[]> {
  const pids = (await readNames(proc)).filter((name) => /^\d+$/.test(name));
  const entries: ProcessEntry[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate();
    const entry = parse(pid, readNow(`${proc}/${pid}/stat`));
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** Words of a process's command line; none when it has ended or is the kernel's own. */
export async function commandLine(proc: string, pid: number): Promise<string[]> {
  return ((await readText(`${proc}/${pid}/cmdline`)) ?? '').split('\0').filter((word) => word !== '');
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
  if (!entry.name.endsWith('MainThread')) return entry.name;
  return programOf(await commandLine(proc, entry.pid)) || entry.name;
}

/** Memory a process holds, in bytes; null when it has ended. */
export async function residentBytes(proc: string, pid: number): Promise<number | null> {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec((await readText(`${proc}/${pid}/status`)) ?? '')?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
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
  };
}

/** Files of /proc never wait for a disk, and reading thousands one promise each would cost more than the work itself. */
function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
