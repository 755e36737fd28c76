import { uptime } from 'node:os';
import { readAtOnce } from '../files/read.ts';
import type { Asking } from './asking.ts';
import { readKernelText } from './overlays.ts';

/** One start of the machine. */
export interface Boot {
  /** null where the system gives its starts no ids. In a container it is the host's. */
  readonly id: string | null;
  /** Milliseconds since, sleep included; in a container mostly since that was started. */
  readonly uptimeMs: number;
}

/** Where the files are, and how they are asked when a program is behind them. */
type Place = Omit<Asking, 'timeoutMs'>;

/** The start that the machine runs since. */
export async function readBoot(place: Place): Promise<Boot> {
  const { proc } = place;
  const id = readAtOnce(`${proc}/sys/kernel/random/boot_id`)?.trim() || null;
  return { id, uptimeMs: ((await readUptime(place)) ?? uptime()) * 1000 };
}

/** No machine has run for a thousand years: a figure that cannot be. */
const MOST_SECONDS = 1000 * 365 * 86_400;

/** Seconds since the machine, or the container, started; null where they are not told. */
export async function readUptime(place: Place): Promise<number | null> {
  const seconds = Number((await readKernelText(`${place.proc}/uptime`, place))?.trim().split(/\s/)[0] || Number.NaN);
  return seconds >= 0 && seconds <= MOST_SECONDS ? seconds : null;
}
