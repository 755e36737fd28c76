import { createRetention, type RetentionParts } from '../housekeeping/retention.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';

/** What retention is put together from. */
export interface RetentionNeeds extends Pick<RetentionParts, 'store' | 'holder'> {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps the history of a hub as long as its settings say, in milliseconds; 0 keeps all, and needs no part. */
export function retentionParts({ store, clock, logger, holder }: RetentionNeeds, keepMs: number): readonly Part[] {
  if (keepMs === 0) return [];
  const part = createRetention({
    store,
    clock,
    holder,
    keepMs,
    onRound: (removed) => logger.info({ ...removed }, 'old history removed'),
    onFailure: (error) => logger.error({ error }, 'old history could not be removed'),
  });
  return [part];
}
