import type { Notice } from '../core/notice/notice.ts';
import type { AttemptRow } from '../stores/contract/notices.ts';

/** The attempts of a process that ended, or lost its lease, before it had an answer: they may have arrived. */
export function lostAttempts(
  underWay: readonly Notice[],
  timeoutOf: (channel: string) => number,
  newId: () => string,
): readonly AttemptRow[] {
  return underWay.flatMap(({ incidentId, channel, pending }) => {
    if (pending === null) return [];
    const { phase, step, key, attempts: attempt, digest, retryAt } = pending;
    return {
      ...{ id: newId(), incidentId, channel, phase, step, key, attempt, at: retryAt - timeoutOf(channel), digest },
      ...{ tookMs: null, outcome: 'unknown', reason: 'the hub ended before there was an answer' },
    };
  });
}
