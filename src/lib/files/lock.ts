import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep, stayAlive } from '../clock.ts';
import { statFields } from '../machine/processes.ts';
import { openNew } from './private.ts';
import { readAtOnce } from './read.ts';

/** What came of asking for a lock: a function that gives it back, or who holds it. */
export type LockResult =
  | { readonly ok: true; readonly release: () => Promise<void> }
  | { readonly ok: false; readonly reason: string };

/** So often a holder moves the time of its file on, for those who cannot see its process. */
const SHOW_MS = 10_000;
/** A holder whose process cannot be told from another is believed for this long after it last showed that it lives. */
const UNSEEN_HOLDER_MS = 60_000;
const POLL_MS = 50;

/**
 * Takes the lock `name` of a folder, waiting at most `waitMs` for others. A holder that died, however it died, holds
 * nothing. Throws the system's error when the folder cannot be written. Aborting `signal` ends the waiting.
 *
 * Every contender announces itself in a file of its own, named `<name>.<boot>-<pid space>.<pid>.<start time>.<random>`,
 * and owns the lock if a listing made *after that* shows no other living one; else it withdraws and tries again. Of two
 * contenders the later to announce must see the earlier, so there are never two owners; and as no name is ever used
 * twice, clearing away a dead one's file cannot hit a living one's.
 */
export async function takeLock(
  folder: string,
  name: string,
  waitMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<LockResult> {
  const space = processSpace();
  const started = startTime(process.pid) ?? '0';
  const own = `${name}.${space}.${process.pid}.${started}.${randomBytes(8).toString('hex')}`;
  const place: Place = { folder, name, own, space, clock };
  const deadline = clock.monotonic() + waitMs;
  const letGo = stayAlive();
  try {
    for (;;) {
      let holder = await livingOther(place);
      if (holder === null) {
        await (await openNew(join(folder, own))).close();
        holder = await livingOther(place);
        if (holder === null) {
          const hide = showLife(place);
          const release = () => {
            hide();
            return remove(folder, own);
          };
          return { ok: true, release };
        }
        await remove(folder, own);
      }
      if (signal?.aborted || clock.monotonic() >= deadline) return { ok: false, reason: await describe(holder, place) };
      // Uneven pauses let two that always meet pass each other.
      await sleep(clock, POLL_MS * (0.5 + Math.random()));
    }
  } finally {
    letGo();
  }
}

/** Moves the time of the file on until the returned function is called. Its time of reading stays that of taking the lock. */
function showLife({ folder, own, clock }: Place): () => void {
  const taken = new Date(clock.now());
  const wait = () => clock.after(SHOW_MS, show);
  let cancel = wait();
  function show() {
    // A disk that takes nothing is no reason to stop the work; then the file's time tells what it can.
    void utimes(join(folder, own), taken, new Date(clock.now())).catch(() => {});
    cancel = wait();
  }
  return () => cancel();
}

interface Place {
  readonly folder: string;
  readonly name: string;
  /** File of the contender that looks around. */
  readonly own: string;
  readonly space: string;
  readonly clock: Clock;
}

interface Holder {
  readonly file: string;
  readonly space: string;
  readonly pid: number;
  readonly started: string;
}

async function livingOther(place: Place): Promise<Holder | null> {
  const { folder, name, own } = place;
  for (const file of await readdir(folder)) {
    if (file === own || !file.startsWith(`${name}.`)) continue;
    const [, space, pid, started] = /^\.([^.]+)\.(\d+)\.(\d+)\.[0-9a-f]+$/.exec(file.slice(name.length)) ?? [];
    if (space === undefined || pid === undefined || started === undefined) continue;
    const holder = { file, space, pid: Number(pid), started };
    if (await isLiving(holder, place)) return holder;
    await remove(folder, file);
  }
  return null;
}

async function isLiving(holder: Holder, place: Place): Promise<boolean> {
  if (bootOf(holder.space) !== bootOf(place.space)) return false;
  if (holder.space === place.space) {
    const started = startTime(holder.pid);
    if (started !== null) return started === holder.started;
    if (!exists(holder.pid)) return false;
  }
  // A process of another container, or of a system that tells no start times, which may have got a dead one's number.
  const age = await ageOf(holder, 'shown', place);
  return age !== null && age < UNSEEN_HOLDER_MS;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function describe(holder: Holder, place: Place): Promise<string> {
  const age = await ageOf(holder, 'taken', place);
  const since = age === null ? '' : ` for ${Math.round(age / 1000)} s`;
  return `another monitor (process ${holder.pid}) has been running${since}, according to ${join(place.folder, holder.file)}`;
}

/** Time since a holder took the lock, or since it last showed that it lives; null when it has gone. */
async function ageOf(holder: Holder, what: 'taken' | 'shown', { folder, clock }: Place): Promise<number | null> {
  const found = await stat(join(folder, holder.file)).catch(() => null);
  return found === null ? null : Math.max(0, clock.now() - (what === 'taken' ? found.atimeMs : found.mtimeMs));
}

/** The boot and the pid namespace in which a pid means one process; `0-0` where the system does not tell. */
function processSpace(): string {
  const boot = readAtOnce('/proc/sys/kernel/random/boot_id') ?? '0';
  return `${boot.replace(/[^0-9a-f]/g, '') || '0'}-${pidNamespace().replace(/[^0-9]/g, '') || '0'}`;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '0';
  }
}

function bootOf(space: string): string {
  return space.slice(0, space.indexOf('-'));
}

/** Field 22 of /proc/<pid>/stat, in ticks since the boot; null when it cannot be seen, `dead` when it is a zombie. */
function startTime(pid: number): string | null {
  const text = readAtOnce(`/proc/${pid}/stat`);
  if (text === null) return null;
  const field = statFields(text);
  return field(3) === 'Z' || field(3) === 'X' ? 'dead' : field(22) || null;
}

async function remove(folder: string, file: string): Promise<void> {
  await unlink(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
