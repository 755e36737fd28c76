import type { Labels, Severity } from '../alert/alert.ts';
import type { NoticeMessage } from './message.ts';

/** What a test message is made of. */
export interface TestMessageParts {
  readonly hub: NoticeMessage['hub'];
  /** Id of the channel. */
  readonly channel: string;
  /** Labels of the alert that it makes up. */
  readonly labels: Labels;
  readonly severity: Severity;
  /** UTC milliseconds. */
  readonly at: number;
  /** Hex, no two the same: every test is a message of its own. */
  readonly key: string;
}

/** The message by which somebody tries a channel: it says that nothing is wrong, and no incident stands behind it. */
export function testMessage({ hub, channel, labels, severity, at, key }: TestMessageParts): NoticeMessage {
  return {
    ...{ phase: 'test', step: 0, key, at, hub, channel },
    incident: {
      ...{ id: `test-${key.slice(0, 12)}`, key: `test:${key}`, dedupKey: key, title: `${TEST_NAME} of ${channel}` },
      ...{ status: 'open', severity, startedAt: at, endedAt: null, acknowledgedBy: null },
      firing: { critical: 0, warning: 0, info: 0 },
      total: 0,
    },
    ...{ digest: null, alerts: [], more: 0, groupLabels: labels, evidence: [], runbook: null },
    links: { incident: null, acknowledge: null, silence: null },
    ...{ remarks: [], firstRef: null, amends: false },
  };
}

/** Name of the alert that a test makes up, for routes that match it. */
export const TEST_NAME = 'Test';
