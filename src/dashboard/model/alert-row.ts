import type { Alert } from '../wire/documents.ts';
import { alertBadness, type Badness } from '../words/severity.ts';

/** An alert as the table keeps it: what is shown, and nothing else, for there may be twenty thousand. */
export interface AlertRow {
  readonly id: string;
  readonly badness: Badness;
  readonly severity: Badness;
  readonly name: string;
  readonly instance: string;
  readonly message: string;
  readonly source: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly count: number;
  readonly incidentId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: RowState | null;
}

/** The state of a row that matters most; `until` in UTC milliseconds. */
export type RowState =
  | { readonly kind: 'muted'; readonly by: string; readonly until: number | null }
  | { readonly kind: 'stale' | 'flapping' }
  | { readonly kind: 'acknowledged'; readonly by: string };

/** Where the alert is: the instance that pushed, or what labels name. */
export function placeOf({ labels, origin }: Pick<Alert, 'labels' | 'origin'>): string {
  const { instance_id: id, instance, host, hostname, node } = labels;
  return id ?? instance ?? host ?? hostname ?? node ?? origin;
}

/** What an alert says. */
export function messageOf({ message, annotations }: Pick<Alert, 'message' | 'annotations'>): string {
  return message ?? annotations.message ?? annotations.summary ?? annotations.description ?? '';
}

/** Keeps what is shown of an alert. */
export function rowOf(alert: Alert): AlertRow {
  return {
    ...{ id: alert.id, name: alert.name, source: alert.source, labels: alert.labels, incidentId: alert.incident_id },
    ...{ badness: alertBadness(alert), severity: alert.severity, instance: placeOf(alert), message: messageOf(alert) },
    ...{ startedAt: Date.parse(alert.started_at), seenAt: Date.parse(alert.last_seen_at), count: alert.occurrences },
    state: stateOf(alert),
  };
}

function stateOf({ muted, status, stale, flapping, acknowledged_by: by }: Alert): RowState | null {
  if (status === 'resolved') return null;
  if (muted) return { kind: 'muted', by: muted.kind, until: muted.until === null ? null : Date.parse(muted.until) };
  if (stale || status === 'unknown') return { kind: 'stale' };
  if (flapping) return { kind: 'flapping' };
  return by ? { kind: 'acknowledged', by } : null;
}
