import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readYamlFiles } from '../../../src/config/file.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-yaml-files-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function read(named: string, texts: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const problems: string[] = [];
  const file = readYamlFiles(named, cwd, problems);
  const place = (...keys: string[]) => file?.at(keys).replace(`${cwd}/`, '');
  return { values: file?.values, place, problems: problems.map((problem) => problem.replaceAll(`${cwd}/`, '')) };
}

test('one file is read, and nothing of the fragments of our own configuration that stand beside it', () => {
  const { values, problems } = read('cases.yaml', { 'cases.yaml': 'cases: []\n', 'conf.d/a.yaml': 'port: 1\n' });
  expect([values, problems]).toEqual([{ cases: [] }, []]);
});

test('merge keys count', () => {
  const { values } = read('a.yaml', { 'a.yaml': 'x: &x {interval: 5m, a: 1}\nendpoints:\n- {<<: *x, a: 2}\n' });
  expect(values?.endpoints).toEqual([{ interval: '5m', a: 2 }]);
});

test('a folder is its YAML files and those of its folders, joined, each value with its place', () => {
  const { values, place, problems } = read('.', {
    'a.yaml': 'endpoints: [{name: a}]\n',
    'more/b.yml': 'endpoints:\n  - name: b\n',
    'more/.hidden/c.yaml': 'endpoints: [{name: c}]\n',
    'readme.md': '# no YAML: [',
  });
  expect([values, problems]).toEqual([{ endpoints: [{ name: 'a' }, { name: 'b' }] }, []]);
  expect(place('endpoints', '1', 'name')).toBe('more/b.yml:2');
});

test('a folder as Kubernetes mounts it, files by links into a folder that is hidden, is read once', () => {
  mkdirSync(join(cwd, '..2026_11'));
  writeFileSync(join(cwd, '..2026_11/config.yaml'), 'endpoints: [{name: a}]\n');
  symlinkSync('..2026_11', join(cwd, '..data'));
  symlinkSync('..data/config.yaml', join(cwd, 'config.yaml'));
  const { values, problems } = read('.', {});
  expect([values, problems]).toEqual([{ endpoints: [{ name: 'a' }] }, []]);
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['none.yaml', {}, /^none\.yaml: cannot be used: /],
  ['.', {}, /: holds no file that ends with \.yaml or \.yml$/],
  ['.', { 'a.yaml': 'a: 1', 'b.yaml': 'a: [' }, /^b\.yaml:1: is not valid YAML: /],
  ['a.yaml', { 'a.yaml': '- 1\n' }, /^a\.yaml: must hold settings/],
])('%s of %j is refused', (named, texts, fault) => {
  const { values, problems } = read(named, texts);
  expect([values, problems]).toEqual([undefined, [expect.stringMatching(fault)]]);
});
