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
  return own(alert, now);
}

/** The hub's own alert that notices lag behind the history: what is committed is told late, or not at all. */
export function lagAlert(seconds: number, isOver: boolean, now: number): Submission {
  const alert: IncomingAlert = {
    fingerprint: 'notices:lag',
    name: 'Notices lag behind',
    status: isOver ? 'resolved' : 'firing',
    severity: 'critical',
    labels: { part: 'notices' },
    annotations: {
      message: isOver ? 'they have caught up' : `what was committed ${Math.round(seconds)} s ago is not looked at yet`,
    },
    metrics: {},
    startedAt: now,
    endedAt: isOver ? now : null,
    observedAt: now,
    groupKey: 'notices:lag',
  };
  return own(alert, now);
}

function own(alert: IncomingAlert, now: number): Submission {
  return {
    ...{ source: OWN_SOURCE, origin: '', actor: OWN_SOURCE, receivedAt: now },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}
