import type { IncomingAlert } from '../core/alert/alert.ts';
import { oneLine } from '../core/one-line.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';

/** The hub's own alert about a channel: that it fails, or has given a message up; without a trouble, that it works again. */
export function channelAlert(channel: string, trouble: string | null, now: number): Submission {
  const alert: IncomingAlert = {
    fingerprint: `channel:${channel}`,
    name: `Channel ${channel} fails`,
    status: trouble === null ? 'resolved' : 'firing',
    severity: 'critical',
    labels: { channel },
    annotations: { message: oneLine(trouble ?? 'it works again', 500) },
    metrics: {},
    startedAt: now,
    endedAt: trouble === null ? now : null,
    observedAt: now,
    groupKey: `channel:${channel}`,
  };
  return {
    ...{ source: OWN_SOURCE, origin: '', actor: OWN_SOURCE, receivedAt: now },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}
