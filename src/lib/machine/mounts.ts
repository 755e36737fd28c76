import { readFile, stat, statfs } from 'node:fs/promises';
import type { Exec } from '../exec.ts';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** `major:minor`, the same for every mount of one file system. */
  readonly device: string;
  /** Folder of the file system that is mounted; other than `/` for bind mounts and subvolumes. */
  readonly root: string;
  /** Where it is mounted. */
  readonly path: string;
  readonly type: string;
  /** The whole file system takes no writes, wherever it is mounted; a mount of it may refuse them on its own. */
  readonly readOnly: boolean;
}

/** Room in a file system: bytes and inodes. `free` counts what only root may use, `available` does not. */
export interface Space {
  readonly size: number;
  readonly free: number;
  readonly available: number;
  /** 0 where the file system has no fixed number of inodes. */
  readonly inodes: number;
  readonly inodesFree: number;
}

/** Everything that is mounted, as this process sees it; what a later mount on the same path hides is left out. */
export async function readMounts(proc: string): Promise<Mount[]> {
  const text = await readFile(`${proc}/self/mountinfo`, 'utf8');
  const byPath = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [left = '', ...right] = line.split(' - ');
    const [, , device, root, path] = left.split(' ');
    const [type, , options] = right.join(' - ').split(' ');
    if (device === undefined || root === undefined || path === undefined || type === undefined) continue;
    // The options of the file system begin with ro or rw. Those of the mount, before the ` - `, say nothing of it:
    // `ProtectSystem=` of systemd makes them ro for a service.
    const readOnly = options?.split(',')[0] === 'ro';
    byPath.set(decode(path), { device, root: decode(root), path: decode(path), type, readOnly });
  }
  return [...byPath.values()];
}

/** Blanks and backslashes in paths are written as octal numbers: `\040`. */
function decode(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** File systems that hold no data of their own, or an image that is full by nature. */
const WITHOUT_ROOM = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs cramfs debugfs devfs devpts devtmpfs efivarfs erofs fusectl hugetlbfs iso9660 mqueue nsfs proc pstore ramfs rpc_pipefs securityfs selinuxfs smackfs squashfs sysfs tmpfs tracefs udf'.split(
    ' ',
  ),
);

const ON_NETWORK = new Set(
  '9p afs beegfs ceph cifs coda glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs smb3 smbfs virtiofs'.split(' '),
);

/** Whether asking it may wait for another machine, or for a program, that has gone. */
export function mayHang(mount: Mount): boolean {
  return ON_NETWORK.has(mount.type) || mount.type === 'fuse' || mount.type.startsWith('fuse.');
}

/**
 * The mounts that hold data: each file system once, where it is mounted whole or nearest to the root; without what has
 * no room of its own, without overlays but the root of a container, and without what takes no writes: an image is made
 * full, and stays so. One that the kernel made read-only after an error cannot be told from these.
 */
export async function realMounts(mounts: readonly Mount[], root: string): Promise<Mount[]> {
  const rank = (mount: Mount) => (mount.path === '/' ? 0 : mount.root === '/' ? 1 : 2);
  const byDevice = new Map<string, Mount>();
  const candidates = mounts
    .filter((mount) => !WITHOUT_ROOM.has(mount.type) && !mount.readOnly)
    .filter((mount) => mount.type !== 'overlay' || mount.path === '/')
    .toSorted((a, b) => rank(a) - rank(b) || a.path.length - b.path.length);
  for (const mount of candidates) {
    if (byDevice.has(mount.device)) continue;
    // Containers have single files of the host mounted into /etc.
    const isFile = mount.root !== '/' && !mayHang(mount) && (await stat(root + mount.path).catch(() => null))?.isFile();
    if (isFile !== true) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Asks a local file system. */
export async function localSpace(path: string): Promise<Space> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  return spaceOf(bsize, blocks, bfree, bavail, files, ffree);
}

/**
 * Asks a file system that may hang, by a child process: one that waits can be killed, while a thread of this process
 * would wait on and not even let it exit.
 */
export async function remoteSpace(path: string, exec: Exec, timeoutMs: number, signal: AbortSignal): Promise<Space> {
  const result = await exec(['stat', '-f', '-c', '%S %b %f %a %c %d', '--', path], { timeoutMs, signal });
  if (result.timedOut) throw new Error(`did not answer within ${timeoutMs / 1000} s`);
  const figures = result.stdout.trim().split(' ').map(Number);
  const [bsize, blocks, bfree, bavail, files, ffree] = figures;
  if (result.code !== 0 || figures.some((one) => !Number.isFinite(one)) || ffree === undefined)
    throw new Error(`could not be asked: ${result.stderr.trim() || `stat ended with ${result.code}`}`);
  return spaceOf(bsize ?? 0, blocks ?? 0, bfree ?? 0, bavail ?? 0, files ?? 0, ffree);
}

function spaceOf(bsize: number, blocks: number, bfree: number, bavail: number, inodes: number, ffree: number): Space {
  return { size: blocks * bsize, free: bfree * bsize, available: bavail * bsize, inodes, inodesFree: ffree };
}
