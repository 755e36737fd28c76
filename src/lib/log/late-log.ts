import type { Fields, Logger } from './logger.ts';

/** A log that costs nothing until its first line. */
export interface LateLog {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Resolves when every line so far is written. */
  flush(): Promise<void>;
}

/** Opens the real log at the first line; lines keep their order. For programs that usually have nothing to tell. */
export function createLateLog(open: () => Promise<Pick<Logger, 'info' | 'warn' | 'error'>>): LateLog {
  let opened: ReturnType<typeof open> | undefined;
  let written: Promise<void> = Promise.resolve();
  const at = (level: 'info' | 'warn' | 'error') => (fields: Fields, message: string) => {
    opened ??= open();
    const logger = opened;
    written = written.then(async () => (await logger)[level](fields, message));
  };
  return { log: { info: at('info'), warn: at('warn'), error: at('error') }, flush: () => written };
}
