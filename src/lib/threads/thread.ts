import { Worker } from 'node:worker_threads';
import type { Part } from '../lifecycle.ts';
import type { Fields, Logger } from '../log/logger.ts';
import { type Caller, createCaller, type Offer } from './calls.ts';
import { toPlain } from './plain-error.ts';

/** A line of the log on its way from a thread to the one that writes. */
export interface LogMessage {
  readonly log: Exclude<keyof Logger, 'child'>;
  readonly fields: Fields;
  readonly message: string;
}

/** A thread of this process. */
export interface Thread<O extends Offer> {
  /** Never settles once the thread has died: whoever must not wait for ever waits for that too. */
  readonly call: Caller<O>;
  /** Resolves, with what is known of it, when the thread has ended without having been asked to. */
  readonly died: Promise<Error>;
  /** The thread as a part: `start` and `stop` are functions that it offers; stopped, it has ended. */
  part(start: () => Promise<void>, stop: () => Promise<void>): Part;
}

/** What a thread is started with. */
export interface ThreadOptions {
  /** What it is called in the message when it dies: "the engine". */
  readonly name: string;
  /** The module that it runs. */
  readonly entry: URL;
  /** Cloned for it. */
  readonly data: unknown;
  /** Size of the young generation of its heap, in MB. */
  readonly youngMb: number;
  readonly logger: Logger;
  /** Called with each number that the thread tells unasked. */
  readonly onSignal?: (number: number) => void;
}

/** Starts a thread that offers functions; its log is written here, in order. */
export function startThread<O extends Offer>({
  name,
  entry,
  data,
  youngMb,
  logger,
  onSignal,
}: ThreadOptions): Thread<O> {
  const worker = new Worker(entry, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: youngMb } });
  const call = createCaller<O>(worker);
  worker.on('message', (line: LogMessage | number) => {
    if (typeof line === 'number') onSignal?.(line);
    else if (line.log !== undefined) logger[line.log](line.fields, line.message);
  });
  let isAsked = false;
  const died = new Promise<Error>((resolve) => {
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      const why = cause === undefined ? ` with code ${code}` : `: ${toPlain(cause).message}`;
      if (!isAsked) resolve(new Error(`${name} has ended${why}`, { cause }));
    });
  });
  const unlessDead = (work: Promise<void>) =>
    Promise.race([
      work,
      died.then((error) => {
        throw error;
      }),
    ]);
  const end = async () => {
    isAsked = true;
    await worker.terminate();
  };
  return {
    call,
    died,
    part: (start, stop) => ({
      name,
      start: () =>
        unlessDead(start()).catch(async (error: unknown) => {
          await end();
          throw error;
        }),
      stop: async () => {
        try {
          await unlessDead(stop());
        } finally {
          await end();
        }
      },
    }),
  };
}
