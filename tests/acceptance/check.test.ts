import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHECKERS } from '../../src/checkers/registry.ts';
import { eventually, makeHubHome, SECRET } from '../support/hub.ts';
import { untilGone } from '../support/processes.ts';
import { ROOT } from '../support/sources.ts';

const BIN = join(ROOT, 'bin/monitor');
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'monitor-check-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const environment = () => ({ PATH: process.env.PATH ?? '', HOME: home, INSTANCE_ID: 'web-server-03' });

function check(...args: string[]): SpawnSyncReturns<string> {
  const options = { cwd: home, env: environment(), encoding: 'utf8', timeout: 120_000 } as const;
  return spawnSync(process.execPath, [BIN, 'check', ...args], options);
}

function plugin(name: string, body: string): string {
  const path = join(home, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

function config(text: string): string {
  const path = join(home, `${text.length}.yaml`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const QUIET = ['cpu.warning', 'cpu.critical', 'memory.warning', 'memory.critical', 'load.warning', 'load.critical']
  .concat(['disk.warning', 'disk.critical', 'disk.inodes_warning', 'disk.inodes_critical', 'memory.swap_warning'])
  .concat(['network.warning', 'network.critical', 'reboot.required_warning'])
  .flatMap((option) => ['--set', `${option}=null`]);

describe('what it prints', () => {
  test('a line a check, the counts, and nothing on stderr', () => {
    const { status, stdout, stderr } = check(...QUIET);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {2}cpu +CPU at [\d.]+%/);
    expect(stdout).toMatch(/^ok {2}memory +Memory at [\d.]+%/m);
    expect(stdout).toMatch(/\n\n\d ok on \S+, in .+\n$/);
  });

  test('with --json one document on one line', () => {
    const { status, stdout } = check('--json', '--checkers', 'memory,load', ...QUIET);
    expect(status).toBe(0);
    expect(stdout.trimEnd()).not.toContain('\n');
    const { checks, ...document } = JSON.parse(stdout);
    expect(document).toEqual({ instance_id: 'web-server-03', hostname: expect.any(String), status: 'ok' });
    expect(checks.map((one: { checker: string }) => one.checker)).toEqual(['memory', 'load']);
    expect(Object.keys(checks[0])).toEqual(['checker', 'status', 'message', 'metrics', 'checked_at', 'duration_ms']);
  });

  test('with --list every checker, in text and in JSON', () => {
    const names = CHECKERS.map((checker) => checker.name);
    expect(
      check('--list')
        .stdout.trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
    const { checkers } = JSON.parse(check('--list', '--json').stdout);
    expect(checkers.map((one: { name: string }) => one.name)).toEqual(names);
    expect(check('--list', 'disk').stdout).toContain('inodes_warning');
  });
});

describe('exit codes are those of a plugin', () => {
  test.each([
    ['ok', 0, ['load', '--warning', '999', '--critical', '1000']],
    ['warning', 1, ['load', '--warning', '0', '--critical', '1000']],
    ['critical', 2, ['load', '--warning', '0', '--critical', '0']],
    ['the worst of several', 2, ['load', 'memory', '--warning', '0', '--critical', '0']],
    ['not available, but asked for', 3, ['process']],
  ])('%s', (_, code, args) => {
    expect(check(...args).status).toBe(code);
  });

  test.each([
    ['an unknown checker', ['cpuu'], 'did you mean cpu?'],
    ['an unknown option', ['--set', 'cpu.warnin=1'], 'did you mean warning?'],
    ['an unknown flag', ['--nope'], '--nope'],
    ['thresholds in the wrong order', ['cpu', '--warning', '95'], 'must not be beyond critical'],
    ['a file that is not there', ['--config', '/nonexistent.yaml'], '/nonexistent.yaml'],
  ])('3 for %s, with the fix, and as a document with --json', (_, args, fix) => {
    const text = check(...args);
    expect([text.status, text.stdout]).toEqual([3, expect.stringMatching(/^UNKNOWN: [^\n]+\n$/)]);
    for (const said of [text.stdout, text.stderr]) expect(said).toContain(fix);
    const json = check('--json', ...args);
    expect([json.status, json.stderr]).toEqual([3, '']);
    expect(JSON.stringify(JSON.parse(json.stdout))).toContain(fix);
  });
});

test('what an agent has seen and does not tell yet is shown, and changes no exit code', async () => {
  const env = { ...environment(), HUB_URL: 'http://127.0.0.1:9', MONITOR_STATE_DIR: join(home, 'held-back') };
  const options = { cwd: home, env, encoding: 'utf8', timeout: 120_000 } as const;
  const run = (...args: string[]) => spawnSync(process.execPath, [BIN, ...args], options);
  const file = config('checkers:\n  load: {warning: 0, critical: 1000}\n');
  const look = () => run('check', 'load', '--config', file);
  expect(look().stdout).not.toContain('not told yet');
  for (const seen of [1, 2]) {
    run('push-to-hub', '--checkers', 'load', '--config', file);
    expect(look()).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`[not told yet: ${seen} of 3 runs in a row]`),
    });
  }
  const { checks } = JSON.parse(run('check', 'load', '--json', '--config', file).stdout);
  expect(checks[0].not_told_yet).toEqual({ attempts: 3, for_ms: 0, seen: 2, since: expect.any(String) });
  run('push-to-hub', '--checkers', 'load', '--config', file);
  expect(look().stdout).not.toContain('not told yet');
});

test('eleven checks and more: nothing on stderr', () => {
  const plugins = Array.from({ length: 15 }, (_, i) => `      p${i}: {command: [/bin/true]}\n`).join('');
  const { status, stdout, stderr } = check(
    '--config',
    config(`checkers:\n  plugin:\n    plugins:\n${plugins}`),
    'plugin',
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('15 ok');
});

describe('configuration', () => {
  test('thresholds and plugins come from the file, and flags go over it', () => {
    const raid = plugin('check_raid', 'echo "RAID $1 of $SIZE|disks=3;;;0;4"; exit 1');
    const file = config(
      `checkers:\n  load: {warning: 0, critical: 1000}\n  plugin:\n    plugins:\n      raid: {command: [${raid}, degraded], env: {SIZE: "4"}}\n`,
    );
    const { status, stdout } = check('--config', file, '--json', 'load', 'plugin');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).checks).toMatchObject([
      { checker: 'load', status: 'warning' },
      {
        checker: 'plugin:raid',
        status: 'warning',
        message: 'RAID degraded of 4',
        metrics: { disks: { value: 3, max: 4 } },
      },
    ]);
    expect(check('--config', file, 'load', '--warning', '999').status).toBe(0);
    expect(check('--config', file, 'plugin:raid').stdout).toMatch(
      /^warning {2}plugin:raid {2}RAID degraded of 4 \| 'plugin:raid\.disks'=3;;;0;4 'plugin:raid\.exit_code'=1\n/,
    );
    expect(check('--config', file, 'plugin:raid', '--no-perfdata').stdout).toMatch(/RAID degraded of 4\n/);
  });

  test('a signal ends the plugins too, and what is known is told', async () => {
    const pidFile = join(home, 'pid');
    const slow = plugin('check_slow', `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 300`);
    const file = config(`checkers:\n  plugin:\n    plugins: {slow: {command: [${slow}], timeout: 5m}}\n`);
    const args = [BIN, 'check', '--config', file, 'plugin'];
    const child = spawn(process.execPath, args, {
      cwd: home,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const pid = await eventually(() => readFileSync(pidFile, 'utf8'));
    child.kill('SIGTERM');
    expect(await ended).toBe(3);
    expect(output).toContain('stopped before it had an answer');
    await untilGone(Number(pid));
  });
});

const canTrace = process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

(canTrace ? describe : describe.skip)('the default checkers start no program', () => {
  /** How many programs `monitor` with these arguments is and starts, and what it says. */
  function trace(args: readonly string[], folder: string, env: Record<string, string> = {}) {
    const file = join(folder, 'trace');
    const command = ['-f', '-e', 'trace=execve', '-o', file, process.execPath, BIN, ...args];
    const options = { cwd: folder, env: { ...environment(), HOME: folder, ...env }, encoding: 'utf8' } as const;
    const { stdout } = spawnSync('strace', command, { ...options, timeout: 120_000 });
    return { programs: readFileSync(file, 'utf8').match(/execve\(/g)?.length, stdout };
  }

  test('for monitor check, which looks for who uses the processors', () => {
    const { programs, stdout } = trace(['check', '--set', 'cpu.warning=0'], home);
    expect(stdout).toContain('CPU at');
    expect(programs).toBe(1);
  });

  test('for monitor push-to-hub, which delivers what they found', async () => {
    const hubHome = makeHubHome();
    try {
      const hub = await hubHome.serve();
      const folder = join(hubHome.folder, 'agent');
      mkdirSync(folder);
      writeFileSync(join(folder, 'monitor.yaml'), 'checkers:\n  cpu: {warning: 0}\n', { mode: 0o600 });
      const env = { HUB_URL: hub.url, WEBHOOK_SECRET_CLUSTER: SECRET, MONITOR_STATE_DIR: join(folder, 'state') };
      const { programs, stdout } = trace(['push-to-hub', '--json'], folder, env);
      expect(JSON.parse(stdout)).toMatchObject({ status: 'delivered', hub: { http_status: 200 } });
      expect(programs).toBe(1);
    } finally {
      await hubHome.remove();
    }
  });
});
