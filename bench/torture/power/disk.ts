import type { Random } from '../random.ts';
import type { Call } from './trace.ts';

type Change = Extract<Call, { kind: 'write' | 'truncate' }>;

/** What a disk holds of some files, told from what the kernel only holds in memory. */
export interface Disk {
  take(call: Call): void;
  /**
   * The files as they could be found after a power cut now: everything synced, and of what is not synced nothing
   * (`chance` 0) or each change with that probability, in any combination.
   */
  cut(random: Random, chance: number): ReadonlyMap<string, Buffer>;
  /** Changes of a file that a power cut now could lose. */
  pending(path: string): number;
}

/** A disk of the files that `isOurs` tells. Their names are taken to be on it at once: only content is looked at. */
export function createDisk(isOurs: (path: string) => boolean): Disk {
  const files = new Map<string, Content>();
  const waiting = new Map<string, Change[]>();
  const syncing = new Map<string, number>();
  return {
    take(call) {
      if (call.kind === 'write' || call.kind === 'truncate') {
        if (!isOurs(call.path)) return;
        const list = waiting.get(call.path) ?? [];
        waiting.set(call.path, list);
        list.push(call);
      } else if (call.kind === 'remove') {
        files.delete(call.path);
        waiting.delete(call.path);
      } else if (call.kind === 'rename' || call.kind === 'link') {
        named(files, call);
        named(waiting, call);
      } else if (call.kind === 'sync') {
        const list = waiting.get(call.path) ?? [];
        if (call.edge === 'begin') syncing.set(call.path, list.length);
        else for (const change of list.splice(0, syncing.get(call.path) ?? 0)) apply(files, change);
      }
    },
    cut(random, chance) {
      const found = new Map([...files].map(([path, { bytes, size }]) => [path, { bytes: Buffer.from(bytes), size }]));
      for (const change of [...waiting.values()].flat()) {
        if (random.chance(chance)) apply(found, change);
      }
      return new Map([...found].map(([path, { bytes, size }]) => [path, bytes.subarray(0, size)]));
    },
    pending: (path) => waiting.get(path)?.length ?? 0,
  };
}

/** The same file under another name, or under one more. */
function named<T>(byPath: Map<string, T>, { kind, from, to }: Extract<Call, { kind: 'rename' | 'link' }>): void {
  const file = byPath.get(from);
  if (file === undefined) byPath.delete(to);
  else byPath.set(to, file);
  if (kind === 'rename') byPath.delete(from);
}

/** A file: its size, and a buffer with room to grow, zero beyond the size. */
interface Content {
  bytes: Buffer;
  size: number;
}

function apply(files: Map<string, Content>, change: Change): void {
  const file = files.get(change.path) ?? { bytes: Buffer.alloc(0), size: 0 };
  files.set(change.path, file);
  const end = change.kind === 'truncate' ? change.size : change.at + change.data.length;
  if (end > file.bytes.length) {
    const larger = Buffer.alloc(end * 2);
    file.bytes.copy(larger);
    file.bytes = larger;
  }
  if (change.kind === 'truncate') {
    file.bytes.fill(0, change.size);
    file.size = change.size;
  } else {
    change.data.copy(file.bytes, change.at);
    file.size = Math.max(file.size, end);
  }
}
