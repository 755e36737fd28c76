import { statfs } from 'node:fs/promises';
import { readText } from '../files/read.ts';
import { type Asking, askElsewhere } from './asking.ts';
import type { Mount } from './mounts.ts';

/** Room in a file system: bytes and inodes. `free` counts what only root may use, `available` does not. */
export interface Space {
  readonly size: number;
  readonly free: number;
  readonly available: number;
  /** 0 where the file system has no fixed number of inodes, or does not tell it. */
  readonly inodes: number;
  readonly inodesFree: number;
}

/**
 * Asks a file system for its room. One that may hang is asked by a program that can be left behind: a thread of this
 * process that waits in the kernel ends neither at SIGKILL nor at the end of the process (docs/decisions/0017).
 */
export async function askSpace(mount: Mount, path: string, asking: Asking & { readonly sys: string }): Promise<Space> {
  if (mount.mayHang || (await isDeviceSilent(mount, asking))) return askStat(path, asking);
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path, { bigint: true });
  return spaceOf(bsize, blocks, bfree, bavail, files, ffree);
}

/** States of a drive in which it answers. */
const ANSWERS = ['running', 'live', ''];

/** Whether the kernel itself says that what lies below does not answer now. ext4 never asks it for these figures. */
async function isDeviceSilent(
  { type, source, device }: Mount,
  { proc, sys }: { proc: string; sys: string },
): Promise<boolean> {
  if (type.startsWith('ext')) return false;
  if (type === 'zfs')
    return (await readText(`${proc}/spl/kstat/zfs/${source.split('/')[0]}/state`))?.trim() === 'SUSPENDED';
  if (device.startsWith('0:')) return false;
  const folder = `${sys}/dev/block/${device}`;
  const [suspended, ofDisk, ofPartition] = await Promise.all([
    readText(`${folder}/dm/suspended`),
    readText(`${folder}/device/state`),
    readText(`${folder}/../device/state`),
  ]);
  return suspended?.trim() === '1' || ![ofDisk, ofPartition].every((state) => ANSWERS.includes(state?.trim() ?? ''));
}

async function askStat(path: string, asking: Asking): Promise<Space> {
  const result = await askElsewhere(['stat', '-f', '-c', '%S %b %f %a %c %d', '--', path], asking);
  const words = result.stdout.trim().split(' ');
  if (result.code !== 0 || words.length !== 6 || !words.every((word) => /^-?\d+$/.test(word)))
    throw new Error(`could not be asked: ${result.stderr.trim() || `stat ended with ${result.code}`}`);
  const [bsize = 0n, blocks = 0n, bfree = 0n, bavail = 0n, files = 0n, ffree = 0n] = words.map(BigInt);
  return spaceOf(bsize, blocks, bfree, bavail, files, ffree);
}

const MOST_BLOCK = 2n ** 30n;

/** Throws where the figures cannot be: -1 in 64 bits stands for "not told", and nothing has more free than it has. */
export function spaceOf(
  bsize: bigint,
  blocks: bigint,
  bfree: bigint,
  bavail: bigint,
  files: bigint,
  ffree: bigint,
): Space {
  const signed = (figure: bigint) => BigInt.asIntN(64, figure);
  const [all, free, available] = [signed(blocks), signed(bfree), signed(bavail)];
  if (all < 0n || bsize < 0n || bsize > MOST_BLOCK || (all > 0n && bsize === 0n))
    throw new Error('does not tell its size');
  if (free < 0n || free > all) throw new Error('tells figures that cannot be: more is free than there is');
  const bytes = (count: bigint) => Number(count * bsize);
  const inodes = signed(files) > 0n && signed(ffree) >= 0n && ffree <= files ? [files, ffree] : [0n, 0n];
  return {
    size: bytes(all),
    free: bytes(free),
    available: bytes(usable(all, free, available)),
    inodes: Number(inodes[0]),
    inodesFree: Number(inodes[1]),
  };
}

/** What others than root may use: below nothing where root has used what is kept for it, and -1 where it is not told. */
function usable(all: bigint, free: bigint, available: bigint): bigint {
  if (available === -1n || available > free) return free;
  if (available < -all) throw new Error('tells figures that cannot be: less is available than nothing');
  return available < 0n ? 0n : available;
}
