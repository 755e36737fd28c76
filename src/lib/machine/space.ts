import { readlink, statfs } from 'node:fs/promises';
import type { Exec } from '../exec.ts';
import { readText } from '../files/read.ts';
import { readUptime } from './boot.ts';
import type { Mount } from './mounts.ts';
import { commandLine, readProcesses } from './processes.ts';

/** Room in a file system: bytes and inodes. `free` counts what only root may use, `available` does not. */
export interface Space {
  readonly size: number;
  readonly free: number;
  readonly available: number;
  /** 0 where the file system has no fixed number of inodes, or does not tell it. */
  readonly inodes: number;
  readonly inodesFree: number;
}

/** Where and how to ask. */
interface Asking {
  readonly proc: string;
  readonly sys: string;
  readonly exec: Exec;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Asks a file system for its room. One that may hang is asked by a program that can be left behind: a thread of this
 * process that waits in the kernel ends neither at SIGKILL nor at the end of the process (docs/decisions/0017).
 */
export async function askSpace(mount: Mount, path: string, asking: Asking): Promise<Space> {
  if (mount.mayHang || (await isDeviceSilent(mount, asking))) return askElsewhere(path, asking);
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path, { bigint: true });
  return spaceOf(bsize, blocks, bfree, bavail, files, ffree);
}

/** States of a drive in which it answers. */
const ANSWERS = ['running', 'live', ''];

/** Whether the kernel itself says that what lies below does not answer now. ext4 never asks it for these figures. */
async function isDeviceSilent({ type, source, device }: Mount, { proc, sys }: Asking): Promise<boolean> {
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

async function askElsewhere(path: string, { proc, exec, timeoutMs, signal }: Asking): Promise<Space> {
  const argv = ['stat', '-f', '-c', '%S %b %f %a %c %d', '--', path] as const;
  if (await isStillAsking(proc, argv)) throw new Error('has still not answered an earlier question');
  const result = await exec(argv, { timeoutMs, signal });
  if (result.timedOut) throw new Error(`did not answer within ${timeoutMs / 1000} s`);
  const words = result.stdout.trim().split(' ');
  if (result.code !== 0 || words.length !== 6 || !words.every((word) => /^-?\d+$/.test(word)))
    throw new Error(`could not be asked: ${result.stderr.trim() || `stat ended with ${result.code}`}`);
  const [bsize = 0n, blocks = 0n, bfree = 0n, bavail = 0n, files = 0n, ffree = 0n] = words.map(BigInt);
  return spaceOf(bsize, blocks, bfree, bavail, files, ffree);
}

/** A question that has been under way for so long is not one of a run beside this one, in seconds. */
const OLD = 1;

/**
 * Whether a program that an earlier run started, of whichever process, still waits. It was killed, and cannot end: one
 * more would wait beside it, at every run.
 */
async function isStillAsking(proc: string, argv: readonly string[]): Promise<boolean> {
  const uptime = (await readUptime(proc)) ?? Number.NaN;
  const { entries } = await readProcesses(proc);
  const own = await namespace(proc, 'self');
  for (const { pid, name, state, startedSeconds } of entries) {
    if (name !== argv[0] || state === 'Z' || (state !== 'D' && !(uptime - startedSeconds > OLD))) continue;
    const words = await commandLine(proc, pid);
    if (words.length !== argv.length || !words.every((word, index) => word === argv[index])) continue;
    // The same path in a container is another mount.
    const other = await namespace(proc, String(pid));
    if (own === '' || other === '' || own === other) return true;
  }
  return false;
}

function namespace(proc: string, pid: string): Promise<string> {
  return readlink(`${proc}/${pid}/ns/mnt`).catch(() => '');
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
