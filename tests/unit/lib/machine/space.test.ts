import { expect, test } from '@jest/globals';
import { spaceOf } from '../../../../src/lib/machine/space.ts';

const NOT_TOLD = 2n ** 64n - 1n;
const KIB = 1024;

/** In blocks of 1 KiB: all, free, available, inodes, free inodes. */
const spaceIn = (...[blocks, bfree, bavail, files = 100n, ffree = 50n]: [bigint, bigint, bigint, bigint?, bigint?]) =>
  spaceOf(BigInt(KIB), blocks, bfree, bavail, files, ffree);

test.each([
  [
    'plain',
    spaceIn(1000n, 400n, 300n),
    { size: 1000 * KIB, free: 400 * KIB, available: 300 * KIB, inodes: 100, inodesFree: 50 },
  ],
  ['what is available is not told', spaceIn(1000n, 400n, NOT_TOLD), { available: 400 * KIB }],
  ['root has used what is kept for it', spaceIn(1000n, 10n, 2n ** 64n - 40n), { available: 0 }],
  ['more is available than is free', spaceIn(1000n, 400n, 900n), { available: 400 * KIB }],
  ['no inodes', spaceIn(1000n, 400n, 300n, 0n, 0n), { inodes: 0, inodesFree: 0 }],
  ['inodes are not told', spaceIn(1000n, 400n, 300n, NOT_TOLD, NOT_TOLD), { inodes: 0, inodesFree: 0 }],
  ['free inodes are not told', spaceIn(1000n, 400n, 300n, 100n, NOT_TOLD), { inodes: 0, inodesFree: 0 }],
  ['more free inodes than inodes', spaceIn(1000n, 400n, 300n, 100n, 200n), { inodes: 0, inodesFree: 0 }],
  ['nothing', spaceIn(0n, 0n, 0n), { size: 0 }],
])('%s', (_, space, expected) => {
  expect(space).toMatchObject(expected);
});

test.each<[string, () => unknown, RegExp]>([
  ['all', () => spaceIn(NOT_TOLD, NOT_TOLD, NOT_TOLD), /size/],
  ['free', () => spaceIn(1000n, NOT_TOLD, 10n), /more is free/],
  ['more free than all', () => spaceIn(1000n, 2000n, 10n), /more is free/],
  ['less available than nothing', () => spaceIn(1000n, 10n, 2n ** 64n - 5000n), /less is available/],
  ['blocks of nothing', () => spaceOf(0n, 1000n, 10n, 10n, 0n, 0n), /size/],
  ['blocks of -1', () => spaceOf(2n ** 32n - 1n, 1000n, 10n, 10n, 0n, 0n), /size/],
])('%s cannot be', (_, ask, reason) => {
  expect(ask).toThrow(reason);
});
