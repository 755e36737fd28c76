import { expect, test } from '@jest/globals';
import { createLagWatch } from '../../../src/notify/lag-watch.ts';
import type { Lag } from '../../../src/stores/contract/followers.ts';
import { handClock } from '../../support/hand-clock.ts';

function watch(wasTold = false) {
  const hand = handClock();
  const told: string[] = [];
  let lag: Lag | null = { events: 0, ms: 0 };
  const one = createLagWatch({
    clock: hand.clock,
    lag: async () => lag,
    tell: async (seconds, isOver) => void told.push(isOver ? 'caught up' : `${seconds} s behind`),
    onFailure: (error) => void told.push(String(error)),
  });
  one.begin(wasTold);
  return {
    told,
    look: async (ms: number | null) => {
      lag = ms === null ? null : { events: 1, ms };
      await hand.tick(15_000);
    },
    end: one.end,
  };
}

test('that notices lag behind is told while they do, and once that they have caught up', async () => {
  const { told, look, end } = watch();
  await look(0);
  await look(60_000);
  expect(told).toEqual([]);
  await look(61_000);
  await look(76_000);
  await look(30_000);
  expect(told).toEqual(['61 s behind', '76 s behind']);
  await look(4_000);
  await look(4_000);
  expect(told).toEqual(['61 s behind', '76 s behind', 'caught up']);
  await end();
});

test('what an earlier process told ends with this one; where another one follows, it is silent', async () => {
  const { told, look, end } = watch(true);
  await look(null);
  expect(told).toEqual([]);
  await look(0);
  expect(told).toEqual(['caught up']);
  await end();
});
