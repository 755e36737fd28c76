import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../support/sources.ts';

const REMOVER = join(ROOT, 'tests/support/remove-after.sh');

test('the files that are started first are there', () => {
  const seconds = JSON.parse(readFileSync(join(ROOT, 'tests/support/slow-files.json'), 'utf8')) as object;
  const missing = Object.keys(seconds).filter((path) => !existsSync(join(ROOT, 'tests', path)));
  expect(missing).toEqual([]);
});

test('what a run shares goes with it, also when it is killed: the server is stopped, its folder removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-remove-'));
  const server = spawn('sleep', ['1000']);
  const stopped = once(server, 'exit');
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/postmaster.pid'), `${server.pid}\n${folder}/data\n`);
  // The run holds the other end of the script's standard input.
  const program = `
    const stdio = ['pipe', 'inherit', 'ignore'];
    require('node:child_process').spawn('sh', process.argv.slice(1), { detached: true, stdio });
    console.log('it runs'); setInterval(() => {}, 1000)`;
  const run = spawn(process.execPath, ['-e', program, REMOVER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(run.stdout, 'data');
  const removed = once(run.stdout.resume(), 'close');
  expect([existsSync(folder), server.exitCode]).toEqual([true, null]);
  run.kill('SIGKILL');
  expect((await stopped)[1]).toBe('SIGQUIT');
  await removed;
  expect(existsSync(folder)).toBe(false);
});
