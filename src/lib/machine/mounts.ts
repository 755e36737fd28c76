import { stat } from 'node:fs/promises';
import { readAtOnce } from '../files/read.ts';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** `major:minor`, the same for every mount of one file system. */
  readonly device: string;
  /** Folder of the file system that is mounted; other than `/` for bind mounts and subvolumes. */
  readonly root: string;
  /** Where it is mounted. */
  readonly path: string;
  readonly type: string;
  /** What is mounted, as its type calls it: `/dev/sda1`, `tank/data`, `nas:/export`. */
  readonly source: string;
  /** Options of the file system, which hold wherever it is mounted; a mount of it may refuse writes on its own. */
  readonly options: readonly string[];
  /** The whole file system takes no writes. */
  readonly readOnly: boolean;
  /** Path of a mount that was laid over this one, so that this path leads elsewhere; null for one that can be reached. */
  readonly hiddenBy: string | null;
  /** Whether asking it may wait for another machine, for a program, or for a device that has gone. */
  readonly mayHang: boolean;
}

/** Everything that is mounted, as this process sees it; of those on one path, the one that can be reached is the last. */
export async function readMounts(proc: string): Promise<Mount[]> {
  const text = readAtOnce(`${proc}/self/mountinfo`);
  if (text === null) throw new Error(`no ${proc}/self/mountinfo`);
  const lines = text.split('\n').flatMap(parse);
  const byPath = new Map<string, Line[]>();
  for (const line of lines) byPath.set(line.path, [...(byPath.get(line.path) ?? []), line]);
  const hiders = whoHides(lines, byPath);
  return lines.map((line): Mount => {
    const { id: _id, parent: _parent, ...mount } = line;
    const isBehind = onTheWay(line, byPath).some((other) => !hiders.has(other) && waits(other));
    return { ...mount, hiddenBy: hiders.get(line)?.path ?? null, mayHang: waits(line) || isBehind };
  });
}

interface Line extends Omit<Mount, 'hiddenBy' | 'mayHang'> {
  readonly id: string;
  readonly parent: string;
}

function parse(line: string): Line[] {
  const [left = '', ...right] = line.split(' - ');
  const [id = '', parent = '', device, root, path] = left.split(' ');
  const [type, source = '', text = ''] = right.join(' - ').split(' ');
  if (device === undefined || root === undefined || path === undefined || type === undefined) return [];
  // The options of the file system begin with ro or rw. Those of the mount, before the ` - `, say nothing of it:
  // `ProtectSystem=` of systemd makes them ro for a service.
  const options = text.split(',');
  const place = { root: decode(root), path: decode(path), source: decode(source) };
  return [{ id, parent, device, ...place, type, options, readOnly: options[0] === 'ro' }];
}

