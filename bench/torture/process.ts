import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { driverPackage } from '../../src/stores/sqlite/driver.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
/** The checkout that is tortured: the one this file lies in. */
export const ROOT = join(HERE, '../..');
/**
 * The secret that every hub and sender of this torture shares, and no other: a port that a killed hub leaves may be taken
 * by the hub of another torture beside it, which must not take our pushes.
 */
export const SECRET = `torture-${randomBytes(12).toString('hex')}`;

/** The package through which a hub on this Node.js writes. */
const SQLITE = driverPackage(Number(process.versions.napi)).name;

/** At which write a process ends itself, see kill-at.js. */
export interface KillAt {
  readonly point: 'sql' | 'sync' | 'send' | 'receive' | 'file' | 'rename' | 'unlink';
  readonly when: 'before' | 'after' | 'fails';
  /** From 1. */
  readonly nth: number;
}

/** A process of `bin/monitor`. */
export interface Monitor {
  readonly child: ChildProcess;
  /** How it ended, and the end of what it wrote. */
  readonly ended: Promise<{ readonly code: number | null; readonly killed: boolean; readonly out: string }>;
  /** What it has written on stderr so far (its end). */
  log(): string;
  kill(): Promise<void>;
}

/** What a process is started with beside the program. */
export interface Extras {
  readonly killAt?: KillAt;
  /** Modules of this folder that are loaded before the program. */
  readonly imports?: readonly string[];
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
  /** A program and its arguments that start Node.js in its place, such as strace. */
  readonly through?: readonly string[];
}

/** More than this much of what a process writes is not kept. */
const KEPT = 64 * 1024;

/** Starts `bin/monitor` with only the given environment. */
export function startMonitor(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  more: Extras = {},
): Monitor {
  const modules = [...(more.killAt === undefined ? [] : ['kill-at.js']), ...(more.imports ?? [])];
  const imports = modules.flatMap((file) => ['--import', pathToFileURL(join(HERE, file)).href]);
  const node = [process.execPath, ...(more.flags ?? []), ...imports, join(ROOT, 'bin/monitor'), ...args];
  const [program = '', ...words] = [...(more.through ?? []), ...node];
  const child = spawn(program, words, {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: cwd,
      ...env,
      ...(more.killAt === undefined ? {} : { TORTURE_KILL_AT: JSON.stringify({ ...more.killAt, sqlite: SQLITE }) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Nothing outlives a torture that fails.
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  let [out, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out = (out + text).slice(-KEPT);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT);
  });
  const ended = new Promise<{ code: number | null; killed: boolean; out: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', orphan);
      resolve({ code, killed: signal === 'SIGKILL', out });
    });
  });
  return {
    child,
    ended,
    log: () => log,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Ports of a process begin at one of so many places, so that two tortures seldom meet. */
const PLACES = 80;

/**
 * The first port that is free now, from `first` or up to a thousand later, by process. Those of the torture lie below the
 * range from which systems take ports for clients: a hub that is killed must find its own again.
 */
export async function freePort(first: number): Promise<number> {
  for (let port = first + (process.pid % PLACES) * 12; ; port += 1) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Waits for so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
