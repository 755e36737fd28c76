import { expect, test } from '@jest/globals';
import { createSignal } from '../../../../src/app/engine/changed.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is raised in one turn is told once, with the highest number', async () => {
  const { raise, listen } = createSignal();
  const told: number[][] = [[], []];
  listen((seq) => told[0]?.push(seq));
  listen((seq) => told[1]?.push(seq));
  raise(3);
  raise(7);
  raise(5);
  await turn();
  expect(told).toEqual([[7], [7]]);
  // A commit that ends after a later one.
  raise(6);
  await turn();
  raise(8);
  await turn();
  expect(told).toEqual([
    [7, 8],
    [7, 8],
  ]);
});
