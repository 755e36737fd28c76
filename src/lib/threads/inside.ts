import { parentPort, workerData } from 'node:worker_threads';
import type { Fields, Logger } from '../log/logger.ts';
import { answerCalls, type Channel, type Offer } from './calls.ts';
import { toPlain } from './plain-error.ts';
import type { LogMessage } from './thread.ts';

/** The thread that this module runs in. */
export interface Inside {
  /** What it was started with. */
  readonly data: unknown;
  /** A log that the thread which started this one writes. */
  readonly logger: Logger;
  /** Tells the other thread a number that it did not ask for. */
  signal(number: number): void;
  /** Answers its calls from now on. */
  offer(functions: Offer): void;
}

/** Throws an Error where this is no thread of another. */
export function insideThread(): Inside {
  if (parentPort === null) throw new Error('this module runs in a thread');
  const channel: Channel = parentPort;
  return {
    data: workerData,
    logger: loggerOver(channel, {}),
    signal: (number) => channel.postMessage(number, []),
    offer: (functions) => answerCalls(channel, functions),
  };
}

function loggerOver(channel: Channel, always: Fields): Logger {
  const write = (log: LogMessage['log']) => (fields: Fields, message: string) => {
    const { error, ...rest } = { ...always, ...fields };
    const line: LogMessage = { log, fields: error === undefined ? rest : { ...rest, error: toPlain(error) }, message };
    channel.postMessage(line, []);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: (fields) => loggerOver(channel, { ...always, ...fields }),
  };
}
