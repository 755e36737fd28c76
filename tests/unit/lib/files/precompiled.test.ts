import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codePath, runPrecompiled } from '../../../../src/lib/files/precompiled.ts';

const SOURCE = "(function(require, path) { require('node:fs').writeFileSync(path + '.ran', 'by itself'); })";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-precompiled-'));
  path = join(folder, 'script.cjs');
  writeFileSync(path, SOURCE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(source: string): Buffer {
  return new Script(source).createCachedData();
}

function sealed(code: Buffer): Buffer {
  return Buffer.concat([createHash('sha256').update(code).digest(), code]);
}

/** One bit of the middle is another. */
function damaged(file: Buffer): Buffer {
  const at = Math.floor(file.length / 2);
  return Buffer.concat([file.subarray(0, at), Buffer.from([(file[at] ?? 0) ^ 1]), file.subarray(at + 1)]);
}

describe('a script runs, and by its compiled code only where that can be trusted', () => {
  test.each<[string, (() => Buffer) | null, boolean]>([
    ['code of this build', () => sealed(codeOf(SOURCE)), true],
    ['none', null, false],
    ['an empty file', () => Buffer.alloc(0), false],
    ['half a file', () => sealed(codeOf(SOURCE)).subarray(0, 200), false],
    ['one wrong bit in the code', () => damaged(sealed(codeOf(SOURCE))), false],
    ['a digest of something else', () => Buffer.concat([sealed(codeOf('1')).subarray(0, 32), codeOf(SOURCE)]), false],
    ['code of another script', () => sealed(codeOf(`${SOURCE};`)), false],
    ['no code under its digest', () => sealed(Buffer.from('nonsense')), false],
  ])('%s', (_, code, isTaken) => {
    if (code !== null) writeFileSync(codePath(path), code());
    expect(runPrecompiled(path, createRequire(path))).toBe(isTaken);
    expect(readFileSync(`${path}.ran`, 'utf8')).toBe('by itself');
  });
});
