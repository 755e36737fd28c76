import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codePath } from '../../src/lib/files/precompiled.ts';
import { ROOT } from '../support/sources.ts';

const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, readdirSync(DIST).find((name) => /^agent\.[0-9a-f]{16}\.cjs$/.test(name)) ?? 'none');

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'monitor-precompiled-'));
  for (const name of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function check() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'bin/monitor'), 'check', 'memory'], {
    env: { PATH: process.env.PATH ?? '', MONITOR_STATE_DIR: join(copy, 'state') },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stderr, firstWords: /^\w+\s+memory\s+Memory at/.test(stdout) };
}

test('the build leaves the compiled code of the agent beside it, whole and such as this Node.js takes', () => {
  // The options of this process may be others than those of a program that is called: they are asked of one.
  const script = `
    const { Script } = require('node:vm');
    const { readFileSync } = require('node:fs');
    const cachedData = readFileSync(process.argv[2]).subarray(32);
    console.log(new Script(readFileSync(process.argv[1], 'latin1'), { cachedData }).cachedDataRejected);`;
  const { stdout } = spawnSync(process.execPath, ['-e', script, BUNDLE, codePath(BUNDLE)], {
    env: {},
    encoding: 'utf8',
  });
  expect(stdout).toBe('false\n');
  expect(() => new Script(readFileSync(BUNDLE, 'latin1'))).not.toThrow();
});

test('the agent does the same without the code, and with one that a disk has damaged', () => {
  const code = codePath(join(copy, 'dist', basename(BUNDLE)));
  const whole = check();
  expect(whole).toEqual({ status: expect.any(Number), stderr: '', firstWords: true });
  const bytes = readFileSync(code);
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 4096);
  writeFileSync(code, bytes);
  expect(check()).toEqual(whole);
  rmSync(code);
  expect(check()).toEqual(whole);
});
