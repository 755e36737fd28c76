import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makePrivateFolder } from '../../../../src/lib/files/folder.ts';

test('makes a folder and its parents for their owner only, and leaves one that exists as it is', () => {
  const root = mkdtempSync(join(tmpdir(), 'monitor-folder-'));
  try {
    const path = join(root, 'a', 'b', 'c');
    makePrivateFolder(path);
    makePrivateFolder(path);
    for (const made of [join(root, 'a'), join(root, 'a', 'b'), path]) expect(statSync(made).mode & 0o777).toBe(0o700);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('says why where no folder can be made, also where Node itself would try for ever', () => {
  const where = existsSync('/proc/self') ? '/proc/monitor/state' : '/dev/null/state';
  expect(() => makePrivateFolder(where)).toThrow(/EN|EACCES|EROFS/);
});
