import { readlink } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Exec } from '../exec.ts';
import { readText } from '../files/read.ts';
import { readUptime } from './boot.ts';
import { argumentsOf, commandLine, type ProcessEntry, programOf, readProcesses } from './processes.ts';

/** A process that runs. */
export interface Running {
  readonly pid: number;
  /** As the kernel keeps it: at most 15 bytes. */
  readonly name: string;
  /** Milliseconds since it started; null where the machine's times contradict each other. */
  readonly ageMs: number | null;
  /** Words of its command line, none where it has none; null when nobody may see them, or it does not answer. */
  command(): Promise<readonly string[] | null>;
}

/** The processes of a machine, as far as they may be seen. */
export interface Processes {
  readonly running: readonly Running[];
  /** Why others may run that cannot be seen; null when all can. */
  readonly hidden: string | null;
  /** The program that looks, what it started, and what was started only to start it. */
  isLooker(running: Running, wanted: string): Promise<boolean>;
}

/** What is needed to look. */
interface Place {
  readonly proc: string;
  readonly clock: Clock;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/** More seconds than lie between two readings. */
const SLACK = 5;
/** Only so many processes that wait in the kernel are asked for their command line, each for so long. */
const MOST_WAITING = 20;
const ASK_MS = 1000;

/** Looks at the processes of this machine. Throws where it tells none. */
export async function lookAtProcesses(place: Place): Promise<Processes> {
  const { proc } = place;
  const uptime = await readUptime(place);
  if (uptime === null) throw new Error(`no uptime in ${proc}/uptime`);
  const { entries, unreadable } = await readProcesses(proc);
  if (entries.length === 0) throw new Error(`no process is told in ${proc}`);
  const alive = entries.filter(isAlive);
  let asked = 0;
  const running = alive.map((entry): Running => {
    const { pid, name, startedSeconds } = entry;
    // A container may be told its own uptime, and its processes the start of the host's.
    const isKnown = Number.isFinite(startedSeconds) && startedSeconds <= uptime + SLACK;
    const ageMs = isKnown ? Math.max(0, (uptime - startedSeconds) * 1000) : null;
    let command: Promise<readonly string[] | null> | null = null;
    const ask = () => {
      // Threads of the kernel hold no memory and have no command line; nor has one whose first thread has ended.
      if (entry.residentPages === 0) return Promise.resolve([]);
      if (entry.state !== 'D') return commandLine(proc, pid);
      asked += 1;
      return asked > MOST_WAITING ? Promise.resolve(null) : askElsewhere(place, pid);
    };
    return { pid, name, ageMs, command: () => (command ??= ask()) };
  });
  const own = Number(await readlink(`${proc}/self`).catch(() => Number.NaN));
  const family = familyOf(own, entries);
  return {
    running,
    hidden: await hiddenBecause(proc, entries, unreadable),
    isLooker: async ({ pid, command }, wanted) =>
      family.below.has(pid) || (family.above.has(pid) && isWrapper((await command()) ?? [], wanted)),
  };
}

/** The state is that of the first thread: it may have ended while others work. */
function isAlive({ state, threads }: ProcessEntry): boolean {
  return state === 'Z' ? threads > 1 : state !== 'X' && state !== 'x';
}

/**
 * The kernel tells a command line from the memory of the process, and waits while that is being changed: for ever, where
 * who changes it waits for a disk that has gone. So a process that waits is asked by one that can be left behind.
 */
async function askElsewhere({ proc, exec, signal }: Place, pid: number): Promise<readonly string[] | null> {
  const path = `${proc}/${pid}/cmdline`;
  const result = await exec(['head', '-c', '65536', '--', path], { timeoutMs: ASK_MS, signal }).catch(() => null);
  return result === null || result.timedOut || result.code !== 0 ? null : argumentsOf(result.stdout);
}

/**
 * This process with the programs that it started to look (each leads a session of its own, see `lib/exec`), and those
 * that it was started by.
 */
function familyOf(own: number, entries: readonly ProcessEntry[]): { below: Set<number>; above: Set<number> } {
  const byPid = new Map(entries.map((entry) => [entry.pid, entry]));
  const session = byPid.get(own)?.session;
  const below = new Set<number>([own]);
  const above = new Set<number>();
  for (let pid = byPid.get(own)?.parent; pid !== undefined && !above.has(pid); pid = byPid.get(pid)?.parent)
    above.add(pid);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const entry of entries) if (below.has(entry.parent) && entry.session !== session) below.add(entry.pid);
  }
  return { below, above };
}

/** `sh -c "monitor check …"`, `timeout 10 monitor …`: holds the text because this program's own command line does. */
function isWrapper(command: readonly string[], wanted: string): boolean {
  return command.slice(1).some((word) => word.includes(wanted)) && /\bmonitor\b/.test(command.join(' '));
}

async function hiddenBecause(
  proc: string,
  entries: readonly ProcessEntry[],
  unreadable: number,
): Promise<string | null> {
  const fix = 'run as root, or in the group that the option gid= of its mount names';
  if (unreadable > 0)
    return `${proc} hides ${unreadable} ${unreadable === 1 ? 'process' : 'processes'} from this user; ${fix}`;
  if (entries.some(({ pid }) => pid === 1)) return null;
  const lines = ((await readText(`${proc}/self/mountinfo`)) ?? '').split('\n');
  const hides = lines.some((line) => / - proc .*\bhidepid=(?!0\b|off\b)/.test(line));
  return hides ? `${proc} is mounted with hidepid and hides processes from this user; ${fix}` : null;
}

/** The kernel keeps so many bytes of a name (proc_pid_comm(5)). */
const KEPT = 15;

/** Whether a process is the program of this name. Where the kernel cut its name, the command line decides. */
export async function isProgram(running: Running, wanted: string): Promise<boolean | null> {
  const { name } = running;
  // A character that was cut in its middle cannot be read.
  const kept = name.replace(/\ufffd+$/, '');
  const isCut = Buffer.byteLength(name) >= KEPT;
  if (!isCut && name === wanted) return true;
  const command = await running.command();
  if (command === null) return isCut ? (wanted.startsWith(kept) ? null : false) : null;
  if (programOf(command) === wanted) return true;
  if (!isCut || !wanted.startsWith(kept)) return false;
  const whole = command.map((word) => programOf([word])).find((word) => word.startsWith(kept));
  return whole === undefined || whole === wanted || whole === kept;
}
