import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { syncWriter } from '../../../../src/lib/log/stderr.ts';

test('a line is in the file when the call returns, and a closed file is no error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-log-'));
  try {
    const path = join(folder, 'log');
    const file = openSync(path, 'w');
    const write = syncWriter(file);
    write('ready ü\n');
    expect(readFileSync(path, 'utf8')).toBe('ready ü\n');
    closeSync(file);
    expect(() => write('lost\n')).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// Writing to it answers ENOSPC, like a full disk.
test('a full disk does not stop the program', () => {
  const full = openSync('/dev/full', 'w');
  try {
    expect(() => syncWriter(full)('lost\n')).not.toThrow();
  } finally {
    closeSync(full);
  }
});
