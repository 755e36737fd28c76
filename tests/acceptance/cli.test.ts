import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/commands/registry.ts';
import { ROOT } from '../support/sources.ts';

const BIN = join(ROOT, 'bin/monitor');
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
const NAMES = COMMANDS.map(({ name }) => name);
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'monitor-cli-'));
  mkdirSync(join(home, 'state'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Result = Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'>;

const environment = (env: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  MONITOR_STATE_DIR: join(home, 'state'),
  ...env,
});

/** Runs `monitor` as a process of its own, in an empty folder and with nothing of this environment. */
function monitor(args: readonly string[], env: Record<string, string> = {}): Result {
  return spawnSync(process.execPath, [BIN, ...args], {
    cwd: home,
    env: environment(env),
    encoding: 'utf8',
    timeout: 120_000,
  });
}

/** The same with a shell around it, `$monitor` being the program. */
function shell(script: string, env: Record<string, string> = {}): Result {
  const program = `monitor() { '${process.execPath}' '${BIN}' "$@"; }`;
  return spawnSync('bash', ['-c', `${program}\n${script}`], {
    cwd: home,
    env: environment(env),
    encoding: 'utf8',
    timeout: 120_000,
  });
}

describe('help and version', () => {
  test.each([['--help'], ['-h'], ['help']])('%s goes to stdout and names every command', (...args) => {
    const { status, stdout, stderr } = monitor(args);
    expect([status, stderr]).toEqual([0, '']);
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} .*${summary}$`, 'm'));
  });

  test.each(NAMES)('%s --help and help %s are the same and hold an example', (name) => {
    const help = monitor([name, '--help']);
    expect([help.status, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(/^Usage: monitor/);
    expect(help.stdout).toMatch(/^(Examples?|Commands):/m);
    expect(monitor(['help', name]).stdout).toBe(help.stdout);
  });

  test('--version is the version of the package', () => {
    expect(monitor(['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('neither is kept from a person by a wrong configuration', () => {
    expect(monitor(['--help'], { MONITOR_PORT: 'x', MONITOR_CONFIG: 'none' }).status).toBe(0);
    expect(monitor(['check', '--help'], { MONITOR_PORT: 'x' }).status).toBe(0);
  });
});

const UNKNOWN = /^UNKNOWN: [^\n]+\n$/;

describe('wrong words', () => {
  test.each([
    [['chekc'], 2, 'monitor: there is no command "chekc"; did you mean monitor check?\n'],
    [['check', '--jsno'], 3, "monitor: unknown option '--jsno' (Did you mean --json?)\n"],
    [['check', 'cpuu'], 3, /did you mean cpu\?/],
  ])('monitor %j ends with %d and the right word', (args, status, stderr) => {
    const result = monitor(args);
    // Of `check` a scheduler of plugins shows stdout alone.
    expect([result.status, result.stdout]).toEqual([status, status === 3 ? expect.stringMatching(UNKNOWN) : '']);
    expect(result.stderr).toEqual(typeof stderr === 'string' ? stderr : expect.stringMatching(stderr));
  });

  test('nothing at all shows the help and ends with 2', () => {
    const { status, stdout, stderr } = monitor([]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: monitor/);
  });
});

describe('errors', () => {
  test('a wrong configuration is told as a whole, and no secret with it', () => {
    const { status, stdout, stderr } = monitor(['check'], {
      MONITOR_PORT: 'x',
      WEBHOOK_SECRET_CLUSTER: 'canary',
      MONITOR_PROT: '1',
    });
    expect([status, stdout]).toEqual([3, expect.stringMatching(UNKNOWN)]);
    expect(stderr.split('\n')).toEqual([
      'monitor: 3 problems in the configuration',
      '  MONITOR_PROT: unknown setting; did you mean MONITOR_PORT?',
      '  MONITOR_PORT: must be a whole number from 0 to 65535, not "x"; for example MONITOR_PORT=8080',
      expect.stringMatching(/^ {2}WEBHOOK_SECRET_CLUSTER: must be a secret of at least 16 bytes/),
      '',
    ]);
    expect(stderr).not.toContain('canary');
  });

  test.each([[['check', '--json']], [['chekc', '--json']], [['check', '--json', '--nope']]])(
    '%j is one JSON document on one line of stdout',
    (args) => {
      const { status, stdout, stderr } = monitor(args, { MONITOR_PORT: 'x' });
      expect(status).toBeGreaterThan(1);
      expect(stderr).toBe('');
      expect(stdout.split('\n')).toHaveLength(2);
      expect(JSON.parse(stdout)).toEqual({ error: { message: expect.any(String), problems: expect.any(Array) } });
    },
  );

  test('the stack is shown at log level debug only', () => {
    expect(monitor(['check', 'nope']).stderr).not.toContain('    at ');
    expect(monitor(['check', 'nope'], { MONITOR_LOG_LEVEL: 'debug' }).stderr).toContain('    at ');
  });

  test('a file of the current folder counts, and is named with its line', () => {
    writeFileSync(join(home, 'monitor.yaml'), 'checkers:\n  memory:\n    warnin: 3\n');
    try {
      const { status, stderr } = monitor(['check']);
      expect(status).toBe(3);
      expect(stderr).toMatch(/monitor\.yaml:3: checkers\.memory\.warnin: .*did you mean warning\?/);
    } finally {
      rmSync(join(home, 'monitor.yaml'));
    }
  });
});

describe('stdout', () => {
  test('a reader that goes away is no error, and does not change the exit code', () => {
    const { stdout, stderr } = shell(
      'set -o pipefail; monitor check memory --set memory.warning=100 --set memory.critical=100 | true; echo $PIPESTATUS; monitor --help | head -1',
    );
    expect(stdout).toBe('0\nUsage: monitor [options] [command]\n');
    expect(stderr).toBe('');
  });

  test('what cannot be written is an error', () => {
    expect(shell('monitor --version > /dev/full').status).toBe(1);
    expect(shell('monitor --help > /dev/full').stderr).toMatch(/^monitor: ENOSPC/);
    expect(shell('monitor check memory > /dev/full').status).toBe(3);
  });

  test('colour is for terminals', () => {
    const { stdout, stderr } = monitor(['check', 'memory'], { TERM: 'xterm-256color' });
    expect(`${stdout}${stderr}`).not.toContain('\u001b[');
    expect(monitor(['check', 'memory'], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[');
    expect(monitor(['check', 'memory'], { FORCE_COLOR: '0' }).stdout).not.toContain('\u001b[');
  });
});
