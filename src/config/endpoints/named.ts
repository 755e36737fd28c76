import type * as z from 'zod';
import { type EndpointAlert, type EndpointMaintenance, endpointKey } from '../../core/endpoint/endpoint.ts';
import { minuteOf, parseWeekdays } from '../../core/policy/interval-text.ts';
import type { NamedEndpoint } from './document.ts';
import type { ENDPOINT, PUSH_ENDPOINT } from './schema.ts';

type Read = z.output<typeof ENDPOINT> | z.output<typeof PUSH_ENDPOINT>;
type ReadAlert = NonNullable<Read['alerts']>[number];
type ReadWindow = NonNullable<Read['maintenance_windows']>[number];

const DEFAULT_ALERT: EndpointAlert = {
  failureThreshold: 3,
  successThreshold: 2,
  quorum: null,
  severity: 'critical',
  description: '',
  reminderMs: 0,
  sendOnResolved: true,
};

/** Of one that is called: what it says counts at once. */
export const DEFAULT_PUSH_ALERT: EndpointAlert = { ...DEFAULT_ALERT, failureThreshold: 1, successThreshold: 1 };

/** What all endpoints have, as the rest of the program knows it. */
export function namedPart(read: Read, fallback: EndpointAlert = DEFAULT_ALERT): NamedEndpoint {
  const group = read.group ?? '';
  return {
    key: endpointKey(group, read.name),
    name: read.name,
    group,
    enabled: read.enabled,
    description: read.description ?? '',
    labels: { ...read.extra_labels, ...read.labels },
    alerts: read.alerts?.filter(({ enabled }) => enabled).map(alertOf) ?? [fallback],
    dependsOn: read.depends_on ?? [],
    maintenance: (read.maintenance_windows ?? []).filter(({ enabled }) => enabled).map(windowOf),
  };
}

function alertOf(read: ReadAlert): EndpointAlert {
  return {
    failureThreshold: read.failure_threshold,
    successThreshold: read.success_threshold,
    quorum: read.quorum ?? read.agent_quorum ?? null,
    severity: read.severity,
    description: read.description,
    reminderMs: read.minimum_reminder_interval,
    sendOnResolved: read.send_on_resolved,
  };
}

function windowOf(read: ReadWindow): EndpointMaintenance {
  const days = (read.every ?? []).flatMap((text) =>
    parseWeekdays(text).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
  );
  return {
    startMinute: minuteOf(read.start) ?? 0,
    durationMs: read.duration,
    zone: read.zone ?? read.timezone ?? 'UTC',
    weekdays: [...new Set(days)],
  };
}
