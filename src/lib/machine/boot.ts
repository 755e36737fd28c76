import { uptime } from 'node:os';
import { readAtOnce, readText } from '../files/read.ts';

/** One start of the machine. */
export interface Boot {
  /** null where the system gives its starts no ids. In a container it is the host's. */
  readonly id: string | null;
  /** Milliseconds since, sleep included; in a container mostly since that was started. */
  readonly uptimeMs: number;
}

/** The start that the machine runs since. */
export async function readBoot(proc: string): Promise<Boot> {
  const id = readAtOnce(`${proc}/sys/kernel/random/boot_id`)?.trim() || null;
  const seconds = Number((await readText(`${proc}/uptime`))?.split(' ')[0] || Number.NaN);
  return { id, uptimeMs: (Number.isFinite(seconds) && seconds >= 0 ? seconds : uptime()) * 1000 };
}
