import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { moveFile, replaceFile } from '../../../../src/lib/files/durable.ts';
import { makePrivateFolder } from '../../../../src/lib/files/folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('makePrivateFolder', () => {
  test('makes it and its parents for the owner only', () => {
    makePrivateFolder(join(folder, 'a/b'));
    expect(mode(join(folder, 'a/b'))).toBe('700');
    expect(mode(join(folder, 'a'))).toBe('700');
  });

  test('leaves one that exists as it is', () => {
    mkdirSync(join(folder, 'shared'));
    chmodSync(join(folder, 'shared'), 0o755);
    makePrivateFolder(join(folder, 'shared'));
    expect(mode(join(folder, 'shared'))).toBe('755');
  });

  test('says why where no folder can be made, also where Node itself would try for ever', () => {
    const where = existsSync('/proc/self') ? '/proc/monitor/state' : '/dev/null/state';
    expect(() => makePrivateFolder(where)).toThrow(/EN|EACCES|EROFS/);
  });
});

describe('replaceFile', () => {
  test('writes for the owner only, replaces, and leaves nothing beside it', async () => {
    const path = join(folder, 'agent.json');
    await replaceFile(path, 'old');
    await replaceFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(mode(path)).toBe('600');
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });

  test('what a killed writer left half done is no hindrance', async () => {
    writeFileSync(join(folder, '.agent.json.new'), 'half of a much longer tex');
    await replaceFile(join(folder, 'agent.json'), 'whole');
    expect(readFileSync(join(folder, 'agent.json'), 'utf8')).toBe('whole');
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });

  test('a write that fails leaves the old file and no other', async () => {
    mkdirSync(join(folder, 'agent.json'));
    await expect(replaceFile(join(folder, 'agent.json'), 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['agent.json']);
  });
});

test('moveFile renames', async () => {
  writeFileSync(join(folder, 'a'), '1');
  await moveFile(join(folder, 'a'), join(folder, 'b'));
  expect(readdirSync(folder)).toEqual(['b']);
});
