import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job } from './requests.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const SECRET = '0123456789abcdef0123456789abcdef';
export const MONITOR = join(ROOT, 'bin', 'monitor');

/** A server under load. */
export interface Peer {
  readonly kind: Job['kind'];
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** What a run of the load generator measured. */
export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A folder of its own for one server, under MONITOR_BENCH_DIR or the system's folder for temporary files. */
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

/** Starts the built hub on a folder; limits are lifted, for one machine plays all instances. `env` is added. */
export async function startHub(
  folder = temporaryFolder(),
  env: Readonly<Record<string, string>> = {},
): Promise<Peer & { readonly readyMs: number }> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [MONITOR, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
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
      ...env,
    },
  });
  endWithUs(child, folder);
  await answers(`http://127.0.0.1:${port}/readyz`);
  return { kind: 'monitor', port, process: child, readyMs: performance.now() - begun, stop: () => stop(child, folder) };
}

/** Starts Alertmanager as Debian ships it; null when it is not installed. */
export async function startAlertmanager(): Promise<Peer | null> {
  try {
    execFileSync('prometheus-alertmanager', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const folder = temporaryFolder();
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, 'route: {receiver: none}\nreceivers: [{name: none}]\n');
  const port = await freePort();
  const flags = [`--config.file=${config}`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn('prometheus-alertmanager', [...flags, '--cluster.listen-address='], { stdio: 'ignore' });
  endWithUs(child, folder);
  await answers(`http://127.0.0.1:${port}/-/ready`);
  return { kind: 'alertmanager', port, process: child, stop: () => stop(child, folder) };
}

/** Runs the load generator as a process of its own. */
export function load(peer: Peer, job: Omit<Job, 'kind' | 'port' | 'secret'>): Promise<LoadResult> {
  const whole: Job = { ...job, kind: peer.kind, port: peer.port, ...(peer.kind === 'monitor' && { secret: SECRET }) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'bench', 'load.ts'), JSON.stringify(whole)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error('the load generator failed')),
    );
  });
}

/** Resident memory of a process in MB (10^6 bytes). */
export function residentMb(peer: Peer): number {
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${peer.process.pid}/status`, 'utf8'))?.[1] ?? 0);
  return (kib * 1024) / 1e6;
}

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** One line of a report: the figure against its budget. */
export function verdict(what: string, figure: string, isWithin: boolean, budget: string): void {
  console.log(`${isWithin ? 'within' : 'MISSED'}  ${what}: ${figure} (budget ${budget})`);
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
