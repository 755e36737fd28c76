import { expect, test } from '@jest/globals';
import { createControls } from '../../../../src/endpoints/probe/controls.ts';

const clockAt = (time: { now: number }) => ({ monotonic: () => time.now });

test('the network fails when no control target can be reached; without one it never does', async () => {
  const time = { now: 0 };
  const reach = (...reached: readonly boolean[]) =>
    createControls(
      reached.map((one) => async () => one),
      clockAt(time),
    )(0);
  expect([await reach(), await reach(true), await reach(false, true), await reach(false, false)]).toEqual([
    ...[false, false, false, true],
  ]);
});

test('they are asked once for many looks, and again for one that began after that', async () => {
  const time = { now: 10_000 };
  let asked = 0;
  const fail = createControls(
    [
      async () => {
        asked += 1;
        return false;
      },
    ],
    clockAt(time),
  );
  await Promise.all([fail(9000), fail(9500), fail(10_000)]);
  time.now = 10_900;
  await fail(10_800);
  expect(asked).toBe(1);
  time.now = 11_500;
  await fail(9000);
  expect(asked).toBe(1);
  await fail(11_400);
  expect(asked).toBe(2);
});
