import type { incidentJson } from '../web/api/views.ts';
import { type AlertJson, alertTable, historyLines } from './alerts.ts';
import { ago, columns, fields } from './columns.ts';
import type { CommandModule } from './contract.ts';
import { defineReading } from './reading.ts';

type IncidentJson = ReturnType<typeof incidentJson> & {
  readonly alerts?: readonly AlertJson[];
  readonly events?: NonNullable<AlertJson['events']>;
};

const EXAMPLES = `
Examples:
  monitor incidents --status open
  monitor incidents --instance web-server-03 --json
  monitor incidents show 019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44`;

/** `monitor incidents`: what needs attention as one thing. */
export const command: CommandModule = {
  define(program, terminal) {
    defineReading<IncidentJson>(program, terminal, {
      noun: 'incidents',
      statuses: ['open', 'acknowledged', 'resolved', 'closed'],
      none: 'No incidents.',
      examples: EXAMPLES,
      table: incidentTable,
      page: (incident, now) => [
        ...incidentFields(incident, now),
        '',
        ...alertTable(incident.alerts ?? [], now),
        '',
        ...historyLines(incident.events ?? []),
      ],
    });
  },
};

function incidentTable(incidents: readonly IncidentJson[], now: number): string[] {
  const rows = incidents.map((incident) => [
    incident.status,
    incident.severity,
    `${incident.firing_count} of ${incident.alert_count}`,
    ago(incident.opened_at ?? '', now),
    incident.id,
    incident.title,
  ]);
  return columns(['STATUS', 'SEVERITY', 'FIRING', 'OPENED', 'ID', 'TITLE'], rows);
}

function incidentFields(incident: IncidentJson, now: number): string[] {
  return fields([
    ['title', incident.title],
    ['status', `${incident.status} (${incident.severity})`],
    ['opened', `${incident.opened_at} (${ago(incident.opened_at ?? '', now)} ago)`],
    ['acknowledged', incident.acknowledged_at],
    ['resolved', incident.resolved_at],
    ['alerts', `${incident.firing_count} of ${incident.alert_count} firing`],
    ['key', incident.key],
    ['id', incident.id],
  ]);
}
