import type { Intake } from './intake.ts';
import { postponed } from './outcome.ts';

// What may wait before senders are told to come back: about a second of work where alerts are of common size.
const MOST_BYTES = 32 * 1024 * 1024;
// What a request costs however small its body is.
const REQUEST_BYTES = 256;

/**
 * Bounds what waits to be committed. It stands before the seam, for what has crossed cannot be refused while the store is
 * held up. Each sender may have as much waiting as is left for all others: one alone has half of it, and who comes after
 * those that send much still finds room. `onFull` is called for each request that is refused.
 */
export function createBacklog(take: Intake, onFull: () => void): Intake {
  const flows = new Map<string, number>();
  let waiting = 0;
  return (job) => {
    const { flow } = job;
    const size = job.body.length + REQUEST_BYTES;
    const own = flows.get(flow) ?? 0;
    if (own + size > MOST_BYTES - waiting) {
      onFull();
      return Promise.resolve(postponed('the hub is busy'));
    }
    waiting += size;
    flows.set(flow, own + size);
    return take(job).finally(() => {
      waiting -= size;
      const left = (flows.get(flow) ?? 0) - size;
      if (left === 0) flows.delete(flow);
      else flows.set(flow, left);
    });
  };
}
