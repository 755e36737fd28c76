import { beforeEach, expect, test } from '@jest/globals';
import { createBacklog } from '../../../../src/web/webhook/backlog.ts';
import type { Intake, Job } from '../../../../src/web/webhook/intake.ts';
import { type Outcome, postponed } from '../../../../src/web/webhook/outcome.ts';

const MIB = 1024 * 1024;
const job = (flow: string, bytes: number): Job => ({
  ...{ driver: 'generic', receivedAt: 0, userAgent: '', contentType: '', body: Buffer.alloc(bytes - 256) },
  ...{ verified: { ok: true }, credential: { name: 'secret:generic' }, flow },
});

let waiting: ((outcome: Outcome) => void)[];
let refused: number;
let take: Intake;
beforeEach(() => {
  waiting = [];
  refused = 0;
  take = createBacklog(
    () => new Promise((resolve) => waiting.push(resolve)),
    () => {
      refused += 1;
    },
  );
});
const BUSY = postponed('the hub is busy');

/** Gives a backlog so many MiB of a sender, in pieces, until it refuses; how many it took. */
async function fill(flow: string, piece = MIB): Promise<number> {
  for (let taken = 0; ; taken += 1) {
    const [before, answer] = [refused, take(job(flow, piece))];
    if (refused === before) continue;
    expect(await answer).toEqual(BUSY);
    return taken;
  }
}

test('one sender has half of the room, and each that comes after half of what is left', async () => {
  expect([await fill('a'), await fill('b'), await fill('c'), await fill('d')]).toEqual([16, 8, 4, 2]);
  expect(await fill('late', 1024)).toBe(1024);
});

test('what has been committed makes room again', async () => {
  await fill('a');
  for (const resolve of waiting.splice(0)) resolve(BUSY);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await fill('a')).toBe(16);
});

test('one that fails waits no longer', async () => {
  const failing = createBacklog(
    () => Promise.reject(new Error('the engine has ended')),
    () => {},
  );
  for (let index = 0; index < 40; index += 1) await expect(failing(job('a', MIB))).rejects.toThrow('has ended');
});
