import { beforeEach, expect, test } from '@jest/globals';
import { createRounds, type Rounds } from '../../../src/lib/rounds.ts';
import { handClock, START } from '../../support/hand-clock.ts';

let time: ReturnType<typeof handClock>;
let rounds: Rounds;
/** When each round began, from the start of the clock. */
let begun: number[];
let failures: unknown[];
/** What a round does. */
let work: () => Promise<void>;

beforeEach(() => {
  time = handClock();
  begun = [];
  failures = [];
  work = async () => {};
  rounds = createRounds({
    clock: time.clock,
    everyMs: 1000,
    round: () => {
      begun.push(time.clock.now() - START);
      return work();
    },
    onFailure: (error) => failures.push(error),
  });
});

/** Work that lasts until it is told to end. */
function held(): () => void {
  let done = () => {};
  work = () =>
    new Promise((resolve) => {
      done = resolve;
    });
  return () => done();
}

test('comes after the usual pause', async () => {
  rounds.begin();
  await time.tick(3000);
  expect(begun).toEqual([1000, 2000, 3000]);
});

test('begins when it is told to, and then as usual', async () => {
  rounds.begin(30);
  await time.tick(2500);
  expect(begun).toEqual([30, 1030, 2030]);
});

test('goes on after a failure, which is told', async () => {
  work = async () => {
    throw new Error(`round ${begun.length}`);
  };
  rounds.begin();
  await time.tick(2000);
  expect(begun).toEqual([1000, 2000]);
  expect(failures).toEqual([new Error('round 1'), new Error('round 2')]);
});

test('waits for a long round, and pauses after it', async () => {
  const finish = held();
  rounds.begin();
  await time.tick(5000);
  expect(begun).toEqual([1000]);
  finish();
  await time.tick(0);
  expect(time.waiting()).toEqual([1000]);
});

test('ends before the next round, and not before the one under way', async () => {
  rounds.begin();
  expect(rounds.ended).toBe(false);
  await rounds.end();
  expect(rounds.ended).toBe(true);
  await time.tick(5000);
  expect(begun).toEqual([]);
  expect(time.waiting()).toEqual([]);
});

test('ends with the round under way', async () => {
  const finish = held();
  rounds.begin();
  await time.tick(1000);
  let ended = false;
  const end = rounds.end().then(() => {
    ended = true;
  });
  await time.tick(10);
  expect(ended).toBe(false);
  finish();
  await end;
  await time.tick(5000);
  expect(begun).toEqual([1000]);
});
