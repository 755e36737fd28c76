import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from './load/requests.ts';

const ROOT = join(import.meta.dirname, '..');
/** The secret that every hub and generator of a measurement shares. */
export const SECRET = '0123456789abcdef0123456789abcdef';
/** The built program. */
export const MONITOR = join(ROOT, 'bin', 'monitor');

/** A server under load. */
export interface Peer {
  readonly kind: Job['kind'];
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** A folder of its own for one server, under TMPDIR or the system's folder for temporary files. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'monitor-bench-'));
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A hub under load. */
export interface Hub extends Peer {
  readonly folder: string;
  /** From the start of its process until `/readyz` answered. */
  readonly readyMs: number;
}

/**
 * Starts the built hub on a folder; limits are lifted, because one machine plays all instances. `env` is added. An IPC
 * channel is opened only for an instrumented hub (instrument/hub.ts).
 */
export async function startHub(
  folder = temporaryFolder(),
  env: Readonly<Record<string, string>> = {},
  channel: 'ipc' | 'ignore' = 'ignore',
): Promise<Hub> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [MONITOR, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit', channel],
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      CLUSTER_ENABLED: '1',
      WEBHOOK_SECRET_CLUSTER: SECRET,
      MONITOR_PORT: String(port),
      MONITOR_STATE_DIR: folder,
      MONITOR_LOG_LEVEL: 'warn',
      MONITOR_LIMITS_REQUESTS_PER_SECOND: '1000000',
      MONITOR_LIMITS_BURST: '1000000',
      MONITOR_LIMITS_FIRING_ALERTS: '10000000',
      MONITOR_LIMITS_NEW_INSTANCES: '1000000',
      ...env,
    },
  });
  endWithUs(child, folder);
  await answers(`http://127.0.0.1:${port}/readyz`);
  const readyMs = performance.now() - begun;
  return { kind: 'monitor', port, folder, process: child, readyMs, stop: () => stop(child, folder) };
}

const NOBODY = 'route: {receiver: none, group_by: [instance_id]}\nreceivers: [{name: none}]\n';

/** Starts Alertmanager as Debian ships it, with that configuration; null when it is not installed. */
export async function startAlertmanager(configuration = NOBODY): Promise<Peer | null> {
  try {
    execFileSync('prometheus-alertmanager', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const folder = temporaryFolder();
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, configuration);
  const port = await freePort();
  const flags = [`--config.file=${config}`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn('prometheus-alertmanager', [...flags, '--cluster.listen-address='], { stdio: 'ignore' });
  endWithUs(child, folder);
  await answers(`http://127.0.0.1:${port}/-/ready`);
  return { kind: 'alertmanager', port, process: child, stop: () => stop(child, folder) };
}

/** A program that is neither of both. */
export interface Program {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program on a folder of its own and waits until it answers at `url`; null when it is not installed. */
export async function startProgram(
  command: string,
  args: readonly string[],
  { url, env = {}, folder = temporaryFolder() }: { url: string; env?: Record<string, string>; folder?: string },
): Promise<Program | null> {
  const child = spawn(command, args, {
    ...{ stdio: 'ignore', cwd: folder },
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  const isThere = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
  });
  if (!isThere) return null;
  endWithUs(child, folder);
  await answers(url);
  return { process: child, stop: () => stop(child, folder) };
}

/** Resident memory of a process in MB (10^6 bytes), now and at its highest so far. */
export function residentMb(peer: Pick<Peer, 'process'>): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${peer.process.pid}/status`, 'utf8');
  const mb = (field: RegExp) => (Number(field.exec(status)?.[1] ?? 0) * 1024) / 1e6;
  return { now: mb(/VmRSS:\s+(\d+)/), peak: mb(/VmHWM:\s+(\d+)/) };
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing answers at ${url}`);
}

/** Nothing outlives a measurement that ends before it could clean up. */
function endWithUs(child: ChildProcess, folder: string): void {
  const orphan = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', orphan);
  child.once('exit', () => process.off('exit', orphan));
}

function stop(child: ChildProcess, folder: string): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
    child.kill('SIGTERM');
  });
}
