import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ConfigFile, readConfigFile } from '../../../src/config/file.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-fragments-'));
  mkdirSync(join(cwd, 'conf.d'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Reads a configuration of these files; places are relative to its folder. */
function read(texts: Readonly<Record<string, string>>): { file: ConfigFile | null; problems: string[] } {
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, name), text, { mode: 0o600 });
  const problems: string[] = [];
  const file = readConfigFile(undefined, cwd, problems);
  return { file, problems: problems.map((problem) => problem.replaceAll(`${cwd}/`, '')) };
}

const places = (file: ConfigFile | null, ...keys: string[][]) =>
  keys.map((one) => file?.at(one).replace(`${cwd}/`, ''));

test('maps are joined by their keys, lists follow each other, and every value keeps its line', () => {
  const { file, problems } = read({
    'monitor.yaml': 'log:\n  level: warn\nnotify:\n  routes:\n    - {name: a}\n',
    'conf.d/20-b.yaml': 'notify:\n  routes:\n    - {name: b}\n    - name: c\n',
    'conf.d/10-a.yml': '# teams\nnotify:\n  channels: {ops: {type: log}}\nport: 9000\n',
  });
  expect(problems).toEqual([]);
  expect(file?.values).toEqual({
    log: { level: 'warn' },
    port: 9000,
    notify: { routes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], channels: { ops: { type: 'log' } } },
  });
  expect(file?.files.map((path) => path.slice(cwd.length + 1))).toEqual([
    'monitor.yaml',
    'conf.d/10-a.yml',
    'conf.d/20-b.yaml',
  ]);
  expect(
    places(file, ['log', 'level'], ['port'], ['notify', 'routes', '2', 'name'], ['notify', 'routes', '1', 'gone']),
  ).toEqual(['monitor.yaml:2', 'conf.d/10-a.yml:4', 'conf.d/20-b.yaml:4', 'conf.d/20-b.yaml:3']);
  expect(places(file, ['notify', 'channels', 'ops'], ['nowhere'], ['notify', 'gone'])).toEqual([
    'conf.d/10-a.yml:3',
    'monitor.yaml',
    'monitor.yaml:3',
  ]);
});

test('a value that two files set is a problem that names both', () => {
  const { problems } = read({ 'monitor.yaml': 'port: 1\nlog: {level: info}\n', 'conf.d/x.yaml': 'port: 2\nlog: []\n' });
  expect(problems).toEqual([
    'conf.d/x.yaml:1: port: is set in monitor.yaml:1, too; remove one of them',
    'conf.d/x.yaml:2: log: is set in monitor.yaml:2, too; remove one of them',
  ]);
});

test('a broken fragment is named, and those of editors and package managers do not count', () => {
  const { problems } = read({
    'monitor.yaml': 'port: 1\n',
    'conf.d/x.yaml': 'a: [\n',
    'conf.d/y.yaml~': '[',
    'conf.d/.y.yaml': '[',
    'conf.d/y.yaml.dpkg-old': '[',
  });
  expect(problems).toEqual([expect.stringMatching(/^conf\.d\/x\.yaml:\d: is not valid YAML: /)]);
});

test('an empty fragment, and one with a name of a prototype, change nothing else', () => {
  const { file, problems } = read({
    'monitor.yaml': 'port: 1\n',
    'conf.d/x.yaml': '',
    'conf.d/y.yaml': '__proto__: {port: 2}\n',
  });
  expect(problems).toEqual([]);
  expect(file?.values.port).toBe(1);
  expect(Object.getPrototypeOf(file?.values)).toBe(Object.prototype);
});

test('a conf.d in the working folder does not count without a configuration file beside it', () => {
  expect(read({ 'conf.d/x.yaml': 'port: 1\n' })).toEqual({ file: null, problems: [] });
});
