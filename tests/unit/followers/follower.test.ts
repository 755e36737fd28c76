import { describe, expect, test } from '@jest/globals';
import { createFollowerPart, type Follower } from '../../../src/followers/follower.ts';
import type { Followers } from '../../../src/stores/contract/followers.ts';
import type { Leases } from '../../../src/stores/contract/leases.ts';
import { handClock } from '../../support/hand-clock.ts';
import { event } from '../../support/stored.ts';

/** A follower of a history of so many events, of which each takes it some time. */
function makeWorld(eventCount: number, eventMs: number, share?: number) {
  const { clock, tick, pass } = handClock();
  const startedAt = clock.now();
  const takenAt: number[] = [];
  const lease = { work: 'follower test', number: 1, holder: 'a' };
  const store = {
    claim: async () => lease,
    renew: async () => true,
    release: async () => {},
    followerCursor: async () => '0',
    eventsAfter: async (cursor: string, limit: number) => {
      const seqs = Array.from(
        { length: Math.min(limit, eventCount - Number(cursor)) },
        (_, n) => Number(cursor) + n + 1,
      );
      return { events: seqs.map((seq) => ({ ...event(seq), seq })), cursor: String(seqs.at(-1) ?? cursor) };
    },
    follow: async (_: unknown, work: (tx: unknown) => Promise<unknown>) => work({ moveCursor: async () => {} }),
  } as unknown as Followers & Leases;
  const follower: Follower = {
    name: 'test',
    begins: 'first',
    batch: 1,
    ...(share !== undefined && { share }),
    takeOver: async () => {},
    take: async () => {
      takenAt.push(clock.now() - startedAt);
      pass(eventMs);
    },
    turn: async () => null,
  };
  const failures: unknown[] = [];
  const part = createFollowerPart({ store, clock, holder: 'a', follower, onFailure: (error) => failures.push(error) });
  return { part, tick, takenAt, failures };
}

describe('a follower that is behind', () => {
  test('takes one batch after the other where it may', async () => {
    const { part, tick, takenAt, failures } = makeWorld(6, 100);
    await part.start();
    await tick(0);
    await tick(1000);
    expect(takenAt).toEqual([0, 100, 200, 300, 400, 500]);
    await part.stop();
    expect(failures).toEqual([]);
  });

  test('leaves to others what is not its share, and is not woken into it', async () => {
    const { part, tick, takenAt } = makeWorld(6, 100, 0.25);
    await part.start();
    // It catches up for 200 ms, which are a quarter of the 800 that are over when it goes on.
    await tick(0);
    part.wake();
    await tick(599);
    expect(takenAt).toEqual([0, 100]);
    await tick(1);
    expect(takenAt).toEqual([0, 100, 800, 900]);
    await part.stop();
  });

  test('ends at once while it leaves time to others', async () => {
    const { part, tick, takenAt } = makeWorld(6, 100, 0.25);
    await part.start();
    await tick(0);
    await part.stop();
    expect(takenAt).toEqual([0, 100]);
  });
});
