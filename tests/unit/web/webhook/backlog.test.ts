import { expect, test } from '@jest/globals';
import { createBacklog } from '../../../../src/web/webhook/backlog.ts';
import type { Job } from '../../../../src/web/webhook/intake.ts';
import { type Outcome, postponed } from '../../../../src/web/webhook/outcome.ts';

const job = (bytes: number): Job => ({
  ...{ driver: 'generic', receivedAt: 0, userAgent: '', contentType: '', body: Buffer.alloc(bytes) },
  ...{ verified: { ok: true }, credential: { name: 'secret:generic' } },
});

test('beyond its bound senders are told to come back, large ones first, and are taken again once it is shorter', async () => {
  const waiting: ((outcome: Outcome) => void)[] = [];
  let refused = 0;
  const take = createBacklog(
    () => new Promise((resolve) => waiting.push(resolve)),
    () => {
      refused += 1;
    },
  );
  const answers = Array.from({ length: 50 }, () => take(job(335_300)));
  const busy = { outcome: 'postponed', cause: 'unavailable', message: 'the hub is busy' };
  expect(await take(job(65_537))).toMatchObject(busy);
  answers.push(take(job(65_536)));
  expect([waiting.length, refused]).toEqual([51, 1]);
  for (let small = 0; small < 256; small += 1) answers.push(take(job(65_536)));
  expect(await take(job(0))).toMatchObject(busy);
  const committed = postponed('as its engine says');
  for (const resolve of waiting.splice(0)) resolve(committed);
  for (const answer of await Promise.all(answers))
    expect([committed.message, busy.message]).toContain((answer as { message: string }).message);
  void take(job(1_000_000));
  expect(waiting).toHaveLength(1);
});

test('one that fails waits no longer', async () => {
  const take = createBacklog(
    () => Promise.reject(new Error('the engine has ended')),
    () => {},
  );
  for (let index = 0; index < 40; index += 1) await expect(take(job(1_000_000))).rejects.toThrow('has ended');
});
