import * as z from 'zod';
import { type CheckStatus, judge, worst } from '../core/check.ts';
import { bytesText, percentOf, reached } from '../core/figures.ts';
import {
  localSpace,
  type Mount,
  mayHang,
  readMounts,
  realMounts,
  remoteSpace,
  type Space,
} from '../lib/machine/mounts.ts';
import { type Checker, inOrder, threshold, timeout, type World } from './contract.ts';

const path = z
  .string({ error: 'must be a path such as /var' })
  .regex(/^\//, { error: 'must begin with /' })
  .transform((text) => text.replace(/(?<!\/)\/+$/, '') || '/');

const options = z
  .strictObject({
    warning: threshold('warning', 'Use in percent of the space, as df counts it,', 80, 100),
    critical: threshold('critical', 'Use in percent of the space, as df counts it,', 95, 100),
    inodes_warning: threshold('warning', 'Use in percent of the inodes', 80, 100),
    inodes_critical: threshold('critical', 'Use in percent of the inodes', 95, 100),
    mounts: z
      .array(path)
      .min(1)
      .optional()
      .describe(
        'Mount points to look at, of any type; one that is not mounted is critical. Left out: every real one that can be written to',
      ),
    ignore: z.array(path).prefault([]).describe('Mount points to leave out'),
    network: z.boolean().default(false).describe('Also look at network file systems that are not named (NFS, SMB, …)'),
    timeout: timeout(),
  })
  .refine(...inOrder('warning', 'critical'))
  .refine(...inOrder('inodes_warning', 'inodes_critical'));

type Options = z.output<typeof options>;

/** Space and inodes of the mounted file systems. */
export const disk: Checker = {
  name: 'disk',
  summary: 'space and inodes of every real mount, or of those named',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    // A mount that has not answered yet is not asked again: each question that hangs holds a thread of this process.
    const pending = new Map<string, Promise<Space>>();
    const check = { name: 'disk', title: 'Disk usage', timeoutMs: bound.timeout };
    return [{ ...check, available: (world) => available(world, bound), run: (world) => run(world, bound, pending) }];
  },
};

async function available(world: World, bound: Options): Promise<string | null> {
  if (world.platform !== 'linux') return null;
  const isAny = bound.mounts !== undefined || (await choose(await readMounts(world.proc), world, bound)).length > 0;
  return isAny ? null : 'no local file system that can be written to; name some in checkers.disk.mounts';
}

/** A mount with what was found; `space` is null when it could not be asked, and then `problem` says why. */
interface Looked {
  readonly path: string;
  readonly status: CheckStatus;
  readonly percent: number;
  readonly inodesPercent: number | null;
  readonly space: Space | null;
  readonly text: string;
}

const SHOWN = 3;
const KEPT = 20;

async function run(world: World, bound: Options, pending: Map<string, Promise<Space>>) {
  const found = world.platform === 'linux' ? await lookAll(world, bound, pending) : await lookPortable(bound);
  if (found.length === 0) throw new Error('no file system to look at; name some in checkers.disk.mounts');
  const rank = { critical: 3, warning: 2, unknown: 1, ok: 0 };
  const fullness = (one: Looked) => Math.max(one.percent, one.inodesPercent ?? 0);
  const sorted = found.toSorted((a, b) => rank[b.status] - rank[a.status] || fullness(b) - fullness(a));
  const status = worst(sorted.map((one) => one.status));
  const bad = sorted.filter((one) => one.status !== 'ok');
  const shown = (bad.length > 0 ? bad : sorted.slice(0, 1)).slice(0, SHOWN);
  const more = bad.length - shown.length;
  const rest = found.length === 1 ? '' : bad.length > 0 ? '' : `, the fullest of ${found.length} mounts`;
  return {
    status,
    message: shown.map((one) => one.text).join('; ') + (more > 0 ? `; and ${more} more` : rest),
    metrics: {
      disk_percent: Math.max(...found.map((one) => one.percent)),
      inodes_percent: Math.max(...found.map((one) => one.inodesPercent ?? 0)),
      mount_count: found.length,
      mounts: Object.fromEntries(sorted.slice(0, KEPT).map((one) => [one.path, figures(one)])),
    },
  };
}

