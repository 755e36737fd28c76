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
  return { id, uptimeMs: ((await readUptime(proc)) ?? uptime()) * 1000 };
}

/** No machine has run for a thousand years: a figure that cannot be. */
const MOST_SECONDS = 1000 * 365 * 86_400;

/** Seconds since the machine, or the container, started; null where they are not told. */
export async function readUptime(proc: string): Promise<number | null> {
  const seconds = Number((await readText(`${proc}/uptime`))?.trim().split(/\s/)[0] || Number.NaN);
  return seconds >= 0 && seconds <= MOST_SECONDS ? seconds : null;
}
