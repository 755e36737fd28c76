import type { SourceLog } from '../housekeeping/source-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log/logger.ts';
import { createLimiter } from '../web/limits.ts';
import type { RequestReport } from '../web/webhook/handler.ts';

/**
 * Hears what became of every webhook request: notes it with its source, and tells whoever runs the hub that somebody is
 * locked out. A few lines an address, for a stranger may ask for ever.
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
