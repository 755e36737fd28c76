import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { replaceFile } from '../../../../src/lib/files/durable.ts';
import { makePrivateFolder, refuseShared } from '../../../../src/lib/files/folder.ts';
import { beginFile } from '../../../../src/lib/files/new-file.ts';
import { closeToOthers, createPrivate, openNew, readPrivate } from '../../../../src/lib/files/private.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const isRoot = process.geteuid?.() === 0;

describe('a folder of this program', () => {
  test.each([
    ['anybody may write in it', 0o777],
    ['anybody may add to it, as to /tmp', 0o1777],
    ['its group may write in it', 0o770],
    ['its group may write in it, and files inherit the group', 0o2775],
  ])('is refused where %s, with the fix', (_, bits) => {
    const path = join(folder, 'shared');
    mkdirSync(path);
    chmodSync(path, bits);
    expect(() => makePrivateFolder(path)).toThrow(`run chmod go-w ${path}`);
    expect(() => refuseShared(path)).toThrow('other users may write in');
    expect(mode(path)).toBe((bits & 0o777).toString(8));
  });

  test.each([0o700, 0o750, 0o755])('is taken with mode %o', (bits) => {
    mkdirSync(join(folder, 'own'));
    chmodSync(join(folder, 'own'), bits);
    expect(() => makePrivateFolder(join(folder, 'own'))).not.toThrow();
  });

  test('that is not there yet is nobody else’s', () => {
    expect(() => refuseShared(join(folder, 'none'))).not.toThrow();
  });
});

describe('a file that is made', () => {
  const makers: [string, (path: string) => Promise<unknown>][] = [
    ['with content', (path) => createPrivate(path, 'mine')],
    ['to be written', async (path) => (await openNew(path)).close()],
  ];

  test.each(makers)('%s is for its owner only', async (_, make) => {
    const before = process.umask(0);
    try {
      await make(join(folder, 'file'));
    } finally {
      process.umask(before);
    }
    expect(mode(join(folder, 'file'))).toBe('600');
  });

  test.each(makers)('%s takes no file that is there', async (_, make) => {
    writeFileSync(join(folder, 'file'), 'theirs');
    await expect(make(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('theirs');
  });

  test.each(makers)('%s goes through no link', async (_, make) => {
    symlinkSync(join(folder, 'target'), join(folder, 'file'));
    await expect(make(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(existsSync(join(folder, 'target'))).toBe(false);
  });

  test.each([
    ['agent.json', (path: string) => replaceFile(path, 'state')],
    ['backup.db', async (path: string) => (await beginFile(path, true)).keep()],
  ])('under a passing name first, %s, does not go through a link that waits under that', async (name, make) => {
    writeFileSync(join(folder, 'victim'), 'precious');
    symlinkSync(join(folder, 'victim'), join(folder, `.${name}.new`));
    await make(join(folder, name));
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
    expect(mode(join(folder, name))).toBe('600');
  });
});

describe('a file that others may use', () => {
  test.each([0o644, 0o666, 0o640, 0o604, 0o777])('of mode %o is closed to them', (bits) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'secret');
    chmodSync(path, bits);
    closeToOthers(path);
    expect(mode(path)).toBe('600');
    chmodSync(path, bits);
    expect(readPrivate(path)).toBe('secret');
    expect(mode(path)).toBe('600');
  });

  test('that is not there is nothing', () => {
    expect(() => closeToOthers(join(folder, 'none'))).not.toThrow();
    expect(readPrivate(join(folder, 'none'))).toBeNull();
  });

  test.each([
    ['a link', (path: string) => symlinkSync(join(folder, 'other'), path), 'is a link: remove it'],
    ['a folder', (path: string) => mkdirSync(path), 'is not a file: remove it'],
  ])('is none where there is %s', (_, make, message) => {
    const path = join(folder, 'file');
    make(path);
    expect(() => closeToOthers(path)).toThrow(message);
    expect(() => readPrivate(path)).toThrow(message);
  });

  (isRoot ? test : test.skip)('root may use files of the user of the hub', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'secret');
    chownSync(path, 12345, 12345);
    expect(readPrivate(path)).toBe('secret');
    expect(mode(path)).toBe('600');
  });
});
