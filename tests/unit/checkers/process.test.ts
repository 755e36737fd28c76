import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { process as checker } from '../../../src/checkers/process.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { cannedExec, createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine({ 'proc/uptime': '10000.0 1.0\n' });
});
afterEach(() => machine.remove());

interface More {
  readonly parent?: number;
  readonly session?: number;
  readonly threads?: number;
}

function addProcess(
  pid: number,
  name: string,
  ageSeconds: number,
  state = 'S',
  args: string[] = [],
  more: More = {},
): void {
  const { parent = 1, session = 1, threads = 1 } = more;
  const fields = `${state} ${parent} 1 ${session} 0 -1 0 0 0 0 0 7 3 0 0 20 0 ${threads} 0 ${(10_000 - ageSeconds) * 100} 1000 20 1`;
  machine.write(`proc/${pid}/stat`, `${pid} (${name}) ${fields}\n`);
  machine.write(`proc/${pid}/cmdline`, (args.length > 0 ? args : [name]).map((word) => `${word}\0`).join(''));
}

async function look(wanted: unknown, exec = cannedExec().exec) {
  const [result] = (await runOn(machine, checker.bind({ processes: [wanted] }), { exec })).results;
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
  addProcess(1, 'sshd', 300);
  addProcess(2, 'worker', 30);
  addProcess(3, 'worker', 7200);
  addProcess(4, 'a-very-long-pro', 1);
  addProcess(5, 'zombie', 1, 'Z');
  addProcess(6, 'java', 10, 'S', ['java', '-Dapp=a']);
  addProcess(7, 'java', 20, 'S', ['java', '-Dapp=b']);
  addProcess(8, 'node-MainThread', 40, 'S', ['/usr/bin/node', 'server.js']);
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

describe('who is counted', () => {
  test.each([
    ['the command line decides where the name was cut', 'docker-containe', ['/usr/bin/docker-containerd-shim'], 0],
    ['as it was cut, where the command line tells no more', 'docker-containe', ['x'], 1],
    ['of a script, the word that begins so', 'docker-containe', ['/bin/sh', '/opt/docker-containerd'], 1],
    ['of another script', 'docker-containe', ['/bin/sh', '/opt/docker-containerd-shim', 'docker-containerd'], 0],
    ['a title over the command line', 'docker-containe', ['docker-containerd: worker 1'], 1],
  ])('%s', async (_, name, args, count) => {
    addProcess(1, 'init', 9000);
    addProcess(2, name, 10, 'S', args);
    expect((await look('docker-containerd'))?.metrics.count).toBe(count);
  });

  test('a name of exactly fifteen characters may be the beginning of another', async () => {
    addProcess(2, 'docker-containe', 10, 'S', ['/usr/bin/docker-containerd']);
    expect(await look('docker-containe')).toMatchObject({ status: 'critical' });
  });

  test('a process whose first thread has ended runs on; one without any has not', async () => {
    addProcess(2, 'leaderless', 10, 'Z', [], { threads: 2 });
    addProcess(3, 'gone', 10, 'Z', [], { threads: 1 });
    expect(await look('leaderless')).toMatchObject({ status: 'ok' });
    expect(await look('gone')).toMatchObject({ status: 'critical' });
  });

  test('the looker, and what it started to look, are not what it looks for', async () => {
    addProcess(1, 'cron', 9000);
    addProcess(50, 'sh', 5, 'S', ['sh', '-c', 'monitor check process --set x=[{name: sh, argument: backup}]']);
    addProcess(51, 'node', 5, 'S', ['node', '/bin/monitor', 'check'], { parent: 50, session: 50 });
    addProcess(52, 'check_sh', 1, 'S', ['check_sh', 'backup'], { parent: 51, session: 52 });
    addProcess(60, 'node', 500, 'S', ['node', 'server.js']);
    symlinkSync('51', join(machine.folder, 'proc/self'));
    expect((await look('node'))?.metrics.pids).toEqual([60]);
    expect((await look('check_sh'))?.metrics.count).toBe(0);
    expect((await look({ name: 'sh', argument: 'backup' }))?.metrics.count).toBe(0);
    expect((await look('cron'))?.metrics.count).toBe(1);
  });
});

describe('what may not be seen is unknown', () => {
  const proc = (options: string) =>
    machine.write('proc/self/mountinfo', `20 1 0:5 / /proc rw - proc proc ${options}\n`);

  test.each([
    ['rw,hidepid=2', 'unknown'],
    ['rw,hidepid=invisible', 'unknown'],
    ['rw,gid=4,hidepid=ptraceable', 'unknown'],
    ['rw', 'critical'],
    ['rw,hidepid=0', 'critical'],
    ['rw,hidepid=off', 'critical'],
  ])('/proc mounted with %s, the first process unseen', async (options, status) => {
    addProcess(700, 'sh', 10);
    proc(options);
    expect(await look('sshd')).toMatchObject({ status });
  });

  test('but not to root, and not where enough are seen', async () => {
    addProcess(700, 'sh', 10);
    proc('rw,hidepid=2');
    expect(await look('sh')).toMatchObject({ status: 'ok' });
    expect(await look({ name: 'sh', max: 3 })).toMatchObject({ status: 'unknown' });
    addProcess(1, 'init', 9000);
    expect(await look('sshd')).toMatchObject({ status: 'critical' });
  });

  test('no process at all', async () => {
    expect(await look('sshd')).toMatchObject({ status: 'unknown', message: expect.stringContaining('no process') });
  });

  test('a process that waits in the kernel is asked for its command line by another', async () => {
    addProcess(1, 'init', 9000);
    addProcess(2, 'docker-containe', 10, 'D', ['not to be read here']);
    const argv = ['head', join(machine.folder, 'proc/2/cmdline')];
    const told = (stdout: string) => cannedExec([{ argv, stdout }]).exec;
    expect(await look('docker-containerd', told('/bin/docker-containerd\0'))).toMatchObject({ status: 'ok' });
    expect(await look('docker-containerd', told('/bin/docker-containerd-shim\0'))).toMatchObject({
      status: 'critical',
    });
    const silent = cannedExec([{ argv, timedOut: true, code: null }]).exec;
    expect(await look('docker-containerd', silent)).toMatchObject({
      status: 'unknown',
      message:
        'docker-containerd: 0 processes can be seen; 1 more wait in the kernel and do not tell their command line',
    });
  });

  test('how old, where the uptime is that of a container and the processes started with the host', async () => {
    machine.write('proc/uptime', '30.0 1.0\n');
    addProcess(2, 'worker', 10);
    expect(await look({ name: 'worker', min_age: '1m' })).toMatchObject({ status: 'unknown' });
    expect(await look('worker')).toMatchObject({ status: 'ok', message: 'worker: 1 process' });
  });
});
