import { readlink } from 'node:fs/promises';
import { readText } from '../files/read.ts';
import { hasRoom, type Mount } from './mounts.ts';

/** What a run keeps: by path, the file system that could be written to there. */
export type Writable = Readonly<Record<string, string>>;

/** Those of the mounts that took writes and do not any more, each with the reason to believe so. */
export async function goneReadOnly(
  mounts: readonly Mount[],
  before: Writable,
  places: { readonly sys: string; readonly root: string },
): Promise<Map<Mount, string>> {
  const gone = new Map<Mount, string>();
  let fstab: string | null = null;
  for (const mount of mounts) {
    if (!hasRoom(mount)) continue;
    const own = BROKEN.find((option) => mount.options.includes(option));
    if (!mount.readOnly && own === undefined) continue;
    fstab ??= (await readText(`${places.root}/etc/fstab`)) ?? '';
    const reason = own ?? (await reasonOf(mount, before, places.sys, fstab));
    if (reason !== null) gone.set(mount, reason);
  }
  return gone;
}

/** Options by which the kernel says that it gave a file system up. */
const BROKEN = ['emergency_ro', 'shutdown'];

async function reasonOf(mount: Mount, before: Writable, sys: string, fstab: string): Promise<string | null> {
  if (Object.hasOwn(before, mount.path) && before[mount.path] === keyOf(mount)) return 'it could be written to before';
  if (isMeantWritable(fstab, mount.path)) return '/etc/fstab wants it writable';
  const errors = await errorsOf(mount, sys);
  return errors > 0 ? `its file system counts ${errors} errors` : null;
}

/** What is to be kept for the next run: a file system that went read-only stays in it until it is unmounted. */
export function writableOf(mounts: readonly Mount[], gone: ReadonlyMap<Mount, string>): Writable {
  const kept = mounts.filter((mount) => hasRoom(mount) && (!mount.readOnly || gone.has(mount)));
  return Object.fromEntries(kept.map((mount) => [mount.path, keyOf(mount)]));
}

function keyOf({ type, source }: Mount): string {
  return `${type} ${source}`;
}

/** Fields of fstab(5): what, where, type, options. */
function isMeantWritable(fstab: string, path: string): boolean {
  return fstab.split('\n').some((line) => {
    const [source = '#', where, , options = 'defaults'] = line.trim().split(/\s+/);
    return !source.startsWith('#') && where === path && !options.split(',').includes('ro');
  });
}

/** How many errors ext4 has found, 0 where it is another file system. */
async function errorsOf({ type, device }: Mount, sys: string): Promise<number> {
  if (!type.startsWith('ext')) return 0;
  const name = (await readlink(`${sys}/dev/block/${device}`).catch(() => '')).replace(/^.*\//, '');
  return name === '' ? 0 : Number((await readText(`${sys}/fs/ext4/${name}/errors_count`))?.trim() || 0);
}
