import { cutText } from '../../core/reading/json.ts';
import type { OnRefusal } from '../../housekeeping/refusals.ts';
import type { SourceLog } from '../../housekeeping/source-log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { createLimiter } from '../limits.ts';
import type { RequestReport } from './handler.ts';

/** Who is to know what became of requests. */
export interface OutcomeListeners {
  readonly sourceLog: Pick<SourceLog, 'accepted' | 'refused'>;
  /** Called for what its sender has proven to have sent, and is lost. */
  readonly alert: OnRefusal;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn' | 'debug'>;
}

// What of a reason stands on the log; `monitor sources` has more.
const REASON_CHARS = 200;

/**
 * Called with the outcome of every webhook request: records it with its source, raises an alert about what is lost, and warns
 * the operator. A few log lines for each address, and for all of them together, as strangers may go on for ever.
 */
export function outcomeListener({
  sourceLog,
  alert,
  clock,
  logger,
}: OutcomeListeners): (report: RequestReport) => void {
  const limit = createLimiter({ perSecond: 1 / 60, burst: 3 });
  const limitAll = createLimiter({ perSecond: 1 / 6, burst: 30 });
  let more = 0;
  return ({ source, isProven, receivedAt, address, outcome }) => {
    if (outcome.outcome === 'accepted') {
      const { remarks = [], leftOut, isOwnNotice, counts } = outcome.answer;
      logger.debug({ driver: source, address, counts }, 'request committed');
      sourceLog.accepted(source, receivedAt, leftOut === undefined ? remarks : [leftOut, ...remarks], isOwnNotice);
      if (leftOut !== undefined) alert(source, leftOut, receivedAt);
      return;
    }
    // What the hub itself could not do says nothing of the source.
    if (outcome.cause === 'unavailable') return;
    sourceLog.refused(source, receivedAt, outcome.message);
    if (outcome.cause === 'full') alert(source, outcome.message, receivedAt);
    if (outcome.outcome !== 'refused') return;
    if (isProven && outcome.cause !== 'forbidden') alert(source, outcome.message, receivedAt);
    const now = clock.now();
    if (limit(address, now) > 0 || limitAll('', now) > 0) {
      more += 1;
      return;
    }
    const reason = cutText(outcome.message, REASON_CHARS);
    logger.warn({ driver: source, reason, address, ...(more > 0 && { more }) }, 'request refused');
    more = 0;
  };
}
