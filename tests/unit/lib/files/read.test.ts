import { expect, test } from '@jest/globals';
import { readAtOnce, readText } from '../../../../src/lib/files/read.ts';

test('a file without an end is read up to 8 MiB and no further', async () => {
  expect((await readText('/dev/zero'))?.length).toBe(8 * 1024 * 1024);
  expect(readAtOnce('/dev/zero')?.length).toBe(8 * 1024 * 1024);
});
