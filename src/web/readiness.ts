import type { Clock } from '../lib/clock.ts';

// A probe may ask as often as it likes; the disk is asked once in that time.
const KEPT_MS = 1000;

/** Whether the store can be written: null when it can, else the engine's reason. */
export function createReadiness(checkWritable: () => Promise<void>, clock: Clock): () => Promise<string | null> {
  let last: { readonly at: number; readonly answer: Promise<string | null> } | null = null;
  return () => {
    const now = clock.monotonic();
    if (last === null || now - last.at >= KEPT_MS) last = { at: now, answer: ask(checkWritable) };
    return last.answer;
  };
}

async function ask(checkWritable: () => Promise<void>): Promise<string | null> {
  try {
    await checkWritable();
    return null;
  } catch (error) {
    return `the store cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}
