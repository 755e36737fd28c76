import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createExec } from '../../../src/lib/exec.ts';
import { eventually } from '../../support/hub.ts';
import { untilGone } from '../../support/processes.ts';

const exec = createExec();
const LONG = { timeoutMs: 120_000 };
const folders: string[] = [];

function script(body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-exec-'));
  folders.push(folder);
  const path = join(folder, 'script');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('what a program leaves behind', () => {
  test('its exit code and both outputs', async () => {
    const result = await exec([script('echo out; echo err >&2; exit 7')], LONG);
    expect(result).toEqual({ code: 7, signal: null, stdout: 'out\n', stderr: 'err\n', timedOut: false });
  });

  test('the signal that ended it', async () => {
    expect(await exec([script('kill -TERM $$')], LONG)).toMatchObject({
      code: null,
      signal: 'SIGTERM',
      timedOut: false,
    });
  });

  test('the first 64 KiB of an output that does not block the program', async () => {
    const result = await exec([script('yes 0123456789 | head -c 5000000; exit 3')], LONG);
    expect(result.code).toBe(3);
    expect(result.stdout.length).toBe(64 * 1024);
  });
});

describe('how it is started', () => {
  test('without a shell: arguments arrive as they are', async () => {
    const words = ['$(id)', '; rm -rf /', '*', 'a b', '', '"'];
    const result = await exec([script(`printf '<%s>' "$@"`), ...words], LONG);
    expect(result.stdout).toBe(words.map((word) => `<${word}>`).join(''));
  });

  test('with PATH and LC_ALL and what is given, and nothing of our own environment', async () => {
    process.env.MONITOR_TEST_SECRET = 'not for children';
    try {
      const { stdout } = await exec(['env'], { ...LONG, env: { GIVEN: '1' } });
      const names = stdout.split('\n').map((line) => line.split('=')[0]);
      expect(names.filter((name) => name !== '' && name !== 'PWD').toSorted()).toEqual(['GIVEN', 'LC_ALL', 'PATH']);
    } finally {
      delete process.env.MONITOR_TEST_SECRET;
    }
  });

  test.each([
    ['a program that is not there', ['/nonexistent/program', 'secret-argument'] as const, 'no such program'],
    [
      'a file that is not executable',
      ['/etc/passwd', 'secret-argument'] as const,
      'it is not executable for this user',
    ],
    ['an argument with NUL', ['/bin/true', 'secret-argument\0'] as const, 'an argument holds a NUL character'],
  ])('%s is refused, and its arguments are not told', async (_, argv, reason) => {
    await expect(exec(argv, LONG)).rejects.toThrow(`cannot start ${argv[0]}: ${reason}`);
    await expect(exec(argv, LONG)).rejects.not.toThrow('secret-argument');
  });

  test('not at all when its time is up already', async () => {
    await expect(exec(['/bin/true'], { ...LONG, signal: AbortSignal.abort() })).rejects.toThrow('it timed out');
  });
});

describe('nothing is left behind', () => {
  test('when the time is up, the program and all it started are killed', async () => {
    const program = script('trap "" TERM; sleep 300 & echo $!; echo $$; sleep 300');
    // On a busy machine it has not said its ids when a short time is up.
    for (let timeoutMs = 300; ; timeoutMs *= 4) {
      const result = await exec([program], { timeoutMs });
      expect(result).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
      const pids = result.stdout.trim().split('\n').map(Number);
      if (pids.length < 2) continue;
      for (const pid of pids) await untilGone(pid);
      return;
    }
  });

  test('when its caller gives up, likewise', async () => {
    const controller = new AbortController();
    const program = script('touch "$0.runs"; sleep 300');
    const running = exec([program], { ...LONG, signal: controller.signal });
    await eventually(() => readFileSync(`${program}.runs`));
    controller.abort();
    expect(await running).toMatchObject({ signal: 'SIGKILL', timedOut: true });
  });

  test('when the program ended before what it started', async () => {
    const result = await exec([script('sleep 300 & echo $!; exit 0')], LONG);
    expect(result).toMatchObject({ code: 0, timedOut: false });
    await untilGone(Number(result.stdout));
  });

  test('and one that left the group but holds the output does not keep us waiting', async () => {
    const leaves = `setsid sh -c 'echo $$; touch "$0.left"; exec sleep 300' "$0" &\n`;
    const result = await exec([script(`${leaves}until [ -e "$0.left" ]; do sleep 0.02; done; exit 1`)], LONG);
    expect(result).toMatchObject({ code: 1, timedOut: false, stdout: expect.stringMatching(/^\d+\n$/) });
    process.kill(Number(result.stdout), 'SIGKILL');
  });
});
