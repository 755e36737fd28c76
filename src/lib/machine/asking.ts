import { readlink } from 'node:fs/promises';
import type { Exec, ExecResult } from '../exec.ts';
import { readAtOnce } from '../files/read.ts';
import { commandLine, readProcesses, startedSecondsOf } from './processes.ts';

/** How another program is asked for what may never be answered. */
export interface Asking {
  readonly proc: string;
  readonly exec: Exec;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * What a program says that asks the kernel, or a program behind it, what may hang: it can be left behind, and a thread of
 * this process cannot (docs/decisions/0017). At most one waits for an answer; throws while it does, and when this one
 * does not answer in time.
 */
export async function askElsewhere(
  argv: readonly [string, ...string[]],
  { proc, exec, timeoutMs, signal }: Asking,
): Promise<ExecResult> {
  if (await isStillAsking(proc, argv)) throw new Error('has still not answered an earlier question');
  const result = await exec(argv, { timeoutMs, ...(signal !== undefined && { signal }) });
  if (result.timedOut) throw new Error(`did not answer within ${timeoutMs / 1000} s`);
  return result;
}

/** A question that has been under way for so long is not one of a run beside this one, in seconds. */
const OLD = 1;

/**
 * Whether a program that an earlier run started, of whichever process, still waits. It was killed, and cannot end: one
 * more would wait beside it, at every run.
 */
async function isStillAsking(proc: string, argv: readonly string[]): Promise<boolean> {
  const { entries } = await readProcesses(proc);
  // By the start of this process: in a container the uptime may be its own, and a program may be behind it.
  const now = startedSecondsOf(readAtOnce(`${proc}/self/stat`) ?? '') + process.uptime();
  const own = await namespace(proc, 'self');
  for (const { pid, name, state, startedSeconds } of entries) {
    if (name !== argv[0] || state === 'Z' || (state !== 'D' && !(now - startedSeconds > OLD))) continue;
    const words = await commandLine(proc, pid);
    if (words.length !== argv.length || !words.every((word, index) => word === argv[index])) continue;
    // The same path in a container is another mount.
    const other = await namespace(proc, String(pid));
    if (own === '' || other === '' || own === other) return true;
  }
  return false;
}

function namespace(proc: string, pid: string): Promise<string> {
  return readlink(`${proc}/${pid}/ns/mnt`).catch(() => '');
}
