import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

/** What a process of `monitor` left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `monitor`. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts bin/monitor (of this checkout, or of a copy at `root`) as a process of its own, with nothing of this environment but PATH, and with `input` on its stdin. */
export function startMonitor(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  root: string = ROOT,
  input = '',
): Running {
  const child = spawn(process.execPath, [join(root, 'bin/monitor'), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // One that ends without reading it.
  child.stdin.on('error', () => {}).end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