function figures(one: Looked) {
  if (one.space === null) return { status: one.status };
  const { size, available } = one.space;
  return { used_percent: one.percent, inodes_percent: one.inodesPercent, available_bytes: available, size_bytes: size };
}

async function lookAll(world: World, bound: Options, pending: Map<string, Promise<Space>>): Promise<Looked[]> {
  const mounts = await readMounts(world.proc);
  const chosen = await choose(mounts, world, bound);
  const asked = chosen.map((mount) => lookAt(mount, rootOf(world) + mount.path, world, bound, pending));
  const looked = (await Promise.all(asked)).filter((one) => one !== null);
  return [...looked, ...missing(mounts, bound)];
}

async function choose(mounts: readonly Mount[], world: World, { mounts: named, network, ignore }: Options) {
  const chosen =
    named === undefined
      ? (await realMounts(mounts, rootOf(world))).filter((mount) => network || !mayHang(mount))
      : mounts.filter((mount) => named.includes(mount.path));
  return chosen.filter((mount) => !ignore.includes(mount.path));
}

/** What stands before the path of a mount to reach it. */
function rootOf(world: World): string {
  return world.root.replace(/\/$/, '');
}

/** Those that were named and are not mounted. */
function missing(mounts: readonly { readonly path: string }[], bound: Options): Looked[] {
  return (bound.mounts ?? [])
    .filter((one) => !mounts.some((mount) => mount.path === one))
    .map((one) => without(one, 'critical', `${one} is not mounted`));
}

async function lookAt(
  mount: Mount,
  place: string,
  world: World,
  bound: Options,
  pending: Map<string, Promise<Space>>,
): Promise<Looked | null> {
  try {
    const space = mayHang(mount)
      ? await remoteSpace(place, world.exec, bound.timeout / 2, world.signal)
      : await askLocal(place, world, bound.timeout / 2, pending);
    return space.size > 0 || bound.mounts !== undefined ? look(mount.path, space, bound) : null;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Mounts of other users and of other roots cannot be asked, and are nobody's trouble unless they were named.
    if (bound.mounts === undefined && (code === 'EACCES' || code === 'ENOENT' || code === 'EPERM')) return null;
    return without(mount.path, 'unknown', `${mount.path} ${message}`);
  }
}

function askLocal(place: string, world: World, limitMs: number, pending: Map<string, Promise<Space>>): Promise<Space> {
  if (pending.has(place)) return Promise.reject(new Error('has still not answered an earlier question'));
  const question = localSpace(place).finally(() => pending.delete(place));
  pending.set(place, question);
  return new Promise((resolve, reject) => {
    const cancel = world.clock.after(limitMs, () => reject(new Error(`did not answer within ${limitMs / 1000} s`)));
    question.then(resolve, reject).finally(cancel);
  });
}

function look(place: string, space: Space, bound: Options): Looked {
  const used = space.size - space.free;
  const percent = percentOf(used, used + space.available);
  const inodesPercent = space.inodes > 0 ? percentOf(space.inodes - space.inodesFree, space.inodes) : null;
  const inodeLimits = { warning: bound.inodes_warning, critical: bound.inodes_critical };
  const ofSpace = judge(percent, bound);
  const ofInodes = inodesPercent === null ? 'ok' : judge(inodesPercent, inodeLimits);
  let text = `${place} at ${percent}%${reached(ofSpace, bound, '%')}, ${bytesText(space.available)} free`;
  if (ofInodes !== 'ok') text += `, inodes at ${inodesPercent}%${reached(ofInodes, inodeLimits, '%')}`;
  return { path: place, status: worst([ofSpace, ofInodes]), percent, inodesPercent, space, text };
}

function without(place: string, status: CheckStatus, text: string): Looked {
  return { path: place, status, percent: 0, inodesPercent: null, space: null, text };
}

async function lookPortable(bound: Options): Promise<Looked[]> {
  const { fsSize } = await import('systeminformation');
  const mounts = (await fsSize()).map((one) => ({ ...one, path: one.mount }));
  const looked = mounts
    .filter(({ path }) => (bound.mounts?.includes(path) ?? true) && !bound.ignore.includes(path))
    .map(({ path, size, used, available }) =>
      look(path, { size, free: size - used, available, inodes: 0, inodesFree: 0 }, bound),
    );
  return [...looked, ...missing(mounts, bound)];
}
