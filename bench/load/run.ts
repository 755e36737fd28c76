import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cpuOf, endedChildrenCpu } from '../cpu.ts';
import { type Peer, SECRET, temporaryFolder } from '../processes.ts';
import { type Job, requestsOf } from './requests.ts';

/** Result of one run of a load generator. */
export interface LoadResult {
  /** Answered requests. */
  readonly requests: number;
  /** Answered with another status than 2xx, timed out or lost. */
  readonly failed: number;
  readonly seconds: number;
  /** Requests sent, including those still unanswered at the end. */
  readonly sent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time over wall time, of the server and of the generator. */
  readonly cores: number;
  readonly generatorCores: number;
}

/** A job without what follows from the server. */
export type Load = Omit<Job, 'kind' | 'port' | 'secret'>;

/** The version of wrk; null where it is not installed. */
export function wrkVersion(): string | null {
  const { stdout, error } = spawnSync('wrk', ['-v'], { encoding: 'utf8' });
  return error === undefined ? (/^wrk \S*?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'of unknown version') : null;
}

/** Runs a job with `wrk -t1`, or with Node.js where wrk is not installed or each request must be sent exactly once. */
export async function load(peer: Peer, job: Load): Promise<LoadResult> {
  const whole: Job = { ...job, kind: peer.kind, port: peer.port, ...(peer.kind === 'monitor' && { secret: SECRET }) };
  const pid = peer.process.pid ?? 0;
  const before = { server: cpuOf([pid]), generator: endedChildrenCpu() };
  const result = job.once || wrkVersion() === null ? await byNode(whole) : await byWrk(whole);
  const cores = (cpuOf([pid]) - before.server) / result.seconds;
  const generatorCores = (endedChildrenCpu() - before.generator) / result.seconds;
  if (job.signature === 'v2' && result.sent > (job.requests ?? job.instances)) {
    throw new Error(`all ${job.requests} prepared requests were used up, and none may be sent twice: prepare more`);
  }
  return { ...result, cores, generatorCores };
}

function byNode(job: Job): Promise<LoadResult> {
  return resultOf(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'node.ts'), JSON.stringify(job)]);
}

async function byWrk(job: Job): Promise<LoadResult> {
  const folder = temporaryFolder();
  try {
    const file = join(folder, 'requests');
    writeRequests(file, requestsOf(job));
    const flags = ['-t1', `-c${job.connections}`, `-d${Math.max(1, Math.round(job.seconds))}s`];
    const script = ['-s', join(import.meta.dirname, 'requests.lua')];
    return await resultOf('wrk', [...flags, ...script, `http://127.0.0.1:${job.port}`, '--', file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeRequests(file: string, requests: readonly Buffer[]): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const request of requests) writeSync(descriptor, Buffer.concat([Buffer.from(`${request.length}\n`), request]));
  } finally {
    closeSync(descriptor);
  }
}

function resultOf(program: string, args: readonly string[]): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const orphan = () => child.kill('SIGKILL');
    process.once('exit', orphan);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', orphan);
      const line = text.split('\n').find((one) => one.startsWith('{'));
      if (code === 0 && line !== undefined) resolve(JSON.parse(line));
      else reject(new Error(`${program} failed: ${text}`));
    });
  });
}
