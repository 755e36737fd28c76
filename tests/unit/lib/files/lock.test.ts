import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { type LockResult, takeLock } from '../../../../src/lib/files/lock.ts';
import { handClock, START } from '../../../support/hand-clock.ts';
import { untilGone } from '../../../support/processes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-lock-'));
});
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null || !child.kill('SIGKILL')) continue;
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

const take = (waitMs = 0) => takeLock(folder, 'agent.lock', waitMs, systemClock);

async function release(lock: LockResult): Promise<void> {
  if (!lock.ok) throw new Error(lock.reason);
  await lock.release();
}

/** Name of the file of a holder like this process, with parts of it changed. */
async function holderName(change: (parts: string[]) => void): Promise<string> {
  const lock = await take();
  const name = readdirSync(folder)[0] ?? '';
  await release(lock);
  const parts = name.split('.');
  change(parts);
  return parts.join('.');
}

describe('takeLock', () => {
  test('one holder at a time, and nothing left behind', async () => {
    const first = await take();
    expect(first.ok).toBe(true);
    const second = await take();
    expect(second).toMatchObject({ ok: false, reason: expect.stringContaining(`process ${process.pid}`) });
    await release(first);
    await release(await take());
    expect(readdirSync(folder)).toEqual([]);
  });

  test('waits for the holder to let go', async () => {
    const first = await take();
    const second = take(10_000);
    await release(first);
    await release(await second);
  });

  /** The file of a holder that is a real process. */
  const holderOf = (pid: number) =>
    holderName((parts) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parts[3] = String(pid);
      parts[4] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    });

  test('takes over what a process killed without warning has left', async () => {
    const child = spawn('sleep', ['1000']);
    children.push(child);
    await once(child, 'spawn');
    writeFileSync(join(folder, await holderOf(child.pid ?? 0)), '');
    expect((await take()).ok).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await release(await take());
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a zombie, whose parent never asked for it, holds nothing', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 1000']);
    children.push(parent);
    const [pid] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    await untilGone(Number(pid));
    writeFileSync(join(folder, await holderOf(Number(pid))), '');
    await release(await take());
  });

  test('a process that got the number of a dead one holds nothing', async () => {
    const name = await holderName((parts) => {
      parts[4] = '1';
    });
    writeFileSync(join(folder, name), '');
    await release(await take());
  });

  test('an earlier boot holds nothing', async () => {
    const name = await holderName((parts) => {
      parts[2] = `00ff${parts[2]?.slice(4)}`;
    });
    writeFileSync(join(folder, name), '');
    await release(await take());
  });

  test('a holder in another container is believed while it shows that it lives', async () => {
    const { clock } = handClock();
    const file = join(
      folder,
      await holderName((parts) => {
        parts[2] = `${parts[2]?.split('-')[0]}-1`;
        parts[3] = '999999999';
      }),
    );
    writeFileSync(file, '');
    const takeAfter = (ms: number) => {
      utimesSync(file, new Date(START - 300_000), new Date(START - ms));
      return takeLock(folder, 'agent.lock', 0, clock);
    };
    expect(await takeAfter(59_000)).toEqual({
      ok: false,
      reason: expect.stringContaining('(process 999999999) has been running for 300 s'),
    });
    await release(await takeAfter(60_000));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a holder shows every 10 s that it lives, and no more once it has let go', async () => {
    const { clock, tick, waiting } = handClock();
    const lock = await takeLock(folder, 'agent.lock', 0, clock);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    for (const seconds of [10, 20]) {
      await tick(10_000);
      while (statSync(file).mtimeMs !== START + seconds * 1000) await new Promise((resolve) => setImmediate(resolve));
      expect(statSync(file).atimeMs).toBe(START);
    }
    await release(lock);
    expect(waiting()).toEqual([]);
  });

  test('many that find the same dead holder at once never hold it together', async () => {
    let holders = 0;
    let most = 0;
    const dead = await holderName((parts) => {
      parts[4] = '1';
    });
    writeFileSync(join(folder, dead), '');
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await take(50_000);
        holders += 1;
        most = Math.max(most, holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders -= 1;
        await release(lock);
      }),
    );
    expect(most).toBe(1);
  });

  test('throws when the folder is not there', async () => {
    await expect(takeLock(join(folder, 'none'), 'x', 0, systemClock)).rejects.toThrow('ENOENT');
  });
});
