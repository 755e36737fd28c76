import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Hub, startHub, temporaryFolder } from '../processes.ts';

/** What one JavaScript thread of a hub recorded since the last reset. */
export interface ThreadReport {
  /** `main`, or `worker <threadId>`. */
  readonly name: string;
  readonly tid: number;
  /** Pauses of this thread for garbage collection. */
  readonly minorMs: number;
  readonly majorMs: number;
  /** Event loop delay in milliseconds, sampled evenly over time. */
  readonly late: readonly number[];
}

/** What a hub recorded since the last reset. */
export interface HubReport {
  readonly threads: readonly ThreadReport[];
  /** Thread ids of the pool of libuv. */
  readonly pool: readonly number[];
}

/** A hub that runs with preload.js. */
export interface InstrumentedHub extends Hub {
  /** Discards what was recorded so far. */
  reset(): void;
  report(): Promise<HubReport>;
}

/** Starts a hub with preload.js, which costs it some 500 timers a second and a `gc` observer. */
export async function startInstrumentedHub(): Promise<InstrumentedHub> {
  const preload = pathToFileURL(join(import.meta.dirname, 'preload.js')).href;
  const hub = await startHub(temporaryFolder(), { NODE_OPTIONS: `--import=${preload}` }, 'ipc');
  return {
    ...hub,
    reset: () => {
      hub.process.send('reset');
    },
    report: () =>
      new Promise((resolve) => {
        hub.process.once('message', (report) => resolve(report as HubReport));
        hub.process.send('report');
      }),
  };
}
