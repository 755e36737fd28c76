import type { SourceLog } from '../housekeeping/source-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log/logger.ts';
import { createLimiter } from '../web/limits.ts';
import type { RequestReport } from '../web/webhook/handler.ts';

/**
 * Called with the outcome of every webhook request: records it with its source, and warns the operator that somebody is
 * locked out. A few lines for each address, as a stranger may go on for ever.
 */
export function outcomeListener(
  sources: Pick<SourceLog, 'accepted' | 'refused'>,
  clock: Clock,
  logger: Pick<Logger, 'warn'>,
): (report: RequestReport) => void {
  const limit = createLimiter({ perSecond: 1 / 60, burst: 3 });
  return ({ source, receivedAt, address, outcome }) => {
    if (outcome.outcome === 'accepted') {
      sources.accepted(source, receivedAt, outcome.answer.remarks ?? []);
      return;
    }
    // What the hub itself could not do says nothing of the source.
    if (outcome.cause === 'unavailable') return;
    sources.refused(source, receivedAt, outcome.message);
    if (outcome.cause === 'forbidden' && limit(address, clock.now()) === 0) {
      logger.warn({ driver: source, reason: outcome.message, address }, 'request refused');
    }
  };
}
