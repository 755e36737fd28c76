import { expect, test } from '@jest/globals';
import { createLargeGate } from '../../../../src/web/webhook/large-gate.ts';

test('two at once, the others in their order', async () => {
  const gate = createLargeGate();
  const entered: number[] = [];
  const leaves = [0, 1, 2, 3].map((number) =>
    gate('a').then((leave) => {
      entered.push(number);
      return leave;
    }),
  );
  const [first, second] = [await leaves[0], await leaves[1]];
  expect(entered).toEqual([0, 1]);
  second?.();
  second?.();
  await leaves[2];
  expect(entered).toEqual([0, 1, 2]);
  first?.();
  await leaves[3];
  expect(entered).toEqual([0, 1, 2, 3]);
});

test('addresses have their turn one after the other, however many wait of one', async () => {
  const gate = createLargeGate();
  const entered: string[] = [];
  let inside: (() => void)[] = [];
  const come = (name: string) =>
    void gate(name.slice(0, 1)).then((leave) => {
      entered.push(name);
      inside.push(leave);
    });
  for (let index = 0; index < 6; index += 1) come(`a${index}`);
  for (const name of ['b0', 'b1', 'c0']) come(name);
  for (let round = 0; round < 9; round += 1) {
    await Promise.resolve();
    for (const leave of inside.splice(0, 1)) leave();
  }
  inside = [];
  expect(entered.join(' ')).toBe('a0 a1 a2 b0 c0 a3 b1 a4 a5');
});
