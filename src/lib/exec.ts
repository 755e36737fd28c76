import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type Clock, systemClock } from './clock.ts';

/** What a child process left behind. `code` is null when a signal ended it. */
export interface ExecResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** UTF-8 text, the first 64 KiB of it. */
  readonly stdout: string;
  /** UTF-8 text, the first 64 KiB of it. */
  readonly stderr: string;
  /** True when it was ended because its time was up, or its caller gave up. */
  readonly timedOut: boolean;
  /** When its time was up, its process group, of which some may be left: who waits in the kernel does not end when it is killed. */
  readonly group?: number;
}

/** Starts a program by its argument list, never through a shell. Rejects when it cannot be started at all. */
export type Exec = (
  argv: readonly [string, ...string[]],
  options: {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
    readonly env?: Readonly<Record<string, string>>;
    /** Text on its standard input; left out, it has none. */
    readonly input?: string;
  },
) => Promise<ExecResult>;

const OUTPUT_LIMIT = 64 * 1024;

/** How long output may still come after the program itself has ended, and how long a killed one may take to end. */
const GRACE_MS = 500;

/** All that a child is given of an environment: what this process holds in its own (secrets among it) stays here. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * An `Exec` that leaves nothing behind: the program leads a process group of its own, which is killed whole when the
 * time is up, when the signal aborts, and when the program has ended before those it started. Its environment is
 * `PATH` of the system folders and `LC_ALL=C`, with `options.env` over it. Errors name the program, never an argument.
 */
export function createExec(clock: Clock = systemClock): Exec {
  return async ([program, ...args], { timeoutMs, signal, env, input }) => {
    // Loaded only here: most runs of an agent start no program.
    const { spawn } = await import('node:child_process');
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown) => reject(new Error(`cannot start ${program}: ${reasonOf(error)}`));
      if (signal?.aborted) return reject(new Error(`${program} was not started: it timed out`));
      let child: ChildProcess;
      try {
        child = spawn(program, args, {
          detached: true,
          shell: false,
          stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
          env: { ...ENVIRONMENT, ...env },
          windowsHide: true,
        });
      } catch (error) {
        return refuse(error);
      }
      // A program may end, or close its input, without reading all of it.
      child.stdin?.on('error', () => {}).end(input);
      const stdout = collect(child.stdout);
      const stderr = collect(child.stderr);
      let timedOut = false;
      let cancelGrace = () => {};

      const finish = (code: number | null, ended: NodeJS.Signals | null) => {
        cancelTimeout();
        cancelGrace();
        signal?.removeEventListener('abort', expire);
        // Whoever still holds the pipes has left the group; their output is not waited for.
        child.stdout?.destroy();
        child.stderr?.destroy();
        child.unref();
        const left = timedOut && child.pid !== undefined ? { group: child.pid } : {};
        resolve({ code, signal: ended, stdout: stdout(), stderr: stderr(), timedOut, ...left });
      };
      const expire = () => {
        timedOut = true;
        killGroup(child);
        // A process stuck in the kernel cannot be killed and must not hold up its caller.
        cancelGrace();
        cancelGrace = clock.after(GRACE_MS, () => finish(child.exitCode, child.signalCode));
      };
      const cancelTimeout = clock.after(timeoutMs, expire);
      signal?.addEventListener('abort', expire, { once: true });

      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        cancelTimeout();
        signal?.removeEventListener('abort', expire);
        refuse(error);
      });
      child.once('exit', (code, ended) => {
        cancelTimeout();
        cancelGrace();
        signal?.removeEventListener('abort', expire);
        killGroup(child);
        cancelGrace = clock.after(GRACE_MS, () => finish(code, ended));
      });
      child.once('close', finish);
    });
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No process group: it is empty by now, or the platform has none.
    child.kill('SIGKILL');
  }
}

/** Reads a stream to its end, so that the writer never blocks, and keeps its beginning. */
function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size >= OUTPUT_LIMIT) return;
    chunks.push(chunk.subarray(0, OUTPUT_LIMIT - size));
    size += chunk.length;
  });
  stream?.on('error', () => {});
  return () => Buffer.concat(chunks).toString('utf8');
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such program',
  EACCES: 'it is not executable for this user',
  EPERM: 'it is not executable for this user',
  ENOTDIR: 'no such program',
  E2BIG: 'too many arguments',
  EAGAIN: 'the system cannot start another process',
  ENOMEM: 'not enough memory',
  ERR_INVALID_ARG_VALUE: 'an argument holds a NUL character',
};

function reasonOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}

/** How a program ended that had the terminal: by a code or a signal, or why it could not be started. */
export type AttachedEnd =
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: NodeJS.Signals }
  | { readonly code: null; readonly signal: null; readonly reason: string; readonly isMissing: boolean };

/**
 * Starts a program with the streams, the environment and the process group of this one, as a shell would. `pass` hands
 * a signal on to it. With `hear` its output goes through this process, which hears it on its way.
 */
export async function runAttached(
  [program, ...args]: readonly [string, ...string[]],
  hear?: (chunk: Buffer) => void,
): Promise<{
  readonly ended: Promise<AttachedEnd>;
  readonly pass: (signal: NodeJS.Signals) => void;
}> {
  const { spawn } = await import('node:child_process');
  const failed = (error: unknown): AttachedEnd => {
    const { code = '' } = error as NodeJS.ErrnoException;
    return { code: null, signal: null, reason: reasonOf(error), isMissing: code === 'ENOENT' || code === 'ENOTDIR' };
  };
  let child: ChildProcess;
  try {
    const stdio = hear === undefined ? 'inherit' : (['inherit', 'pipe', 'pipe'] as const);
    child = spawn(program, args, { stdio: typeof stdio === 'string' ? stdio : [...stdio], shell: false });
  } catch (error) {
    return { ended: Promise.resolve(failed(error)), pass: () => {} };
  }
  const passed = [handedOn(child.stdout, process.stdout, hear), handedOn(child.stderr, process.stderr, hear)];
  const ended = new Promise<AttachedEnd>((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(failed(error));
    });
    child.once('exit', (code, signal) => {
      // A process that it left behind may hold its output open for ever.
      const rest = Promise.race([Promise.all(passed), new Promise<void>((late) => systemClock.after(GRACE_MS, late))]);
      if (code !== null) void rest.then(() => resolve({ code, signal: null }));
      else if (signal !== null) void rest.then(() => resolve({ code: null, signal }));
    });
  });
  return { ended, pass: (signal) => void child.kill(signal) };
}

/** Resolves once all of a stream has been handed on; at once where there is none. Its reader sets the pace. */
function handedOn(
  from: Readable | null,
  to: NodeJS.WriteStream,
  hear: ((chunk: Buffer) => void) | undefined,
): Promise<void> {
  if (from === null) return Promise.resolve();
  return new Promise((resolve) => {
    from.on('data', (chunk: Buffer) => {
      hear?.(chunk);
      if (to.destroyed || !to.writable || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('error', () => {});
    from.on('close', resolve);
  });
}
