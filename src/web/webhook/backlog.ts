import type { Intake } from './intake.ts';
import { postponed } from './outcome.ts';

// What may wait before senders are told to come back: about a second of work where alerts are of common size.
const MOST_BYTES = 16 * 1024 * 1024;
// Requests up to this size are accepted until twice as much waits: who sends many large ones only blocks itself.
const SMALL_BYTES = 64 * 1024;
// What a request costs however small its body is.
const REQUEST_BYTES = 256;

/**
 * Bounds what waits to be committed. It stands before the seam, for what has crossed cannot be refused while the store is
 * held up. `onFull` is called for each request that is refused.
 */
export function createBacklog(take: Intake, onFull: () => void): Intake {
  let waiting = 0;
  return (job) => {
    const size = job.body.length + REQUEST_BYTES;
    if (waiting >= (job.body.length > SMALL_BYTES ? MOST_BYTES : 2 * MOST_BYTES)) {
      onFull();
      return Promise.resolve(postponed('the hub is busy'));
    }
    waiting += size;
    return take(job).finally(() => {
      waiting -= size;
    });
  };
}
