import { setFlagsFromString } from 'node:v8';
/** Something that lives as long as the process. `stop` ends what `start` began and resolves when it has. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts parts in order; when one fails, those already started are stopped in reverse and the error is thrown on. The
 * returned function stops them in reverse: every one of them, and then throws the first error.
 */
export async function startAll(parts: readonly Part[]): Promise<() => Promise<void>> {
  const started: Part[] = [];
  const stopAll = async () => {
    const errors: unknown[] = [];
    for (const part of started.splice(0).reverse()) await part.stop().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
  try {
    for (const part of parts) {
      await part.start();
      started.push(part);
    }
  } catch (error) {
    // Why it could not start is what counts.
    await stopAll().catch(() => {});
    throw error;
  }
  return stopAll;
}

// With live data of 40 MB under load, V8 of its own accord lets 180 MB gather; collected sooner, the rate is the same.
const GROWING_PERCENT = 50;

/**
 * For a process that runs for months beside others: the heap may grow by half of what lives in it before it is
 * collected, where V8 by itself lets it grow to several times that as long as the machine has memory.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