/** Blanks and backslashes in paths are written as octal numbers: `\040`. */
function decode(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

type ByPath = ReadonlyMap<string, readonly Line[]>;

/** Mounts at the folders that the path of this one leads through. */
function onTheWay({ path }: Line, byPath: ByPath): Line[] {
  const found: Line[] = [];
  for (let end = path.lastIndexOf('/'); end >= 0 && path !== '/'; end = path.lastIndexOf('/', end - 1)) {
    found.push(...(byPath.get(path.slice(0, end) || '/') ?? []));
    if (end === 0) break;
  }
  return found;
}

/**
 * By hidden mount, the one that hides it: what lies at its path, or on the way to it, and is none of those it is mounted
 * on. Outer ones are looked at first, for one that is hidden itself hides nothing.
 */
function whoHides(lines: readonly Line[], byPath: ByPath): Map<Line, Line> {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const places = new Map(lines.map((line, place) => [line, place]));
  const hiders = new Map<Line, Line>();
  for (const line of lines.toSorted((a, b) => a.path.length - b.path.length)) {
    const below = new Set<Line>();
    for (let on = byId.get(line.parent); on !== undefined && !below.has(on); on = byId.get(on.parent)) below.add(on);
    // Where it hangs is not told (the root of another namespace): what came later lies over it.
    const isRooted = below.size > 0;
    const isLater = (other: Line) => !isRooted && (places.get(other) ?? 0) > (places.get(line) ?? 0);
    const here = (byPath.get(line.path) ?? []).find(
      (other) => other !== line && !below.has(other) && (isOver(other, line, byId) || isLater(other)),
    );
    const before = onTheWay(line, byPath).find((other) => {
      const isLaid = isRooted || (isLater(other) && other.path !== '/');
      return isLaid && !below.has(other) && !hiders.has(other);
    });
    const hider = here ?? before;
    if (hider !== undefined) hiders.set(line, hider);
  }
  return hiders;
}

function isOver(upper: Line, lower: Line, byId: ReadonlyMap<string, Line>): boolean {
  for (let on = byId.get(upper.parent), steps = 0; on !== undefined && steps < 64; on = byId.get(on.parent), steps++)
    if (on === lower) return true;
  return false;
}

/** File systems that hold no data of their own, or an image that is full by nature. */
const WITHOUT_ROOM = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs cramfs debugfs devfs devpts devtmpfs efivarfs erofs fusectl hugetlbfs iso9660 mqueue nsfs proc pstore ramfs rpc_pipefs securityfs selinuxfs smackfs squashfs sysfs tmpfs tracefs udf'.split(
    ' ',
  ),
);

/**
 * File systems of this kernel, which tell their figures from memory. All others may wait: for another machine, or for a
 * program (every type of FUSE, `fuseblk` of NTFS too), and who waits there cannot even be killed.
 */
const ANSWER_AT_ONCE = new Set(
  'bcachefs btrfs exfat ext2 ext3 ext4 f2fs hfsplus jffs2 jfs minix msdos nilfs2 ntfs3 overlay reiserfs ubifs ufs vfat xfs zfs'.split(
    ' ',
  ),
);

/** An overlay asks the file systems that it is made of, which nobody names; that of a container's root is trusted. */
function waits({ type, path }: Line): boolean {
  if (type === 'overlay') return path !== '/';
  // Who goes through an automount waits for what it mounts.
  return type === 'autofs' || (!ANSWER_AT_ONCE.has(type) && !WITHOUT_ROOM.has(type));
}

const LOCAL = new Set(['fuseblk', ...ANSWER_AT_ONCE]);

/** Whether its data is on this machine. */
export function isLocal({ type }: Mount): boolean {
  return LOCAL.has(type) || type.startsWith('fuseblk.');
}

/** Whether it holds data that can grow. */
export function hasRoom({ type, path, hiddenBy }: Mount): boolean {
  return hiddenBy === null && !WITHOUT_ROOM.has(type) && (type !== 'overlay' || path === '/');
}

/**
 * The mounts that hold data: each file system once, where it is mounted whole or nearest to the root; without what has
 * no room of its own, without overlays but the root of a container, and without what takes no writes (an image is made
 * full, and stays so), unless `isBroken` says that it did before.
 */
export async function realMounts(
  mounts: readonly Mount[],
  root: string,
  isBroken: (mount: Mount) => boolean = () => false,
): Promise<Mount[]> {
  const rank = (mount: Mount) => (mount.path === '/' ? 0 : mount.root === '/' ? 1 : 2);
  const byDevice = new Map<string, Mount>();
  const candidates = mounts
    .filter((mount) => hasRoom(mount) && (!mount.readOnly || isBroken(mount)))
    .toSorted((a, b) => rank(a) - rank(b) || a.path.length - b.path.length);
  for (const mount of candidates) {
    if (byDevice.has(mount.device)) continue;
    // Containers have single files of the host mounted into /etc.
    const isFile = mount.root !== '/' && !mount.mayHang && (await stat(root + mount.path).catch(() => null))?.isFile();
    if (isFile !== true) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
