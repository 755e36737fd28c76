import * as z from 'zod';
import { type CheckStatus, judge, worst } from '../core/check.ts';
import { bytesText, percentOf, reached } from '../core/figures.ts';
import { isLocal, type Mount, readMounts, realMounts } from '../lib/machine/mounts.ts';
import { goneReadOnly, type Writable, writableOf } from '../lib/machine/read-only.ts';
import { askSpace, type Space } from '../lib/machine/space.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  type Finding,
  type Item,
  inOrder,
  lateOptions,
  oncePerRun,
  optionsOf,
  overrides,
  ownInOrder,
  ownThreshold,
  threshold,
  timeout,
  type World,
} from './contract.ts';

const path = () =>
  z
    .string({ error: 'must be a path such as /var' })
    .regex(/^\//, { error: 'must begin with /' })
    .transform((text) => text.replace(/(?<!\/)\/+$/, '') || '/');

const state = () => z.enum(['ok', 'warning', 'critical'], { error: 'must be ok, warning or critical' });

const options = lateOptions(
  () =>
    z
      .strictObject({
        warning: threshold('warning', 'Use in percent of the space, as df counts it,', 80, 100),
        critical: threshold('critical', 'Use in percent of the space, as df counts it,', 95, 100),
        inodes_warning: threshold('warning', 'Use in percent of the inodes', 80, 100),
        inodes_critical: threshold('critical', 'Use in percent of the inodes', 95, 100),
        mounts: z
          .array(path())
          .min(1)
          .optional()
          .describe(
            'Mount points to look at, of any type; one that is not mounted is critical. Left out: every real one that can be written to',
          ),
        ignore: z.array(path()).prefault([]).describe('Mount points to leave out'),
        network: z
          .boolean()
          .default(false)
          .describe('Also look at network file systems that are not named (NFS, SMB, …)'),
        read_only: state()
          .default('critical')
          .describe('State of a file system that took writes before and takes none now'),
        overrides: overrides(
          {
            warning: ownThreshold(100),
            critical: ownThreshold(100),
            inodes_warning: ownThreshold(100),
            inodes_critical: ownThreshold(100),
            read_only: state().optional(),
          },
          'mounts (/srv)',
        ),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('warning', 'critical'))
      .refine(...inOrder('inodes_warning', 'inodes_critical'))
      .superRefine(ownInOrder(['warning', 'critical'], ['inodes_warning', 'inodes_critical'])),
  {
    warning: 80,
    critical: 95,
    inodes_warning: 80,
    inodes_critical: 95,
    ignore: [],
    network: false,
    read_only: 'critical',
    overrides: {},
    attempts: 1,
    for: 0,
    timeout: 10_000,
  },
);

type Options = z.output<typeof options.schema>;

/** Space and inodes of the mounted file systems, and whether they still take writes. */
export const disk: Checker = {
  name: 'disk',
  summary: 'space and inodes of every real mount, or of those named; file systems gone read-only',
  byDefault: true,
  items: 'mount',
  options,
  bind(given) {
    const bound = options.parse(given);
    const confirmation = confirmationOf(bound);
    const check = { name: 'disk', title: 'Disk usage', timeoutMs: bound.timeout, confirmation };
    // What has not answered yet is not asked again.
    const pending = new Map<string, Promise<Space>>();
    const choose = oncePerRun((world) => chooseMounts(world, bound));
    return [
      {
        ...check,
        available: async (world) => {
          if (world.platform !== 'linux' || bound.mounts !== undefined) return null;
          const isAny = (await choose(world)).chosen.length > 0;
          return isAny ? null : 'no local file system that can be written to; name some in checkers.disk.mounts';
        },
        run: async (world) =>
          world.platform === 'linux'
            ? runLinux(world, bound, await choose(world), pending)
            : findingOf(await lookPortable(bound)),
      },
    ];
  },
};

/** A mount with what was found; `space` is null when it could not be asked. */
interface Looked {
  readonly path: string;
  readonly status: CheckStatus;
  readonly percent: number;
  readonly inodesPercent: number | null;
  readonly space: Space | null;
  readonly text: string;
}

/** What is looked at in a run. */
interface Choice {
  readonly mounts: readonly Mount[];
  readonly chosen: readonly Mount[];
  /** File systems that took writes before, with the reason to believe so. */
  readonly gone: ReadonlyMap<Mount, string>;
}

async function chooseMounts(world: World, { mounts: named, network, ignore }: Options): Promise<Choice> {
  const root = rootOf(world);
  const mounts = await readMounts(world.proc);
  const gone = await goneReadOnly(mounts, rememberedOf(world.remembered), { sys: world.sys, root });
  const chosen =
    named === undefined
      ? (await realMounts(mounts, root, (mount) => gone.has(mount))).filter((mount) => network || isLocal(mount))
      : [...new Map(mounts.map((mount) => [mount.path, mount])).values()].filter((mount) => named.includes(mount.path));
  return { mounts, gone, chosen: chosen.filter((mount) => !ignore.includes(mount.path)) };
}

function rememberedOf(remembered: unknown): Writable {
  const { writable } = Object(remembered) as { writable?: unknown };
  return typeof writable === 'object' && writable !== null ? (writable as Writable) : {};
}

/** What stands before the path of a mount to reach it. */
function rootOf(world: World): string {
  return world.root.replace(/\/$/, '');
}

async function runLinux(
  world: World,
  bound: Options,
  { mounts, chosen, gone }: Choice,
  pending: Map<string, Promise<Space>>,
): Promise<Finding> {
  const asked = chosen.map((mount) => lookAt(mount, world, bound, pending));
  const looked = (await Promise.all(asked)).filter((one) => one !== null);
  const broken = chosen.flatMap((mount) => readOnlyItem(mount, gone.get(mount), bound));
  const finding = findingOf([...looked, ...missing(mounts, bound)], broken);
  return { ...finding, remember: { writable: writableOf(mounts, gone) } };
}

function readOnlyItem({ path }: Mount, reason: string | undefined, bound: Options): Item[] {
  const { read_only: status } = optionsOf<Options>(bound, path);
  if (reason === undefined) return [];
  const message = `${path} has gone read-only: ${reason}`;
  const about = { name: `${path}:read-only`, title: `Read-only file system ${path}`, labels: { mount: path } };
  return [{ ...about, status, message, metrics: { read_only: true } }];
}

const SHOWN = 3;
const KEPT = 20;
const RANK = { critical: 3, warning: 2, unknown: 1, ok: 0 };

function findingOf(found: readonly Looked[], broken: readonly Item[] = []): Finding {
  if (found.length === 0) throw new Error('no file system to look at; name some in checkers.disk.mounts');
  const fullness = (one: Looked) => Math.max(one.percent, one.inodesPercent ?? 0);
  const sorted = found.toSorted((a, b) => RANK[b.status] - RANK[a.status] || fullness(b) - fullness(a));
  const texts = [...broken.map(({ status, message }) => ({ status, text: message })), ...sorted];
  const bad = texts.filter((one) => one.status !== 'ok').toSorted((a, b) => RANK[b.status] - RANK[a.status]);
  const shown = (bad.length > 0 ? bad : sorted.slice(0, 1)).slice(0, SHOWN);
  const more = bad.length - shown.length;
  const rest = found.length === 1 || bad.length > 0 ? '' : `, the fullest of ${found.length} mounts`;
  return {
    status: worst(texts.map((one) => one.status)),
    message: shown.map((one) => one.text).join('; ') + (more > 0 ? `; and ${more} more` : rest),
    metrics: {
      disk_percent: Math.max(...found.map((one) => one.percent)),
      inodes_percent: Math.max(...found.map((one) => one.inodesPercent ?? 0)),
      mount_count: found.length,
      mounts: Object.fromEntries(sorted.slice(0, KEPT).map((one) => [one.path, figures(one)])),
    },
    items: [...sorted.map(itemOf), ...broken],
  };
}

function itemOf(one: Looked): Item {
  const about = { name: one.path, title: `Disk usage of ${one.path}`, labels: { mount: one.path } };
  return { ...about, status: one.status, message: one.text, metrics: figures(one) };
}

function figures(one: Looked) {
  if (one.space === null) return { status: one.status };
  const { size, available } = one.space;
  return { used_percent: one.percent, inodes_percent: one.inodesPercent, available_bytes: available, size_bytes: size };
}

/** Those that were named and are not mounted. */
function missing(mounts: readonly { readonly path: string }[], bound: Options): Looked[] {
  return (bound.mounts ?? [])
    .filter((one) => !mounts.some((mount) => mount.path === one))
    .map((one) => without(one, 'critical', `${one} is not mounted`));
}

async function lookAt(
  mount: Mount,
  world: World,
  bound: Options,
  pending: Map<string, Promise<Space>>,
): Promise<Looked | null> {
  const { path, hiddenBy } = mount;
  if (hiddenBy !== null) return without(path, 'critical', `${path} is hidden by the mount on ${hiddenBy}`);
  try {
    const space = await ask(mount, world, bound.timeout / 2, pending);
    if (space.size > 0) return look(path, space, optionsOf<Options>(bound, path));
    return bound.mounts === undefined ? null : without(path, 'unknown', `${path} does not tell its size`);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Mounts of other users and of other roots cannot be asked, and are nobody's trouble unless they were named.
    if (bound.mounts === undefined && (code === 'EACCES' || code === 'ENOENT' || code === 'EPERM')) return null;
    return without(path, 'unknown', `${path} ${message}`);
  }
}

function ask(mount: Mount, world: World, timeoutMs: number, pending: Map<string, Promise<Space>>): Promise<Space> {
  const place = rootOf(world) + mount.path;
  if (pending.has(place)) return Promise.reject(new Error('has still not answered an earlier question'));
  const question = askSpace(mount, place, { ...world, timeoutMs }).finally(() => pending.delete(place));
  pending.set(place, question);
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`did not answer within ${timeoutMs / 1000} s`));
    // A program that asks is given its whole time, and then some to be ended.
    const cancel = world.clock.after(timeoutMs * 1.5, late);
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
      look(path, { size, free: size - used, available, inodes: 0, inodesFree: 0 }, optionsOf<Options>(bound, path)),
    );
  return [...looked, ...missing(mounts, bound)];
}
