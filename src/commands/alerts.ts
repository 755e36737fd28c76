import type { alertJson, eventJson } from '../web/api/views.ts';
import { ago, columns, fields, mapText } from './columns.ts';
import type { CommandModule } from './contract.ts';
import { defineReading } from './reading.ts';

/** An alert as the API gives it, with its history where it is shown alone. */
export type AlertJson = ReturnType<typeof alertJson> & { readonly events?: readonly EventJson[] };
type EventJson = ReturnType<typeof eventJson>;

const EXAMPLES = `
Examples:
  monitor alerts --status firing --severity critical
  monitor alerts --instance web-server-03 --json
  monitor alerts show 019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44`;

/** `monitor alerts`: what the hub holds. */
export const command: CommandModule = {
  define(program, terminal) {
    defineReading<AlertJson>(program, terminal, {
      noun: 'alerts',
      statuses: ['firing', 'resolved', 'unknown'],
      none: 'No alerts.',
      examples: EXAMPLES,
      table: alertTable,
      page: (alert, now) => [...alertFields(alert, now), '', ...historyLines(alert.events ?? [])],
    });
  },
};

/** Alerts for people, a line each. */
export function alertTable(alerts: readonly AlertJson[], now: number): string[] {
  const header = ['STATUS', 'SEVERITY', 'INSTANCE', 'NAME', 'SINCE', 'SEEN', 'ID', 'MESSAGE'];
  const rows = alerts.map((alert) => [
    alert.status,
    alert.severity,
    alert.labels.instance_id ?? alert.origin,
    alert.name,
    ago((alert.status === 'resolved' ? alert.ended_at : alert.started_at) ?? alert.received_at ?? '', now),
    ago(alert.last_seen_at ?? '', now),
    alert.id,
    alert.annotations.message ?? '',
  ]);
  return columns(header, rows);
}

function alertFields(alert: AlertJson, now: number): string[] {
  const { metrics: _, ...annotations } = alert.annotations;
  return fields([
    ['name', alert.name],
    ['status', `${alert.status} (${alert.severity})`],
    ['started', `${alert.started_at} (${ago(alert.started_at ?? '', now)} ago)`],
    ['ended', alert.ended_at],
    ['last seen', `${alert.last_seen_at} (${ago(alert.last_seen_at ?? '', now)} ago)`],
    ['occurrences', String(alert.occurrences)],
    ['labels', mapText(alert.labels)],
    ['annotations', mapText(annotations)],
    ['metrics', mapText(alert.metrics)],
    ['incident', alert.incident_id],
    ['identity', `${alert.source} / ${alert.origin} / ${alert.fingerprint}`],
    ['id', alert.id],
  ]);
}

/** The history for people: when, what, why and by whom. */
export function historyLines(events: readonly EventJson[]): string[] {
  const rows = events.map((event) => [
    event.at ?? '',
    event.subject,
    event.kind,
    event.reason,
    event.actor,
    String(event.data.message ?? event.data.severity ?? ''),
  ]);
  return columns(['AT', 'SUBJECT', 'EVENT', 'REASON', 'BY', 'DETAIL'], rows);
}
