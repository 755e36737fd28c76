import type { IncomingAlert } from '../core/alert/alert.ts';
import { cutText } from '../core/reading/json.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';

/** Told that the hub refused what a source sent, and why; `at` in UTC milliseconds. */
export type OnRefusal = (source: string, reason: string, at: number) => void;

// Senders that cannot split a group come back with it every few minutes.
const LASTS_MS = 3_600_000;
// An alert a source and minute, however often it is refused.
const EVERY_MS = 60_000;
const LONGEST_REASON = 500;

/**
 * The hub's own alert about a source whose bodies it refuses: what is refused is lost, and its sender may never tell
 * anybody. It ends an hour after the last refusal.
 */
export function createRefusalAlerts(submit: (submission: Submission) => void): OnRefusal {
  const raised = new Map<string, number>();
  return (source, reason, at) => {
    if (at - (raised.get(source) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    raised.set(source, at);
    submit({
      ...{ source: OWN_SOURCE, origin: '', actor: OWN_SOURCE, receivedAt: at },
      ...{ alerts: [alertOf(source, reason, at)], errors: [], replay: null, instance: null },
    });
  };
}

function alertOf(source: string, reason: string, at: number): IncomingAlert {
  return {
    fingerprint: `webhook-refused:${source}`,
    name: `Refused what ${source} sent`,
    status: 'firing',
    severity: 'warning',
    labels: { source },
    annotations: { message: cutText(reason, LONGEST_REASON) },
    metrics: {},
    startedAt: at,
    endedAt: null,
    observedAt: at,
    groupKey: `webhook-refused:${source}`,
    expiresAt: at + LASTS_MS,
  };
}
