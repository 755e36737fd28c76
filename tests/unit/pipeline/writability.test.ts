import { expect, test } from '@jest/globals';
import { createWritability } from '../../../src/pipeline/writability.ts';
import { StoreError } from '../../../src/stores/contract/error.ts';

const FULL = new StoreError('the disk is full', { unavailable: true });

test.each<[string, (one: ReturnType<typeof createWritability>) => void, number[]]>([
  ['nothing has happened', () => {}, [0, 0]],
  ['a batch was committed', (one) => one.succeeded(), [0, 0]],
  ['a batch failed', (one) => one.failed(FULL, 1000), [262_144, 0]],
  ['a large batch failed', (one) => one.failed(FULL, 1_000_000), [1_000_000, 0]],
  ['a huge batch failed', (one) => one.failed(FULL, 9_000_000), [2_097_152, 0]],
  [
    'a large batch failed, then a small one',
    (one) => [one.failed(FULL, 1_000_000), one.failed(FULL, 1)],
    [1_000_000, 0],
  ],
  ['a batch failed by its own fault', (one) => one.failed(new StoreError('a value is too long'), 1000), [0, 0]],
  ['one failed, another was committed', (one) => [one.failed(FULL, 1000), one.succeeded()], [0, 0]],
])('%s: so much is written to see whether the store takes it', async (_, happens, expected) => {
  const written: number[] = [];
  const one = createWritability(async (bytes) => void written.push(bytes));
  happens(one);
  await one.check();
  await one.check();
  expect(written).toEqual(expected);
});

test('a store that does not take as much is not believed until it does', async () => {
  let isFull = true;
  const one = createWritability(async (bytes) => {
    if (isFull && bytes > 0) throw FULL;
  });
  one.failed(FULL, 1000);
  await expect(one.check()).rejects.toThrow('the disk is full');
  await expect(one.check()).rejects.toThrow('the disk is full');
  isFull = false;
  await one.check();
});

test('a batch that fails while it is tried knows better', async () => {
  const written: number[] = [];
  const one = createWritability(async (bytes) => {
    written.push(bytes);
    if (written.length === 1) one.failed(FULL, 500_000);
  });
  one.failed(FULL, 1000);
  await one.check();
  await one.check();
  expect(written).toEqual([262_144, 500_000]);
});
