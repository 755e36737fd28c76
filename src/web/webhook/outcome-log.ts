import type { OnRefusal } from '../../housekeeping/refusals.ts';
import type { SourceLog } from '../../housekeeping/source-log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { createLimiter } from '../limits.ts';
import type { RequestReport } from './handler.ts';

/** Who is to know what became of requests. */
export interface OutcomeListeners {
  readonly sources: Pick<SourceLog, 'accepted' | 'refused'>;
  /** Called for what its sender has proven to have sent, and is lost. */
  readonly alert: OnRefusal;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Hears what became of every webhook request: notes it with its source, raises an alert about what is lost, and tells
 * whoever runs the hub. A few lines of the log an address, for a stranger may ask for ever.
 */
export function outcomeListener({ sources, alert, clock, logger }: OutcomeListeners): (report: RequestReport) => void {
  const limit = createLimiter({ perSecond: 1 / 60, burst: 3 });
  return ({ source, isProven, receivedAt, address, outcome }) => {
    if (outcome.outcome === 'accepted') {
      sources.accepted(source, receivedAt, outcome.answer.remarks ?? []);
      return;
    }
    // What the hub itself could not do says nothing of the source.
    if (outcome.cause === 'unavailable') return;
    sources.refused(source, receivedAt, outcome.message);
    if (outcome.outcome !== 'refused') return;
    if (isProven && outcome.cause !== 'forbidden') alert(source, outcome.message, receivedAt);
    if (limit(address, clock.now()) === 0) {
      logger.warn({ driver: source, reason: outcome.message, address }, 'request refused');
    }
  };
}
