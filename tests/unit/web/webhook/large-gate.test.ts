import { expect, test } from '@jest/globals';
import { createLargeGate } from '../../../../src/web/webhook/large-gate.ts';

test('two at once, the others in their order', async () => {
  const gate = createLargeGate();
  const entered: number[] = [];
  const leaves = [0, 1, 2, 3].map((number) =>
    gate().then((leave) => {
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
