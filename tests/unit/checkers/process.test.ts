import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { process as checker } from '../../../src/checkers/process.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine({ 'proc/uptime': '10000.0 1.0\n' });
});
afterEach(() => machine.remove());

function put(pid: number, name: string, ageSeconds: number, state = 'S', args: string[] = []): void {
  const fields = `${state} 1 1 1 0 -1 0 0 0 0 0 7 3 0 0 20 0 1 0 ${(10_000 - ageSeconds) * 100} 1000 20 1`;
  machine.write(`proc/${pid}/stat`, `${pid} (${name}) ${fields}\n`);
  machine.write(`proc/${pid}/cmdline`, (args.length > 0 ? args : [name]).map((word) => `${word}\0`).join(''));
}

async function look(wanted: unknown) {
  const [result] = (await runOn(machine, checker.bind({ processes: [wanted] }))).results;
  return result;
}

test.each<[string, unknown, string, string]>([
  ['one that runs', 'sshd', 'ok', 'sshd: 1 process, up 5 min'],
  ['one that does not', 'nginx', 'critical', 'nginx: 0 processes, at least 1 wanted'],
  ['part of a name is another program', 'ssh', 'critical', 'ssh: 0 processes, at least 1 wanted'],
  ['too few', { name: 'worker', min: 3, state: 'warning' }, 'warning', 'worker: 2 processes, at least 3 wanted'],
  ['too many', { name: 'worker', max: 1 }, 'critical', 'worker: 2 processes, at most 1 wanted'],
  ['one that must not run', { name: 'nginx', min: 0, max: 0 }, 'ok', 'nginx: 0 processes'],
  [
    'restarted lately',
    { name: 'worker', min_age: '1m' },
    'warning',
    'worker: 2 processes, the youngest started 30 s ago',
  ],
  [
    'one that hangs',
    { name: 'worker', max_age: '1h' },
    'warning',
    'worker: 2 processes, the oldest has run for 2 h, longer than 1 h',
  ],
  [
    'a name longer than the kernel keeps',
    'a-very-long-program-name',
    'ok',
    'a-very-long-program-name: 1 process, up 1 s',
  ],
  ['one that has ended and waits for its parent', 'zombie', 'critical', 'zombie: 0 processes, at least 1 wanted'],
  ['one whose runtime renamed it', 'node', 'ok', 'node: 1 process, up 40 s'],
  ['told apart by an argument', { name: 'java', argument: '-Dapp=b' }, 'ok', 'java: 1 process, up 20 s'],
])('%s', async (_, wanted, status, message) => {
  put(1, 'sshd', 300);
  put(2, 'worker', 30);
  put(3, 'worker', 7200);
  put(4, 'a-very-long-pro', 1);
  put(5, 'zombie', 1, 'Z');
  put(6, 'java', 10, 'S', ['java', '-Dapp=a']);
  put(7, 'java', 20, 'S', ['java', '-Dapp=b']);
  put(8, 'node-MainThread', 40, 'S', ['/usr/bin/node', 'server.js']);
  expect(await look(wanted)).toMatchObject({ status, message });
});

test('two of one name are refused until one is called otherwise', () => {
  const twice = [
    { name: 'java', argument: 'a' },
    { name: 'java', argument: 'b' },
  ];
  expect(() => checker.bind({ processes: twice })).toThrow('give one of them another');
  const checks = checker.bind({ processes: [twice[0], { ...twice[1], as: 'search' }] });
  expect(checks.map((check) => check.name)).toEqual(['process:java', 'process:search']);
});

describe('on this machine', () => {
  let child: ChildProcess;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-process-'));
    symlinkSync(globalThis.process.execPath, join(folder, 'monitor-t3st'));
    child = spawn(join(folder, 'monitor-t3st'), ['-e', 'setInterval(() => {}, 1000)']);
  });
  afterEach(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true });
  });

  test('a process that was just started is found', async () => {
    await new Promise((resolve) => child.once('spawn', resolve));
    const checks = checker.bind({ processes: [{ name: 'monitor-t3st', argument: 'setInterval', min_age: '1d' }] });
    const [result] = (await runOn(machine, checks, { proc: '/proc', clock: systemClock })).results;
    expect(result).toMatchObject({ status: 'warning', metrics: { count: 1, pids: [child.pid] } });
  });
});
