import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/commands/registry.ts';

const BIN = join(import.meta.dirname, '../../bin/monitor');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-shells-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, args: readonly string[], input = '') {
  const env = { PATH: '/usr/bin:/bin', HOME: folder };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', env, input });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

/** Writes the script of a shell, and gives its path. */
function scriptOf(shell: string): string {
  const path = join(folder, `completion.${shell}`);
  writeFileSync(path, run(process.execPath, [BIN, 'completion', shell]));
  return path;
}

/** What stands on the line, and what is offered there: at least, and never. */
const LINES: readonly (readonly [words: readonly string[], offered: readonly string[], not: readonly string[]])[] = [
  [['monitor', 'inc'], ['incidents'], ['alerts']],
  [['monitor', 'incidents', 'a'], ['ack', 'assign'], ['list']],
  [['monitor', 'incidents', 'ack', '--f'], ['--for'], ['--json']],
  [['monitor', 'alerts', '--sev'], ['--severity'], ['--json']],
  [['monitor', 'alerts', 'list', '--status', ''], [], ['--json', 'firing', 'completion.bash']],
];

(has('bash') ? test : test.skip)('bash completes commands, their words and their options', () => {
  const path = scriptOf('bash');
  for (const [words, offered, not] of LINES) {
    const line = words.map((word) => `'${word}'`).join(' ');
    const script = `compopt() { :; }; source '${path}'; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _monitor; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const found = run('bash', ['-c', script]).split('\n');
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const word of not) expect(found).not.toContain(word);
  }
});

(has('fish') ? test : test.skip)('fish does the same', () => {
  const path = scriptOf('fish');
  for (const [words, offered, not] of LINES) {
    const found = run('fish', ['-c', `source '${path}'; complete -C '${words.join(' ')}'`])
      .split('\n')
      .map((line) => line.split('\t')[0]);
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const word of not) expect(found).not.toContain(word);
  }
});

(has('zsh') ? test : test.skip)('zsh does the same; it filters what it is given itself', () => {
  const path = scriptOf('zsh');
  for (const [words, offered] of LINES) {
    const line = words.map((word) => `'${word}'`).join(' ');
    const stubs = `compdef() { :; }; _message() { :; }; _describe() { print -rl -- \${(P)\${@[-1]}} }`;
    const found = run('zsh', ['-f', '-c', `${stubs}; source '${path}'; words=(${line}); CURRENT=$#words; _monitor`])
      .split('\n')
      .map((one) => one.split(':')[0]);
    expect(found).toEqual(expect.arrayContaining([...offered]));
  }
});

test('a shell that is not known is told with those that are', () => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'completion', 'csh'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'monitor: the shell must be one of bash, zsh, fish, not "csh"\n',
  });
});

test('there is a page of man for the program and for each command, and groff has nothing to say of any', () => {
  run(process.execPath, [BIN, 'manual', '--output', 'man']);
  const names = ['monitor.1', ...COMMANDS.map(({ name }) => `monitor-${name}.1`)];
  expect(readdirSync(join(folder, 'man')).toSorted()).toEqual(names.toSorted());
  if (!has('groff')) return;
  for (const name of names) run('groff', ['-man', '-ww', '-z', join('man', name)]);
  const text = run('groff', ['-man', '-Tascii', '-P-cbou', join('man', 'monitor-silences.1')]);
  expect(text).toMatch(/monitor silences add matcher\.\.\. +\[options\]/);
  expect(text).toContain('--dry-run');
});
