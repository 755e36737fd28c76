import { expect, test } from '@jest/globals';
import { createTurns } from '../../../../src/web/paced/turns.ts';

/** Turns whose event loop is turned by hand; `turn` gives what was done in one. */
function byHand() {
  const done: string[] = [];
  let later: (() => void)[] = [];
  const turns = createTurns((work) => void later.push(work));
  const turn = () => {
    const [now, before] = [later, done.length];
    later = [];
    for (const work of now) work();
    return done.slice(before);
  };
  const wait = (name: string, then?: () => void) =>
    turns.wait(() => {
      done.push(name);
      then?.();
    });
  return { wait, turn };
}

test('nothing is done in the turn in which it comes', () => {
  const { wait, turn } = byHand();
  wait('a');
  expect([turn(), turn()]).toEqual([['a'], []]);
});

test('a turn does eight things, in the order in which they came', () => {
  const { wait, turn } = byHand();
  for (let index = 0; index < 20; index += 1) wait(String(index));
  expect([turn(), turn(), turn(), turn()].map((names) => names.join(' '))).toEqual([
    '0 1 2 3 4 5 6 7',
    '8 9 10 11 12 13 14 15',
    '16 17 18 19',
    '',
  ]);
});

test('who comes back has its turn behind all that wait', () => {
  const { wait, turn } = byHand();
  const greedy = (left: number) => wait('greedy', () => left > 0 && greedy(left - 1));
  greedy(3);
  for (let index = 0; index < 9; index += 1) wait(String(index));
  expect([turn(), turn(), turn()].map((names) => names.join(' '))).toEqual([
    'greedy 0 1 2 3 4 5 6',
    '7 8 greedy',
    'greedy',
  ]);
});
