import type { Alert, Incident } from '../../../src/dashboard/wire/documents.ts';

/** An open incident. */
export function incident(fields: Partial<Incident> = {}): Incident {
  return {
    ...{ id: 'i1', key: 'instance:web-03', title: 'Memory usage on web-03', status: 'open', severity: 'warning' },
    ...{
      opened_at: '2026-03-29T14:00:00.000Z',
      acknowledged_at: null,
      acknowledged_by: null,
      acknowledged_until: null,
    },
    ...{
      assignee: null,
      shelved_until: null,
      shelved_by: null,
      resolved_at: null,
      changed_at: '2026-03-29T14:00:00.000Z',
    },
    ...{ alert_count: 1, firing_count: 1, unknown_count: 0, muted: null },
    ...fields,
  };
}

/** An alert that fires. */
export function alert(fields: Partial<Alert> = {}): Alert {
  return {
    ...{ id: 'a1', source: 'cluster', origin: 'web-03', fingerprint: 'f', name: 'Memory usage', status: 'firing' },
    ...{
      severity: 'warning',
      labels: { instance_id: 'web-03' },
      annotations: { message: 'Memory at 91%' },
      metrics: {},
    },
    ...{ started_at: '2026-03-29T14:00:00.000Z', ended_at: null, observed_at: '2026-03-29T14:00:00.000Z' },
    ...{ received_at: '2026-03-29T14:00:00.000Z', last_seen_at: '2026-03-29T14:00:00.000Z', occurrences: 1 },
    ...{ incident_id: 'i1', muted: null },
    ...fields,
  };
}
