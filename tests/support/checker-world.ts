import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Check, World } from '../../src/checkers/contract.ts';
import { type RunOptions, type RunOutcome, runChecks } from '../../src/checkers/run.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Exec, ExecResult } from '../../src/lib/exec.ts';

/** A machine made of files in a folder of its own; `remove` takes the folder away. */
export interface TestMachine {
  readonly folder: string;
  write(path: string, text: string): void;
  /** Copies a fixture over what is there. */
  copy(fixture: string): void;
  remove(): void;
}

/** Folders `proc`, `sys` and `root` stand for /proc, /sys and /. */
export function createMachine(files: Readonly<Record<string, string>> = {}): TestMachine {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-machine-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const place of ['proc', 'sys', 'root']) mkdirSync(join(folder, place));
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    folder,
    write,
    copy: (fixture) => {
      if (existsSync(fixture)) cpSync(fixture, folder, { recursive: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Start of the time of tests: 2026-03-29T12:00:00Z. */
export const START = 1_774_785_600_000;

/**
 * A clock on which short waits are over at once and the limits of checks never come; `onWait` is called when a wait is
 * over, to change the machine meanwhile.
 */
export function quickClock(onWait: () => void = () => {}, horizonMs = 2000): Clock {
  let passed = 0;
  return {
    now: () => START + passed,
    monotonic: () => passed,
    after: (ms, fn) => {
      if (ms > horizonMs) return () => {};
      const timer = setImmediate(() => {
        passed += ms;
        onWait();
        fn();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** A clock on which every limit is up before anything else happens. */
export function impatientClock(): Clock {
  return {
    now: () => START,
    monotonic: () => 0,
    after: (_, fn) => {
      fn();
      return () => {};
    },
  };
}

/** What a program answers, by its name and the first arguments that matter. */
export interface Answer extends Partial<ExecResult> {
  readonly argv: readonly string[];
}

/** An `Exec` that answers from a list and keeps what it was asked; what is not on the list cannot be started. */
export function cannedExec(answers: readonly Answer[] = []): { exec: Exec; calls: string[][] } {
  const calls: string[][] = [];
  const exec: Exec = async (argv) => {
    calls.push([...argv]);
    const answer = answers.find((one) => one.argv.every((word) => argv.includes(word)));
    if (answer === undefined) throw new Error(`cannot start ${argv[0]}: no such program`);
    return { code: 0, signal: null, stdout: '', stderr: '', timedOut: false, ...answer };
  };
  return { exec, calls };
}

/** Runs checks on a test machine. */
export function runOn(
  machine: TestMachine,
  checks: readonly Check[],
  more: Partial<RunOptions> = {},
): Promise<RunOutcome> {
  return runChecks({
    checks: checks.map((check) => ({ check, asked: true })),
    clock: quickClock(),
    exec: cannedExec().exec,
    remembered: {},
    platform: 'linux',
    proc: join(machine.folder, 'proc'),
    sys: join(machine.folder, 'sys'),
    root: join(machine.folder, 'root'),
    ...more,
  });
}

/** A check that does as told. */
export function fakeCheck(
  name: string,
  run: (world: World) => ReturnType<Check['run']>,
  more: Partial<Check> = {},
): Check {
  return { name, title: name, timeoutMs: 10_000, available: async () => null, run, ...more };
}
