import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openWalSync, SyncError } from '../../../src/stores/wal-sync.ts';

/** What became of a promise after the turns of the loop that it can need. */
async function outcome(promise: Promise<void>): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, 5000, 'nothing').unref());
  return Promise.race([
    promise.then(
      () => 'durable',
      (error: unknown) => (error as Error).name,
    ),
    late,
  ]);
}

describe('a disk that takes it', () => {
  test('every call resolves, alone and side by side', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-wal-'));
    writeFileSync(join(folder, 'log'), 'commit');
    const sync = openWalSync(join(folder, 'log'));
    try {
      for (let round = 0; round < 5; round += 1) {
        expect(await Promise.all([sync.durable(), sync.durable(), sync.durable()].map(outcome))).toEqual([
          'durable',
          'durable',
          'durable',
        ]);
      }
      const last = sync.durable();
      await sync.close();
      expect(await outcome(last)).toBe('durable');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a disk that refuses', () => {
  test('every later call rejects, however many there are, and none hangs', async () => {
    // A character device cannot be synced: the kernel answers EINVAL.
    const sync = openWalSync('/dev/null');
    for (let round = 0; round < 4; round += 1) {
      expect(await Promise.all([sync.durable(), sync.durable()].map(outcome))).toEqual(['SyncError', 'SyncError']);
    }
    await expect(sync.durable()).rejects.toThrow(SyncError);
    await expect(sync.durable()).rejects.toThrow(/the disk did not take the log.*EINVAL.*restart the hub/);
    await sync.close();
  });
});
